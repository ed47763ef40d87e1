import type { Rule, RuleSpec } from "../net/fib.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { deleteRule } from "../net/rule-change.ts";
import * as ip from "../wire/ipv4-address.ts";
import { prefixText } from "./addresses.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import type { InNamespace, OperationRecord, QuestionRecord } from "./operation.ts";
import { formatTos, protocolNumber, tableName } from "./route-names.ts";
import { passes, type RuleFilter } from "./rule-filter.ts";
import { ruleWords, selectorOf } from "./rule-words.ts";

/** `ip rule show ...` */
export interface RuleShow extends InNamespace, RuleFilter {
  readonly ask: "rule-show";
  readonly options?: ShowOptions;
}

/** `ip rule flush ...` */
export interface RuleFlush extends InNamespace, RuleFilter {
  readonly op: "rule-flush";
}

/** What every namespace is born with for IPv6. */
const IPV6_RULES: readonly RuleSpec[] = [
  { ...selectorOf({ table: "local", protocol: "kernel" }), priority: 0 },
  { ...selectorOf({ table: "main", protocol: "kernel" }), priority: 32766 },
];

export const ruleShow: QuestionRecord<RuleShow> = {
  tool: "ip",
  words: ({ options = {}, ...filter }) => [...optionWords(options), "rule", "show", ...ruleWords(filter)],
  answer(question, context) {
    const { options = {} } = question;
    const ns = context.namespace;
    const all = options.family === "inet6" ? IPV6_RULES : ns.fib.rules;
    const rules = all.filter((rule) => passes(rule, question));
    if (!options.json) return rules.map((rule) => text(rule, ns, options)).join("");
    const objects = rules.map((rule) => json(rule, ns, options));
    return printJson(objects, options.pretty ?? false);
  },
};

export const ruleFlush: OperationRecord<RuleFlush> = {
  tool: "ip",
  words: (operation) => ["rule", "flush", ...ruleWords(operation)],
  apply(operation, context) {
    const ns = context.namespace;
    const { protocol = "unspec" } = operation;
    // Rules of priority 0 stay: iproute2 takes them for what the kernel was born with.
    const goes = (rule: Rule): boolean =>
      rule.priority !== 0 && passes(rule, operation) && (protocol === "unspec" || rule.protocol === protocol);
    for (const gone of ns.fib.rules.filter(goes)) deleteRule(ns, (rule) => rule === gone);
  },
};

/** As printf's %#x. */
function hex(value: number): string {
  return value === 0 ? "0" : `0x${(value >>> 0).toString(16)}`;
}

function protocolText(rule: Omit<RuleSpec, "priority">, options: ShowOptions): string | undefined {
  if (!options.details && (rule.protocol === "kernel" || rule.protocol === "unspec")) return undefined;
  return options.numeric ? `${protocolNumber(rule.protocol)}` : rule.protocol;
}

const ACTION_NUMBERS: Readonly<Record<string, string>> = { blackhole: "6", unreachable: "7", prohibit: "8" };

function actionText(rule: Omit<RuleSpec, "priority">, options: ShowOptions): string {
  return options.numeric ? (ACTION_NUMBERS[rule.action] ?? rule.action) : rule.action;
}

function tableText(rule: Omit<RuleSpec, "priority">, options: ShowOptions): string | undefined {
  if (rule.table === 0) return undefined;
  return options.numeric ? `${rule.table}` : tableName(rule.table);
}

/** Nobody is there with that priority. */
function leadsNowhere(rule: Omit<RuleSpec, "priority">, ns: NetworkNamespace): boolean {
  return rule.action === "goto" && !ns.fib.rules.some((other) => other.priority === rule.target);
}

/** It is told of a rule with a table only. */
function suppresses(rule: Omit<RuleSpec, "priority">): boolean {
  return rule.table !== 0 && rule.suppressPrefixLength >= 0;
}

function text(rule: RuleSpec, ns: NetworkNamespace, options: ShowOptions): string {
  return `${rule.priority}:\t${ruleText(rule, ns, options)}\n`;
}

/** A rule as `ip rule` shows it, without its priority. */
export function ruleText(
  rule: Omit<RuleSpec, "priority">,
  ns: NetworkNamespace,
  options: ShowOptions = {},
): string {
  const words: string[] = [];
  const device = (key: string, name: string): void => {
    if (name !== "") words.push(key, name, ...(ns.device(name) === null ? ["[detached]"] : []));
  };
  if (rule.not) words.push("not");
  words.push("from", rule.srcLength === 0 ? "all" : prefixText(rule.src, rule.srcLength));
  if (rule.dstLength > 0) words.push("to", prefixText(rule.dst, rule.dstLength));
  if (rule.tos !== 0) words.push("tos", formatTos(rule.tos));
  if (rule.fwmask !== 0)
    words.push("fwmark", rule.fwmask === -1 ? hex(rule.fwmark) : `${hex(rule.fwmark)}/${hex(rule.fwmask)}`);
  device("iif", rule.iif);
  device("oif", rule.oif);
  const table = tableText(rule, options);
  if (table !== undefined) words.push("lookup", table);
  if (suppresses(rule)) words.push("suppress_prefixlength", `${rule.suppressPrefixLength}`);
  if (rule.action === "goto") words.push("goto", `${rule.target}`);
  else if (rule.action !== "lookup") words.push(actionText(rule, options));
  if (leadsNowhere(rule, ns)) words.push("[unresolved]");
  const protocol = protocolText(rule, options);
  if (protocol !== undefined) words.push("proto", protocol);
  return words.join(" ");
}

function json(rule: RuleSpec, ns: NetworkNamespace, options: ShowOptions): JsonObject {
  const when = <T>(yes: boolean, value: T): T | undefined => (yes ? value : undefined);
  const partial = (length: number): boolean => length > 0 && length < 32;
  const gone = (name: string): boolean => name !== "" && ns.device(name) === null;
  const refuses = rule.action in ACTION_NUMBERS;
  return {
    priority: rule.priority,
    not: when(rule.not, null),
    src: rule.srcLength === 0 ? "all" : ip.format(rule.src),
    srclen: when(partial(rule.srcLength), rule.srcLength),
    dst: when(rule.dstLength > 0, ip.format(rule.dst)),
    dstlen: when(partial(rule.dstLength), rule.dstLength),
    tos: when(rule.tos !== 0, formatTos(rule.tos)),
    fwmark: when(rule.fwmask !== 0, hex(rule.fwmark)),
    fwmask: when(rule.fwmask !== 0 && rule.fwmask !== -1, hex(rule.fwmask)),
    iif: when(rule.iif !== "", rule.iif),
    iif_detached: when(gone(rule.iif), null),
    oif: when(rule.oif !== "", rule.oif),
    oif_detached: when(gone(rule.oif), null),
    table: tableText(rule, options),
    suppress_prefixlen: when(suppresses(rule), rule.suppressPrefixLength),
    goto: when(rule.action === "goto", rule.target),
    unresolved: when(leadsNowhere(rule, ns), null),
    nop: when(rule.action === "nop", null),
    action: when(refuses, actionText(rule, options)),
    protocol: protocolText(rule, options),
  };
}
