import type { LimitInfo } from "../../netfilter/match-limit.ts";
import type { XtExtension } from "./extension.ts";
import { uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

/** Rates are kept as the time between two packets, in 1/10000 s. */
const SCALE = 10000;
const BURST = 5;
const UNITS: readonly (readonly [string, number])[] = [
  ["second", 1],
  ["minute", 60],
  ["hour", 3600],
  ["day", 86400],
];
const PRINTED: readonly (readonly [string, number])[] = [
  ["day", SCALE * 86400],
  ["hour", SCALE * 3600],
  ["min", SCALE * 60],
  ["sec", SCALE],
];

function readRate(text: string): number {
  const [count = "", unit] = text.split("/", 2);
  const found =
    unit === undefined
      ? UNITS[0]
      : UNITS.find(([name]) => unit !== "" && name.startsWith(unit.toLowerCase()));
  // What is negative counts as a very large number.
  const number = Number.parseInt(count, 10) >>> 0;
  if (found === undefined || number === 0) throw new XtProblem(`bad rate "${text}"'`);
  const period = Math.floor((SCALE * found[1]) / number);
  if (period === 0) throw new XtProblem(`Rate too fast "${text}"`);
  return period;
}

function rateText(period: number): string {
  let i = 1;
  while (
    i < PRINTED.length &&
    !(period > PRINTED[i]![1] || Math.floor(PRINTED[i]![1] / period) < PRINTED[i]![1] % period)
  )
    i++;
  const [name, scale] = PRINTED[i - 1]!;
  return `${Math.floor(scale / period)}/${name}`;
}

export const limitMatch: XtExtension<LimitInfo> = {
  name: "limit",
  help: `limit match options:
--limit avg			max average match rate: default 3/hour
                                [Packets per second unless followed by 
                                /sec /minute /hour /day postfixes]
--limit-burst number		number to match in a burst, default 5
`,
  options: [
    { name: "limit", read: readRate },
    { name: "limit-burst", read: uint(10000) },
  ],
  make: (given) => ({
    name: "limit",
    period: given.get<number>("limit") ?? readRate("3/hour"),
    burst: given.get<number>("limit-burst") ?? BURST,
  }),
  save: ({ period, burst }) =>
    `--limit ${rateText(period)}${burst === BURST ? "" : ` --limit-burst ${burst}`}`,
  list: ({ period, burst }) => `limit: avg ${rateText(period)} burst ${burst}`,
};
