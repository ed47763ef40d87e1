import type { NetworkNamespace } from "../../src/net/network-namespace.ts";
import type { XtInfo } from "../../src/net/xtables.ts";
import { netfilterOf } from "../../src/netfilter/netfilter.ts";
import { Rule, type XtRule } from "../../src/netfilter/rule.ts";

/** A rule whose target and matches may have options of any kind. */
type AnyRule = Omit<XtRule, "target" | "matches"> & {
  readonly target?: XtInfo & Readonly<Record<string, unknown>>;
  readonly matches?: readonly (XtInfo & Readonly<Record<string, unknown>>)[];
};

/** Appends a rule to a chain, as `iptables -t TABLE -A CHAIN` does. */
export function addRule(ns: NetworkNamespace, table: string, chain: string, value: AnyRule): Rule {
  const found = netfilterOf(ns).table(table);
  const rule = new Rule(value as XtRule, `-t ${table} -A ${chain} ${JSON.stringify(value)}`);
  const draft = found.edit();
  draft.append(chain, rule);
  found.commit(draft);
  return rule;
}
