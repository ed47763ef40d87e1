import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { XtMatch, XtPlace, XtTarget, XtTargetType } from "../net/xtables.ts";
import type { Chain } from "./chain.ts";
import type { Rule } from "./rule.ts";
import { VERDICTS } from "./rule-set.ts";

/**
 * Which hooks lead to each chain, as masks (mark_source_chains). `hooks` has the number of each built-in chain.
 * @throws {KernelError} ELOOP when chains that packets can reach lead round in a circle
 */
export function hooksOfChains(
  chains: ReadonlyMap<string, Chain>,
  hooks: ReadonlyMap<string, number>,
): Map<string, number> {
  const masks = new Map<string, number>();
  const successors = new Map<string, readonly string[]>();
  for (const [name, { rules }] of chains) {
    const next = new Set<string>();
    for (const { value } of rules.slice(0, reachable(rules))) {
      const to = value.target?.name;
      if (to !== undefined && !VERDICTS.includes(to) && chains.has(to)) next.add(to);
    }
    successors.set(name, [...next]);
    masks.set(name, 0);
  }
  const path = new Set<string>();
  const visit = (name: string, bit: number): void => {
    if (path.has(name)) throw new KernelError("ELOOP");
    if ((masks.get(name)! & bit) !== 0) return;
    path.add(name);
    masks.set(name, masks.get(name)! | bit);
    for (const next of successors.get(name)!) visit(next, bit);
    path.delete(name);
  };
  // A chain that was visited for this hook lies on no circle, except on the path that leads to it.
  for (const [name, hook] of hooks) visit(name, 1 << hook);
  return masks;
}

/**
 * How many of a chain's rules a packet can get to: a verdict without a condition ends it. The kernel asks of the others
 * neither where they lead nor whether they may stand there.
 */
export function reachable(rules: readonly Rule[]): number {
  const end = rules.findIndex(({ value }) => {
    const { target, ...conditions } = value;
    return target !== undefined && VERDICTS.includes(target.name) && Object.keys(conditions).length === 0;
  });
  return end < 0 ? rules.length : end + 1;
}

/** The matches and the target of one rule, ready to be asked. */
interface MadeRule {
  readonly matches: readonly XtMatch[];
  /** Null for verdicts and chains, and for a rule that only counts. */
  readonly target: XtTarget | null;
}

/** Makes a rule's matches and target (find_check_entry). @throws {KernelError} */
export function makeRule(
  rule: Rule,
  ns: NetworkNamespace,
  table: string,
  hooks: number,
  chains: ReadonlyMap<string, Chain>,
): MadeRule {
  const { value } = rule;
  const inverted = value.not?.includes("protocol") === true;
  const place: XtPlace = {
    ns,
    table,
    hooks,
    protocol: inverted ? -1 : (value.protocol ?? 0),
    matches: value.matches ?? [],
  };
  const { xtables } = ns.host.kernel;
  const matches = (value.matches ?? []).map((info) => {
    const type = xtables.matches.get(info.name);
    if (type === undefined) throw new KernelError("ENOENT");
    if (type.protocol !== undefined && type.protocol !== place.protocol) throw new KernelError("EINVAL");
    return type.make(info, place);
  });
  const info = value.target;
  if (info === undefined || VERDICTS.includes(info.name) || chains.has(info.name))
    return { matches, target: null };
  const type = xtables.targets.get(info.name);
  if (type === undefined) throw new KernelError("ENOENT");
  if (!mayStand(type, place)) throw new KernelError("EINVAL");
  return { matches, target: type.make(info, place) };
}

/** xt_check_target */
function mayStand(type: XtTargetType, place: XtPlace): boolean {
  if (type.tables !== undefined && !type.tables.includes(place.table)) return false;
  return type.hooks === undefined || (place.hooks & ~type.hooks) === 0;
}
