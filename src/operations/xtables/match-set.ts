import { ipSetsOf } from "../../netfilter/ip-sets.ts";
import type { SetInfo } from "../../netfilter/match-set.ts";
import type { XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

const MAX_NAME = 31;

export const setMatch: XtExtension<SetInfo> = {
  name: "set",
  options: [
    {
      name: "match-set",
      not: true,
      twice: "--match-set can be specified only once",
      twoArguments: "--match-set requires two args.",
      read: (text) => text,
    },
    { name: "return-nomatch" },
  ],
  check(given) {
    if (!given.has("match-set")) throw new XtProblem("You must specify `--match-set' with proper arguments");
  },
  make(given) {
    const [set = "", list = ""] = given.get<string>("match-set")!.split(" ");
    if (set.length > MAX_NAME) throw new XtProblem(`setname \`${set}' too long, max ${MAX_NAME} characters.`);
    const directions = list.split(",").map((word) => {
      if (word.startsWith("src")) return "src" as const;
      if (word.startsWith("dst")) return "dst" as const;
      throw new XtProblem("You must spefify (the comma separated list of) 'src' or 'dst'.");
    });
    return {
      name: "set",
      set,
      directions,
      ...(given.not("match-set") ? { not: true as const } : {}),
      ...(given.has("return-nomatch") ? { returnNomatch: true as const } : {}),
    };
  },
  verify({ set }, ns) {
    if (ipSetsOf(ns).get(set) === null) throw new XtProblem(`Set ${set} doesn't exist.\n`);
  },
  save: (info) => text(info, "--match-set"),
  list: (info) => text(info, "match-set"),
};

function text({ set, directions, not, returnNomatch }: SetInfo, word: string): string {
  const option = word.startsWith("--") ? "--return-nomatch" : "return-nomatch";
  return `${not ? "! " : ""}${word} ${set} ${directions.join(",")}${returnNomatch ? ` ${option}` : ""}`;
}
