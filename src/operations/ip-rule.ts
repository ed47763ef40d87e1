import type { ShowOptions } from "./ip-options.ts";
import type { Command } from "./operation.ts";
import { ipRuleHelp } from "./route-help-texts.ts";
import { protocolOf, readPrefix, tableName, tableOf, tosOf } from "./route-names.ts";
import type { RuleWords } from "./rule-words.ts";
import { ToolError } from "./tool-error.ts";
import { matches, unsigned, type Words, wrong } from "./words.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const UNKNOWN = [
  "realms",
  "tun_id",
  "suppress_ifgroup",
  "sup_group",
  "l3mdev",
  "uidrange",
  "ipproto",
  "sport",
  "dport",
  "goto",
  "map-to",
];

/** Parses what stands after `ip rule` (do_iprule). @throws {ToolError} */
export function parseIpRule(words: Words, show: ShowOptions): Command {
  const options = Object.keys(show).length === 0 ? {} : { options: show };
  if (words.done) return { ask: "rule-show", ...options };
  const word = words.next();
  const is = (...full: readonly string[]): boolean => full.some((f) => matches(word, f));
  if (is("list", "lst", "show")) return { ask: "rule-show", ...options, ...readRule(words, false) };
  if (is("save", "restore")) throw new ToolError(`ip rule ${word}: not simulated`, 1);
  if (is("add")) {
    if (words.done) throw new ToolError('"ip rule add" requires arguments.', 1);
    return { op: "rule-add", ...readRule(words, true) };
  }
  if (is("delete")) {
    if (words.done) throw new ToolError('"ip rule del" requires arguments.', 1);
    return { op: "rule-del", ...readRule(words, true) };
  }
  if (is("flush")) return { op: "rule-flush", ...readRule(words, false) };
  if (is("help")) throw new ToolError(ipRuleHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "ip rule help".`, 255);
}

/** Reads a rule to add or delete, or else a filter: they differ in their last resort. @throws {ToolError} */
function readRule(words: Words, modifies: boolean): RuleWords {
  const rule: Mutable<RuleWords> = {};
  while (!words.done) {
    const word = words.next();
    const is = (...full: readonly string[]): boolean => full.some((f) => matches(word, f));
    if (word === "not") rule.not = true;
    else if (word === "from") rule.from = readPrefix(words.next());
    else if (word === "to") rule.to = readPrefix(words.next());
    else if (is("preference", "order", "priority")) {
      const text = words.next();
      const priority = unsigned(text);
      if (priority === null) throw wrong(text, "preference value is invalid\n");
      rule.priority = priority;
    } else if (word === "tos" || is("dsfield")) {
      const text = words.next();
      const tos = tosOf(text);
      if (tos === null) throw wrong(text, "TOS value is invalid\n");
      rule.tos = tos;
    } else if (is("fwmark")) readMark(words.next(), rule);
    else if (is("protocol")) {
      const text = words.next();
      const protocol = protocolOf(text);
      if (protocol === null) throw wrong(text, '"protocol" value is invalid\n');
      rule.protocol = protocol;
    } else if (is("table") || word === "lookup") {
      const text = words.next();
      const id = tableOf(text);
      if (id === null) throw wrong(text, modifies ? "invalid table ID\n" : "table id value is invalid\n");
      rule.table = tableName(id);
    } else if (word === "suppress_prefixlength" || word === "sup_pl") {
      const text = words.next();
      const length = unsigned(text, 128);
      if (length === null) throw wrong(text, "suppress_prefixlength value is invalid\n");
      rule.suppressPrefixLength = length;
    } else if (word === "dev" || is("iif")) rule.iif = words.next();
    else if (is("oif")) rule.oif = words.next();
    else if (UNKNOWN.includes(word)) throw new ToolError(`ip rule: ${word} is not simulated`, 1);
    else readLast(word, words, modifies, rule);
  }
  return rule;
}

/** `1`, `0x1/0xff` */
function readMark(text: string, rule: Mutable<RuleWords>): void {
  const [mark = "", mask] = text.split("/", 2);
  const value = unsigned(mark);
  if (value === null) throw wrong(text, "fwmark value is invalid\n");
  rule.fwmark = value;
  if (mask === undefined) return;
  const bits = unsigned(mask);
  if (bits === null) throw wrong(mask, "fwmask value is invalid\n");
  rule.fwmask = bits;
}

function readLast(first: string, words: Words, modifies: boolean, rule: Mutable<RuleWords>): void {
  if (!modifies) {
    rule.from = readPrefix(first, "inet");
    return;
  }
  const word = first === "type" ? words.next() : first;
  if (matches(word, "help")) throw new ToolError(ipRuleHelp, 255);
  if (word === "blackhole" || word === "unreachable" || word === "prohibit" || word === "nop")
    rule.action = word;
  else if (word !== "unicast") throw wrong(word, "Failed to parse rule type");
}
