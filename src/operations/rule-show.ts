import type { Rule } from "../net/fib.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { deleteRule } from "../net/rule-change.ts";
import * as ip from "../wire/ipv4-address.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import type { InNamespace, OperationRecord, QuestionRecord } from "./operation.ts";
import { formatTos, prefixText, tableName } from "./route-names.ts";
import { hasAll, type RuleWords, ruleWords } from "./rule-words.ts";

/** `ip rule show ...` */
export interface RuleShow extends InNamespace, Omit<RuleWords, "action"> {
  readonly ask: "rule-show";
  readonly options?: ShowOptions;
}

/** `ip rule flush ...` */
export interface RuleFlush extends InNamespace, Omit<RuleWords, "action"> {
  readonly op: "rule-flush";
}

export const ruleShow: QuestionRecord<RuleShow> = {
  tool: "ip",
  words: ({ options = {}, ...filter }) => [...optionWords(options), "rule", "show", ...ruleWords(filter)],
  answer(question, context) {
    const { options = {} } = question;
    if (options.family !== undefined && options.family !== "inet") return options.json ? "[ ]\n" : "";
    const ns = context.namespace;
    const rules = ns.fib.rules.filter((rule) => hasAll(rule, question) && (!question.not || rule.not));
    return options.json
      ? printJson(
          rules.map((rule) => json(rule, ns, options)),
          options.pretty ?? false,
        )
      : rules.map((rule) => text(rule, ns, options)).join("");
  },
};

export const ruleFlush: OperationRecord<RuleFlush> = {
  tool: "ip",
  words: (operation) => ["rule", "flush", ...ruleWords(operation)],
  apply(operation, context) {
    const ns = context.namespace;
    // Rules of priority 0 stay: iproute2 takes them for what the kernel was born with.
    for (const gone of ns.fib.rules.filter((rule) => rule.priority !== 0 && hasAll(rule, operation)))
      deleteRule(ns, (rule) => rule === gone);
  },
};

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

function saysProtocol(rule: Rule, options: ShowOptions): boolean {
  return options.details === true || (rule.protocol !== "kernel" && rule.protocol !== "unspec");
}

function text(rule: Rule, ns: NetworkNamespace, options: ShowOptions): string {
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
  if (rule.action === "lookup") words.push("lookup", tableName(rule.table));
  else words.push(rule.action);
  if (rule.suppressPrefixLength >= 0) words.push("suppress_prefixlength", `${rule.suppressPrefixLength}`);
  if (saysProtocol(rule, options)) words.push("proto", rule.protocol);
  return `${rule.priority}:\t${words.join(" ")}\n`;
}

function json(rule: Rule, ns: NetworkNamespace, options: ShowOptions): JsonObject {
  const when = <T>(yes: boolean, value: T): T | undefined => (yes ? value : undefined);
  const host = (length: number): boolean => length > 0 && length < 32;
  const gone = (name: string): boolean => name !== "" && ns.device(name) === null;
  return {
    priority: rule.priority,
    not: when(rule.not, null),
    src: rule.srcLength === 0 ? "all" : ip.format(rule.src),
    srclen: when(host(rule.srcLength), rule.srcLength),
    dst: when(rule.dstLength > 0, ip.format(rule.dst)),
    dstlen: when(host(rule.dstLength), rule.dstLength),
    tos: when(rule.tos !== 0, formatTos(rule.tos)),
    fwmark: when(rule.fwmask !== 0, hex(rule.fwmark)),
    fwmask: when(rule.fwmask !== 0 && rule.fwmask !== -1, hex(rule.fwmask)),
    iif: when(rule.iif !== "", rule.iif),
    iif_detached: when(gone(rule.iif), null),
    oif: when(rule.oif !== "", rule.oif),
    oif_detached: when(gone(rule.oif), null),
    table: when(rule.action === "lookup", tableName(rule.table)),
    nop: when(rule.action === "nop", null),
    action: when(rule.action !== "lookup" && rule.action !== "nop", rule.action),
    suppress_prefixlen: when(rule.suppressPrefixLength >= 0, rule.suppressPrefixLength),
    protocol: when(saysProtocol(rule, options), rule.protocol),
  };
}
