import type { XtNegation } from "../../netfilter/rule.ts";
import type { LongOption } from "./getopt.ts";

const LONG: readonly (readonly [string, 0 | 1 | 2, string])[] = [
  ["append", 1, "A"],
  ["delete", 1, "D"],
  ["check", 1, "C"],
  ["insert", 1, "I"],
  ["replace", 1, "R"],
  ["list", 2, "L"],
  ["list-rules", 2, "S"],
  ["flush", 2, "F"],
  ["zero", 2, "Z"],
  ["new-chain", 1, "N"],
  ["delete-chain", 2, "X"],
  ["rename-chain", 1, "E"],
  ["policy", 1, "P"],
  ["source", 1, "s"],
  ["destination", 1, "d"],
  ["src", 1, "s"],
  ["dst", 1, "d"],
  ["protocol", 1, "p"],
  ["in-interface", 1, "i"],
  ["jump", 1, "j"],
  ["table", 1, "t"],
  ["match", 1, "m"],
  ["numeric", 0, "n"],
  ["out-interface", 1, "o"],
  ["verbose", 0, "v"],
  ["wait", 2, "w"],
  ["wait-interval", 2, "W"],
  ["exact", 0, "x"],
  ["fragments", 0, "f"],
  ["version", 0, "V"],
  ["help", 2, "h"],
  ["line-numbers", 0, "0"],
  ["modprobe", 1, "M"],
  ["set-counters", 1, "c"],
  ["goto", 1, "g"],
  ["ipv4", 0, "4"],
  ["ipv6", 0, "6"],
];
/** The options of the tool itself; their code is their letter. */
export const ownOptions: readonly LongOption<string>[] = LONG.map(([name, has, code]) => ({
  name,
  has,
  code,
}));
/** Those with a letter. */
export const shortOptions: ReadonlyMap<string, LongOption<string>> = new Map(
  ownOptions.filter(({ code }) => code !== "0").map((option) => [option.code, option]),
);

/** The commands that say a rule. */
export const changesRules: string = "ADCIR";
/** With which commands an option may stand; absent: with all. */
export const allowedWith: Readonly<Record<string, string>> = {
  n: "L",
  s: changesRules,
  d: changesRules,
  p: changesRules,
  j: changesRules,
  x: "L",
  i: changesRules,
  o: changesRules,
  "0": "L",
  c: "AIRP",
  f: changesRules,
};
/** The order in which wrong options are told of. */
export const checkOrder: string = "nsdpjvxio0cf";
/** What `!` before an option turns over. */
export const negations: Readonly<Record<string, XtNegation>> = {
  s: "source",
  d: "destination",
  p: "protocol",
  i: "in",
  o: "out",
  f: "fragment",
};
/** Names of chains and targets are shorter. */
export const maxName: number = 29;
