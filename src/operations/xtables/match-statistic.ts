import type { StatisticInfo } from "../../netfilter/match-statistic.ts";
import type { XtExtension } from "./extension.ts";
import { double, string, uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const ONE = 0x80000000;

export const statisticMatch: XtExtension<StatisticInfo> = {
  name: "statistic",
  help: `statistic match options:
 --mode mode                    Match mode (random, nth)
 random mode:
[!] --probability p		 Probability
 nth mode:
[!] --every n			 Match every nth packet
 --packet p			 Initial counter value (0 <= p <= n-1, default 0)
`,
  options: [
    {
      name: "mode",
      mandatory: true,
      read(text) {
        if (text !== "random" && text !== "nth") throw new XtProblem(`Bad mode "${text}"`);
        return string()(text, "statistic", "mode");
      },
    },
    { name: "probability", read: double(0, 1), not: true, excludes: ["every", "packet"] },
    { name: "every", read: uint(0xffffffff, 1), not: true, excludes: ["probability"], also: ["packet"] },
    { name: "packet", read: uint(0xffffffff), excludes: ["probability"], also: ["every"] },
  ],
  check(given) {
    if (Number(given.get("packet") ?? 0) > Number(given.get("every") ?? 1) - 1)
      throw new XtProblem("the --packet p must be 0 <= p <= n-1");
    // Without a mode the tool takes it for random, until it sees that it must be said.
    if (given.get("mode") !== "nth" && !given.has("probability"))
      throw new XtProblem("--probability must be specified when using random mode");
  },
  make(given) {
    const mode = given.get<StatisticInfo["mode"]>("mode");
    const not = given.not("probability") || given.not("every") ? { not: true as const } : {};
    if (mode === "random") {
      const probability = given.get<number>("probability")!;
      return { name: "statistic", mode, probability: Math.round(ONE * probability), ...not };
    }
    const every = given.get<number>("every");
    const packet = given.get<number>("packet");
    if (mode === "nth" && every === undefined && packet === undefined)
      throw new XtProblem("--every and --packet must be specified when using nth mode");
    return { name: "statistic", mode: "nth", every: every ?? 1, packet: packet ?? 0, ...not };
  },
  save: (info) => text(info, "--"),
  list: (info) => `statistic ${text(info, "")}`,
};

function text({ mode, probability = 0, every = 1, packet = 0, not }: StatisticInfo, dashes: string): string {
  const sign = not ? " !" : "";
  if (mode === "random")
    return `${dashes}mode random${sign} ${dashes}probability ${(probability / ONE).toFixed(11)}`;
  const first = packet !== 0 || dashes !== "" ? ` ${dashes}packet ${packet}` : "";
  return `${dashes}mode nth${sign} ${dashes}every ${every}${first}`;
}
