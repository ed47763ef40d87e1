import type { RuleSpec } from "../net/fib.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isIpv6, prefixOf } from "./addresses.ts";
import { tableOf } from "./route-names.ts";
import type { RuleWords } from "./rule-words.ts";

/** Which rules `ip rule show` and `ip rule flush` are about. */
export type RuleFilter = Omit<RuleWords, "action" | "goto" | "suppressPrefixLength">;

/** Whether the filter of iproute2 itself lets a rule through (filter_nlmsg). */
export function passes(rule: RuleSpec, filter: RuleFilter): boolean {
  const { fwmark = 0, fwmask = 0 } = filter;
  const table = filter.table === undefined ? 0 : tableOf(filter.table)!;
  return (
    (filter.priority === undefined || rule.priority === filter.priority) &&
    (!filter.not || rule.not) &&
    isWithin(filter.from, rule.src, rule.srcLength) &&
    isWithin(filter.to, rule.dst, rule.dstLength) &&
    (filter.tos === undefined || rule.tos === filter.tos) &&
    (fwmark === 0 || rule.fwmark === (fwmark | 0)) &&
    (fwmask === 0 || rule.fwmask === (fwmask | 0)) &&
    (filter.iif === undefined || rule.iif === filter.iif) &&
    (filter.oif === undefined || rule.oif === filter.oif) &&
    (table === 0 || rule.table === table)
  );
}

/** A rule for all addresses has none that could lie within a prefix. */
function isWithin(prefix: string | undefined, address: number, length: number): boolean {
  if (prefix === undefined) return true;
  if (isIpv6(prefix)) return false;
  const wanted = prefixOf(prefix);
  if (wanted.length === 0) return true;
  return length > 0 && ip.contains(wanted.address, wanted.length, address);
}
