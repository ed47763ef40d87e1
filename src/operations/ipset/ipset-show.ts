import type { Element, IpSet } from "../../netfilter/ip-set.ts";
import { ipSetsOf } from "../../netfilter/ip-sets.ts";
import type { InNamespace, QuestionRecord } from "../operation.ts";
import { ToolError } from "../tool-error.ts";
import { found, readElementOptions, references } from "./ipset-change.ts";
import { elementText, failure, parseElements } from "./ipset-element.ts";

/** `ipset list`, `ipset save`, `ipset list -n` and `-t`. */
export interface IpsetShow extends InNamespace {
  readonly ask: "ipset-show";
  readonly form: "list" | "save" | "names" | "terse";
  readonly set?: string;
}

/** `ipset test` */
export interface IpsetTest extends InNamespace {
  readonly ask: "ipset-test";
  readonly set: string;
  readonly entry: string;
  readonly options?: readonly string[];
}

export const ipsetShow: QuestionRecord<IpsetShow> = {
  tool: "ipset",
  words: ({ form, set }) => [
    form === "save" ? "save" : "list",
    ...(set === undefined ? [] : [set]),
    ...(form === "names" ? ["-n"] : form === "terse" ? ["-t"] : []),
  ],
  answer({ form, set: name }, context) {
    const ns = context.namespace;
    const sets = ipSetsOf(ns);
    const shown = name === undefined ? sets.all : [found(sets, name)];
    if (form === "names") return shown.map((set) => `${set.name}\n`).join("");
    if (form === "save") return shown.map(saved).join("");
    return shown.map((set) => listed(set, references(ns, set.name), form === "list")).join("\n");
  },
};

export const ipsetTest: QuestionRecord<IpsetTest> = {
  tool: "ipset",
  words: ({ set, entry, options = [] }) => ["test", set, entry, ...options],
  answer({ set: name, entry, options = [] }, context) {
    const sets = ipSetsOf(context.namespace);
    const set = found(sets, name);
    const { nomatch, beside } = readElementOptions(set, false, options);
    const [element] = parseElements(set, entry, nomatch, "test");
    // Of several addresses the first is asked for.
    const asked = /[-/]/.test(entry) && set.type === "hash:ip" && !entry.endsWith("/32") ? entry : null;
    const where = beside === null ? "" : ` after ${beside.other}`;
    const text = (asked ?? elementText(element!).replace(/ nomatch$/, "")) + where;
    if (element!.kind === "set" && sets.get(element!.set) === null)
      throw failure("Set to be added/deleted/tested as element does not exist.");
    const yes = beside === null ? set.tests(element!) : set.stands(element!, beside.other, beside.before);
    if (yes) throw new ToolError(`Warning: ${text} is in set ${name}.`, 0);
    throw new ToolError(`${text} is NOT in set ${name}.`, 1);
  },
};

const REVISIONS: Readonly<Record<IpSet["type"], number>> = {
  "hash:ip": 6,
  "hash:net": 7,
  "hash:ip,port": 7,
  "bitmap:port": 3,
  "list:set": 3,
};

function header({ type, options }: IpSet): string {
  const { hashsize, maxelem, range, size, initval, bucketsize } = options;
  const timeout = options.timeout === null ? "" : ` timeout ${options.timeout}`;
  if (type === "list:set") return `size ${size}${timeout}`;
  if (type === "bitmap:port") return `range ${range.join("-")}${timeout}`;
  const start = `0x${initval.toString(16).padStart(8, "0")}`;
  return `family inet hashsize ${hashsize} maxelem ${maxelem}${timeout} bucketsize ${bucketsize} initval ${start}`;
}

/** Bytes that a set takes in the kernel; of hashes about as many, since their buckets fill by chance. */
function memory(set: IpSet): number {
  const [low, high] = set.options.range;
  const ends = set.options.timeout !== null;
  switch (set.type) {
    case "bitmap:port":
      return 72 + Math.ceil((high - low + 1) / 64) * 8 + (ends ? (high - low + 1) * 8 : 0);
    case "list:set":
      return 80 + (ends ? 56 : 48) * set.size;
    case "hash:net":
      return 456 + (ends ? 64 : 48) * set.size;
    default:
      return 216 + (ends ? 64 : 40) * set.size;
  }
}

/** An element with the seconds that it has left, which stand before `nomatch`. */
function memberText(set: IpSet, element: Element): string {
  const left = set.secondsLeft(element);
  const text = elementText(element);
  if (left === null) return text;
  return text.endsWith(" nomatch")
    ? text.replace(/ nomatch$/, ` timeout ${left} nomatch`)
    : `${text} timeout ${left}`;
}

function listed(set: IpSet, uses: number, members: boolean): string {
  return [
    `Name: ${set.name}`,
    `Type: ${set.type}`,
    `Revision: ${REVISIONS[set.type]}`,
    `Header: ${header(set)}`,
    `Size in memory: ${memory(set)}`,
    `References: ${uses}`,
    `Number of entries: ${set.size}`,
    ...(members ? ["Members:", ...set.elements.map((element) => memberText(set, element))] : []),
    "",
  ].join("\n");
}

function saved(set: IpSet): string {
  const lines = [
    `create ${set.name} ${set.type} ${header(set)}`,
    ...set.elements.map((element) => `add ${set.name} ${memberText(set, element)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
