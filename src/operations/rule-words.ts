import type { Rule, RuleSpec } from "../net/fib.ts";
import { KernelError } from "../net/kernel-error.ts";
import { RouteTable } from "../net/route-kind.ts";
import { isIpv6, prefixOf } from "./addresses.ts";
import type { InNamespace } from "./operation.ts";
import { formatTos, tableOf } from "./route-names.ts";

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
  /** The priority at which it goes on, in place of an action. */
  readonly goto?: number;
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
  said("goto", rule.goto);
  if (rule.action !== undefined) words.push(rule.action);
  return words;
}

function markText({ fwmark, fwmask }: RuleWords): string | undefined {
  if (fwmark === undefined) return undefined;
  const mark = `0x${fwmark.toString(16)}`;
  return fwmask === undefined ? mark : `${mark}/0x${fwmask.toString(16)}`;
}

type Selector = Omit<RuleSpec, "priority"> & { readonly priority: number | null };

/** What the kernel is asked to add or to delete. @throws {KernelError} for IPv6 prefixes */
export function selectorOf(words: RuleWords): Selector {
  if (isIpv6(words.from ?? "")) throw new KernelError("EINVAL", "Invalid source address");
  if (isIpv6(words.to ?? "")) throw new KernelError("EINVAL", "Invalid dst address");
  const from = prefixOf(words.from ?? "default");
  const to = prefixOf(words.to ?? "default");
  const action = words.goto !== undefined ? "goto" : (words.action ?? "lookup");
  const table =
    words.table === undefined ? (action === "lookup" ? RouteTable.main : 0) : tableOf(words.table)!;
  const { fwmark = 0 } = words;
  return {
    priority: words.priority ?? null,
    not: words.not ?? false,
    src: from.address,
    srcLength: from.length,
    dst: to.address,
    dstLength: to.length,
    tos: words.tos ?? 0,
    fwmark: fwmark | 0,
    fwmask: (words.fwmask ?? (fwmark === 0 ? 0 : 0xffffffff)) | 0,
    iif: words.iif ?? "",
    oif: words.oif ?? "",
    action,
    target: words.goto ?? 0,
    table,
    suppressPrefixLength: words.suppressPrefixLength ?? -1,
    protocol: words.protocol ?? "unspec",
  };
}

/** Whether a rule has all that a deletion asks; `not` and where a `goto` leads do not count (rule_find). */
export function hasAll(rule: Rule, words: RuleWords): boolean {
  const asked = selectorOf(words);
  const anyAction = words.action === undefined && words.goto === undefined;
  return (
    (words.priority === undefined || rule.priority === words.priority) &&
    (anyAction || rule.action === asked.action) &&
    (words.table === undefined || asked.table === 0 || rule.table === asked.table) &&
    (asked.srcLength === 0 || (rule.srcLength === asked.srcLength && rule.src === asked.src)) &&
    (asked.dstLength === 0 || (rule.dstLength === asked.dstLength && rule.dst === asked.dst)) &&
    (asked.tos === 0 || rule.tos === asked.tos) &&
    (asked.fwmark === 0 || rule.fwmark === asked.fwmark) &&
    (asked.fwmask === 0 || rule.fwmask === asked.fwmask) &&
    (asked.iif === "" || rule.iif === asked.iif) &&
    (asked.oif === "" || rule.oif === asked.oif) &&
    (asked.suppressPrefixLength < 0 || rule.suppressPrefixLength === asked.suppressPrefixLength) &&
    (words.protocol === undefined || words.protocol === "unspec" || rule.protocol === words.protocol)
  );
}
