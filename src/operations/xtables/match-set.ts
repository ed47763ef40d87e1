import { ipSetsOf } from "../../netfilter/ip-sets.ts";
import type { SetInfo } from "../../netfilter/match-set.ts";
import { unsigned } from "../words.ts";
import type { ReadOption, XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

const MAX_NAME = 31;
/** Most directions of one set (IPSET_DIM_MAX, and the tool's limit). */
const MAX_DIRECTIONS = 6;

/** What is asked of an element's counters: at most one question of each. Sets have none here, and then nothing is asked. */
const COUNTERS = ["packets", "bytes"] as const;
const COMPARISONS = ["eq", "lt", "gt"] as const;

/** Its options have one id, so the value says which it was. */
function readCounter(question: string): ReadOption {
  return (text) => {
    if (unsigned(text, Number.MAX_SAFE_INTEGER) === null)
      throw new XtProblem(`Cannot parse ${text} as a counter value`);
    return `${question} ${text}`;
  };
}

export const setMatch: XtExtension<SetInfo> = {
  name: "set",
  help: `set match options:
 [!] --match-set name flags [--return-nomatch]
   [! --update-counters] [! --update-subcounters]
   [[!] --packets-eq value | --packets-lt value | --packets-gt value
   [[!] --bytes-eq value | --bytes-lt value | --bytes-gt value
		 'name' is the set name from to match,
		 'flags' are the comma separated list of
		 'src' and 'dst' specifications.
`,
  options: [
    {
      name: "match-set",
      not: true,
      twice: "--match-set can be specified only once",
      twoArguments: "--match-set requires two args.",
      read: (text) => text,
    },
    { name: "return-nomatch", inverted: "--return-nomatch flag cannot be inverted" },
    { name: "update-counters", not: true },
    { name: "update-subcounters", not: true },
    ...COUNTERS.flatMap((counter) =>
      COMPARISONS.map((comparison) => ({
        name: `${counter}-${comparison}`,
        id: counter,
        twice: `only one of the --${counter}-[eq|lt|gt] is allowed`,
        read: readCounter(`${counter}-${comparison}`),
        ...(comparison === "eq" ? { not: true as const } : {}),
      })),
    ),
  ],
  check(given) {
    if (!given.has("match-set")) throw new XtProblem("You must specify `--match-set' with proper arguments");
  },
  make(given) {
    const [set = "", list = ""] = given.get<string>("match-set")!.split(" ");
    if (set.length > MAX_NAME) throw new XtProblem(`setname \`${set}' too long, max ${MAX_NAME} characters.`);
    const directions = list.split(",").map((word, i) => {
      if (i >= MAX_DIRECTIONS) throw new XtProblem(`Can't be more src/dst options than ${MAX_DIRECTIONS}.`);
      if (word.startsWith("src")) return "src" as const;
      if (word.startsWith("dst")) return "dst" as const;
      throw new XtProblem("You must spefify (the comma separated list of) 'src' or 'dst'.");
    });
    const unchanged = (["update-counters", "update-subcounters"] as const).filter((option) =>
      given.not(option),
    );
    const counters = COUNTERS.flatMap((counter) =>
      given.all(counter).map(({ value, not }) => [String(value), not] as const),
    );
    return {
      name: "set",
      set,
      directions,
      ...(given.not("match-set") ? { not: true as const } : {}),
      ...(given.has("return-nomatch") ? { returnNomatch: true as const } : {}),
      ...(unchanged.length > 0 ? { unchanged } : {}),
      ...(counters.length > 0 ? { counters } : {}),
    };
  },
  verify({ set }, ns) {
    if (ipSetsOf(ns).get(set) === null) throw new XtProblem(`Set ${set} doesn't exist.\n`);
  },
  save: (info) => text(info, "--"),
  list: (info) => text(info, ""),
};

function text(
  { set, directions, not, returnNomatch, unchanged = [], counters = [] }: SetInfo,
  dashes: string,
): string {
  return [
    `${not ? "! " : ""}${dashes}match-set ${set} ${directions.join(",")}`,
    ...(returnNomatch ? [`${dashes}return-nomatch`] : []),
    ...unchanged.map((option) => `! ${dashes}${option}`),
    ...counters.map(([question, inverted]) => `${inverted ? "! " : ""}${dashes}${question}`),
  ].join(" ");
}
