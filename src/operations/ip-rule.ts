import { readPrefix } from "./addresses.ts";
import type { ShowOptions } from "./ip-options.ts";
import { isInterfaceName } from "./link-attributes.ts";
import type { Mutable } from "./mutable.ts";
import type { Command } from "./operation.ts";
import { ipRuleHelp } from "./route-help-texts.ts";
import { protocolOf, tableName, tableOf, tosOf } from "./route-names.ts";
import type { RuleFilter } from "./rule-filter.ts";
import type { RuleWords } from "./rule-words.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same, unsigned, type Words, wrong } from "./words.ts";

/** What iproute2 knows and nothing here has. */
const UNKNOWN = ["realms", "tun_id", "suppress_ifgroup", "sup_group", "nat", "map-to"];
const UNKNOWN_EXACT = ["l3mdev", "uidrange", "ipproto", "sport", "dport"];

/** Parses what stands after `ip rule` (do_iprule). @throws {ToolError} */
export function parseIpRule(words: Words, show: ShowOptions): Command {
  const options = Object.keys(show).length === 0 ? {} : { options: show };
  if (words.done) return { ask: "rule-show", ...options };
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("list", "lst", "show")) return { ask: "rule-show", ...options, ...readFilter(words) };
  if (is("save", "restore")) throw new ToolError(`ip rule ${word}: not simulated`, 1);
  if (show.family === "inet6") throw new ToolError("ip -6 rule: not simulated", 1);
  if (is("add")) {
    if (words.done) throw new ToolError('"ip rule add" requires arguments.', 1);
    return { op: "rule-add", ...readRule(words) };
  }
  if (is("delete")) {
    if (words.done) throw new ToolError('"ip rule del" requires arguments.', 1);
    return { op: "rule-del", ...readRule(words) };
  }
  if (is("flush")) return { op: "rule-flush", ...readFilter(words) };
  if (is("help")) throw new ToolError(ipRuleHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "ip rule help".`, 255);
}

/** A rule to add or to delete (iprule_modify). @throws {ToolError} */
function readRule(words: Words): RuleWords {
  const rule: Mutable<RuleWords> = {};
  while (!words.done) {
    const word = words.next();
    if (same(word, "from")) rule.from = readPrefix(words.next(), undefined);
    else if (same(word, "to")) rule.to = readPrefix(words.next(), undefined);
    else if (readCommon(word, words, rule, "invalid table ID\n", '"protocol" value is invalid\n')) continue;
    else if (matches(word, "suppress_prefixlength") || matches(word, "sup_pl")) {
      const text = words.next();
      const length = unsigned(text);
      if (length === null) throw wrong(text, "suppress_prefixlength value is invalid\n");
      rule.suppressPrefixLength = length;
    } else readAction(same(word, "type") ? words.next() : word, words, rule);
  }
  return rule;
}

/** A filter (iprule_list_flush_or_save). @throws {ToolError} */
function readFilter(words: Words): RuleFilter {
  const filter: Mutable<RuleFilter> = {};
  while (!words.done) {
    const word = words.next();
    if (same(word, "from")) filter.from = readPrefix(words.next(), "inet");
    else if (readCommon(word, words, filter, "table id value is invalid\n", 'invalid "protocol"\n')) continue;
    else filter.to = readPrefix(same(word, "to") ? words.next() : word, "inet");
  }
  return filter;
}

/** Reads what a rule and a filter have in common; false when the word is something else. @throws {ToolError} */
function readCommon(
  word: string,
  words: Words,
  rule: Mutable<RuleWords>,
  badTable: string,
  badProtocol: string,
): boolean {
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (same(word, "not")) rule.not = true;
  else if (is("preference", "order", "priority"))
    rule.priority = readNumber(words.next(), "preference value is invalid\n");
  else if (same(word, "tos") || is("dsfield")) {
    const text = words.next();
    const tos = tosOf(text);
    if (tos === null) throw wrong(text, "TOS value is invalid\n");
    rule.tos = tos;
  } else if (same(word, "fwmark")) readMark(words.next(), rule);
  else if (is(...UNKNOWN) || UNKNOWN_EXACT.includes(word))
    throw new ToolError(`ip rule: ${word} is not simulated`, 1);
  else if (is("protocol")) {
    const text = words.next();
    const protocol = protocolOf(text);
    if (protocol === null) throw wrong(text, badProtocol);
    rule.protocol = protocol;
  } else if (is("table", "lookup")) {
    const text = words.next();
    const id = tableOf(text);
    if (id === null) throw wrong(text, badTable);
    rule.table = tableName(id);
  } else if (same(word, "dev", "iif")) rule.iif = readName(words.next("device"), '"iif"/"dev"');
  else if (same(word, "oif")) rule.oif = readName(words.next("device"), '"oif"');
  else return false;
  return true;
}

function readNumber(text: string, why: string): number {
  const value = unsigned(text);
  if (value === null) throw wrong(text, why);
  return value;
}

function readName(text: string, key: string): string {
  if (!isInterfaceName(text)) throw wrong(text, `${key} not a valid ifname`);
  return text;
}

/** `1`, `0x1/0xff` */
function readMark(text: string, rule: Mutable<RuleWords>): void {
  const [mark = "", mask] = text.split("/", 2);
  rule.fwmark = readNumber(mark, "fwmark value is invalid\n");
  if (mask !== undefined) rule.fwmask = readNumber(mask, "fwmask value is invalid\n");
}

/** The types of routes by name, in the order in which iproute2 compares, and their numbers. */
const TYPES: readonly (readonly [name: string, number: number])[] = [
  ["broadcast", 3],
  ["anycast", 4],
  ["multicast", 5],
  ["prohibit", 8],
  ["unreachable", 7],
  ["blackhole", 6],
  ["xresolve", 11],
  ["unicast", 1],
  ["throw", 9],
];

function readAction(word: string, words: Words, rule: Mutable<RuleWords>): void {
  if (matches(word, "help")) throw new ToolError(ipRuleHelp, 255);
  if (matches(word, "goto")) {
    rule.goto = readNumber(words.next(), "invalid target\n");
    delete rule.action;
    return;
  }
  delete rule.goto;
  const number = unsigned(word, 255);
  const type = matches(word, "nop")
    ? "nop"
    : TYPES.find(([name, value]) => matches(word, name) || value === number)?.[0];
  if (type === undefined && number === null) throw wrong(word, "Failed to parse rule type");
  if (type === "unicast") delete rule.action;
  else if (type === "blackhole" || type === "unreachable" || type === "prohibit" || type === "nop")
    rule.action = type;
  else throw new ToolError(`ip rule: type ${word} is not simulated`, 1);
}
