import type { Rule, RuleSpec } from "./fib.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/**
 * Adds a policy rule; a null priority: just before the second rule; table 0: one that nobody has yet
 * (net/core/fib_rules.c, fib_nl_newrule; net/ipv4/fib_rules.c, fib4_rule_configure). @throws {KernelError} EEXIST, EINVAL
 */
export function addRule(
  ns: NetworkNamespace,
  asked: Omit<RuleSpec, "priority"> & { readonly priority: number | null },
  text: string,
): void {
  const { fib } = ns;
  const second = fib.rules[1]?.priority ?? 0;
  const spec: RuleSpec = { ...asked, priority: asked.priority ?? Math.max(0, second - 1) };
  if (spec.action === "goto" && spec.target <= spec.priority)
    throw new KernelError("EINVAL", "Backward goto not supported");
  if (fib.rules.some((rule) => isSame(rule, spec))) throw new KernelError("EEXIST");
  if ((spec.tos & 3) !== 0) throw new KernelError("EINVAL", "Invalid dsfield (tos): ECN bits must be 0");
  if ((spec.tos & ~0x1e) !== 0) throw new KernelError("EINVAL", "Invalid tos");
  const table = spec.action === "lookup" && spec.table === 0 ? emptyTable(ns) : spec.table;
  const ref = ns.world.registry.made("rule", ns.path, `${spec.priority}: ${text}`);
  const before = fib.rules.filter((r) => r.priority <= spec.priority);
  const after = fib.rules.filter((r) => r.priority > spec.priority);
  fib.setRules([...before, { ...spec, table, ref }, ...after]);
}

const COMPARED = [
  "priority",
  "action",
  "table",
  "suppressPrefixLength",
  "iif",
  "oif",
  "fwmark",
  "fwmask",
  "protocol",
] as const;

/** Whether a rule is there already (rule_exists): prefixes and ToS count only where the new one has them. */
function isSame(rule: Rule, spec: RuleSpec): boolean {
  return (
    COMPARED.every((key) => rule[key] === spec[key]) &&
    (spec.srcLength === 0 || (rule.src === spec.src && rule.srcLength === spec.srcLength)) &&
    (spec.dstLength === 0 || (rule.dst === spec.dst && rule.dstLength === spec.dstLength)) &&
    (spec.tos === 0 || rule.tos === spec.tos)
  );
}

/** The first table that nobody has made, which is made (fib_empty_table). */
function emptyTable(ns: NetworkNamespace): number {
  let id = 1;
  while (ns.fib.tableAt(id) !== null) id++;
  return ns.fib.table(id).id;
}

/** Takes the first rule away that has all that `match` asks (fib_nl_delrule). @throws {KernelError} ENOENT */
export function deleteRule(ns: NetworkNamespace, match: (rule: Rule) => boolean): void {
  const found = ns.fib.rules.find(match);
  if (found === undefined) throw new KernelError("ENOENT");
  ns.fib.setRules(ns.fib.rules.filter((rule) => rule !== found));
  ns.world.registry.gone(found.ref);
}
