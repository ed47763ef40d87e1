import type { Rule, RuleSpec } from "./fib.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** Adds a policy rule; a null priority: just before the second rule (fib_nl_newrule). @throws {KernelError} EEXIST */
export function addRule(
  ns: NetworkNamespace,
  asked: Omit<RuleSpec, "priority"> & { readonly priority: number | null },
  text: string,
): void {
  const { fib } = ns;
  const second = fib.rules[1]?.priority ?? 0;
  const spec: RuleSpec = { ...asked, priority: asked.priority ?? Math.max(0, second - 1) };
  const keys = Object.keys(spec) as (keyof RuleSpec)[];
  if (fib.rules.some((rule) => keys.every((key) => key === "protocol" || rule[key] === spec[key])))
    throw new KernelError("EEXIST");
  const rule: Rule = { ...spec, ref: ns.world.registry.made("rule", ns.path, `${spec.priority}: ${text}`) };
  const before = fib.rules.filter((r) => r.priority <= spec.priority);
  const after = fib.rules.filter((r) => r.priority > spec.priority);
  fib.setRules([...before, rule, ...after]);
}

/** Takes the first rule away that has all that `match` asks (fib_nl_delrule). @throws {KernelError} ENOENT */
export function deleteRule(ns: NetworkNamespace, match: (rule: Rule) => boolean): void {
  const found = ns.fib.rules.find(match);
  if (found === undefined) throw new KernelError("ENOENT");
  ns.fib.setRules(ns.fib.rules.filter((rule) => rule !== found));
  ns.world.registry.gone(found.ref);
}
