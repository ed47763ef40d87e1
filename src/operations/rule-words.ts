import type { Rule, RuleSpec } from "../net/fib.ts";
import type { InNamespace } from "./operation.ts";
import { formatTos, prefixOf, tableOf } from "./route-names.ts";

/** What `ip rule` says of a rule. Names are iproute2's, prefixes as they were given. */
export interface RuleWords {
  readonly not?: true;
  readonly from?: string;
  readonly to?: string;
  readonly tos?: number;
  readonly fwmark?: number;
  readonly fwmask?: number;
  readonly iif?: string;
  readonly oif?: string;
  readonly priority?: number;
  readonly protocol?: string;
  readonly table?: string;
  readonly suppressPrefixLength?: number;
  /** Absent: to look up the table. */
  readonly action?: "blackhole" | "unreachable" | "prohibit" | "nop";
}

/** `ip rule add ...` */
export interface RuleAdd extends InNamespace, RuleWords {
  readonly op: "rule-add";
}

/** `ip rule del ...` */
export interface RuleDel extends InNamespace, RuleWords {
  readonly op: "rule-del";
}

/** The words that `ip rule` reads back. */
export function ruleWords(rule: RuleWords): string[] {
  const words: string[] = rule.not ? ["not"] : [];
  const said = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(key, `${value}`);
  };
  said("from", rule.from === "default" ? "all" : rule.from);
  said("to", rule.to === "default" ? "all" : rule.to);
  said("tos", rule.tos === undefined ? undefined : formatTos(rule.tos));
  said("fwmark", markText(rule));
  said("iif", rule.iif);
  said("oif", rule.oif);
  said("pref", rule.priority);
  said("protocol", rule.protocol);
  said("table", rule.table);
  said("suppress_prefixlength", rule.suppressPrefixLength);
  if (rule.action !== undefined) words.push(rule.action);
  return words;
}

function markText({ fwmark, fwmask }: RuleWords): string | undefined {
  if (fwmark === undefined) return undefined;
  const mark = `0x${fwmark.toString(16)}`;
  return fwmask === undefined ? mark : `${mark}/0x${fwmask.toString(16)}`;
}

type Selector = Omit<RuleSpec, "priority"> & { readonly priority: number | null };

/** What the kernel is asked to add. */
export function selectorOf(words: RuleWords): Selector {
  const from = prefixOf(words.from ?? "default");
  const to = prefixOf(words.to ?? "default");
  const { action = "lookup" } = words;
  const table = words.table === undefined ? 254 : tableOf(words.table)!;
  return {
    priority: words.priority ?? null,
    not: words.not ?? false,
    src: from.address,
    srcLength: from.length,
    dst: to.address,
    dstLength: to.length,
    tos: words.tos ?? 0,
    fwmark: (words.fwmark ?? 0) | 0,
    fwmask: words.fwmark === undefined ? 0 : (words.fwmask ?? 0xffffffff) | 0,
    iif: words.iif ?? "",
    oif: words.oif ?? "",
    action,
    table: action === "lookup" ? table : 0,
    suppressPrefixLength: words.suppressPrefixLength ?? -1,
    protocol: words.protocol ?? "unspec",
  };
}

/** Whether a rule has all that these words ask (rule_find, fib4_rule_compare). */
export function hasAll(rule: Rule, words: RuleWords): boolean {
  const asked = selectorOf(words);
  const tableAsked = words.table !== undefined;
  return (
    (words.priority === undefined || rule.priority === words.priority) &&
    (words.action === undefined || rule.action === words.action) &&
    (!tableAsked || (rule.action === "lookup" && rule.table === asked.table)) &&
    (asked.srcLength === 0 || (rule.srcLength === asked.srcLength && rule.src === asked.src)) &&
    (asked.dstLength === 0 || (rule.dstLength === asked.dstLength && rule.dst === asked.dst)) &&
    (asked.tos === 0 || rule.tos === asked.tos) &&
    (words.fwmark === undefined || (rule.fwmark === asked.fwmark && rule.fwmask !== 0)) &&
    (words.fwmask === undefined || rule.fwmask === asked.fwmask) &&
    (words.iif === undefined || rule.iif === words.iif) &&
    (words.oif === undefined || rule.oif === words.oif) &&
    (words.suppressPrefixLength === undefined || rule.suppressPrefixLength === words.suppressPrefixLength) &&
    (words.protocol === undefined || rule.protocol === words.protocol)
  );
}
