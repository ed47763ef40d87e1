import { KernelError } from "../net/kernel-error.ts";
import { Chain, type Policy } from "./chain.ts";
import { Rule } from "./rule.ts";

/** Names that are verdicts, and can be no chain's. */
export const VERDICTS: readonly string[] = ["ACCEPT", "DROP", "QUEUE", "RETURN"];

/** Most letters of a chain's name in the kernel's format (IPT_CHAINLABEL without its end). */
const MAX_LABEL = 31;

/** Writes a rule as `iptables -S` prints it, the table in front. */
type RuleText = (chain: string, rule: Rule["value"]) => string;

/**
 * The chains of a table, as somebody wants them: changed at will, and put in force as a whole or not at all
 * ({@link ./table.ts}), as `iptables` itself does it. Errors are those of libiptc.
 */
export class RuleSet {
  readonly chains: Map<string, Chain>;
  /** Counters that policies are to have; those of all others begin anew, as legacy iptables leaves them after any change. */
  readonly policyCounters: Map<string, readonly [number, number]> = new Map();
  readonly #copied: Set<Chain> = new Set();

  constructor(chains: ReadonlyMap<string, Chain>) {
    this.chains = new Map(chains);
  }

  has(name: string): boolean {
    return this.chains.has(name);
  }

  /** A chain to look at. @throws {KernelError} ENOENT */
  chain(name: string): Chain {
    const chain = this.chains.get(name);
    if (chain === undefined) throw new KernelError("ENOENT");
    return chain;
  }

  /** A chain to change. @throws {KernelError} ENOENT */
  change(name: string): Chain {
    const chain = this.chain(name);
    if (this.#copied.has(chain)) return chain;
    const copy = chain.copy();
    this.chains.set(name, copy);
    this.#copied.add(copy);
    return copy;
  }

  append(name: string, rule: Rule): void {
    this.change(name).rules.push(rule);
  }

  /** `position` counts from 1. @throws {KernelError} ENOENT for chains, E2BIG beyond the end */
  insert(name: string, position: number, rule: Rule): void {
    const { rules } = this.change(name);
    if (position > rules.length + 1) throw new KernelError("E2BIG");
    rules.splice(position - 1, 0, rule);
  }

  /** @throws {KernelError} ENOENT, E2BIG */
  replace(name: string, position: number, rule: Rule): void {
    const { rules } = this.change(name);
    if (position > rules.length) throw new KernelError("E2BIG");
    rules[position - 1] = rule;
  }

  /** @throws {KernelError} ENOENT, E2BIG */
  deleteAt(name: string, position: number): void {
    const { rules } = this.change(name);
    if (position > rules.length) throw new KernelError("E2BIG");
    rules.splice(position - 1, 1);
  }

  flush(name: string): void {
    this.change(name).rules = [];
  }

  /** @throws {KernelError} EEXIST */
  addChain(name: string): Chain {
    if (this.chains.has(name) || VERDICTS.includes(name)) throw new KernelError("EEXIST");
    const chain = new Chain(name, null);
    this.chains.set(name, chain);
    this.#copied.add(chain);
    return chain;
  }

  /** @throws {KernelError} ENOENT, EINVAL for built-in ones, EMLINK while rules lead there, ENOTEMPTY while it has rules */
  deleteChain(name: string): void {
    const chain = this.chain(name);
    if (chain.policy !== null) throw new KernelError("EINVAL");
    if (this.references(name) > 0) throw new KernelError("EMLINK");
    if (chain.rules.length > 0) throw new KernelError("ENOTEMPTY");
    this.chains.delete(name);
  }

  /** Rules that lead to the chain follow it. @throws {KernelError} ENOENT, also for built-in ones, EEXIST, EINVAL for a long name */
  rename(from: string, to: string, text: RuleText): void {
    if (this.chains.has(to) || VERDICTS.includes(to)) throw new KernelError("EEXIST");
    const chain = this.chain(from);
    if (chain.policy !== null) throw new KernelError("ENOENT");
    if (to.length > MAX_LABEL) throw new KernelError("EINVAL");
    const renamed = chain.copy(to);
    this.chains.delete(from);
    this.chains.set(to, renamed);
    this.#copied.add(renamed);
    renamed.rules = renamed.rules.map((rule) => again(rule, rule.value, text(to, rule.value)));
    for (const { name, rules } of [...this.chains.values()]) {
      if (!rules.some((rule) => rule.value.target?.name === from)) continue;
      const changed = this.change(name);
      changed.rules = changed.rules.map((rule) => {
        if (rule.value.target?.name !== from) return rule;
        const value = { ...rule.value, target: { name: to } };
        return again(rule, value, text(name, value));
      });
    }
  }

  /** @throws {KernelError} ENOENT for a chain that is not there or not built in */
  setPolicy(name: string, policy: Policy): void {
    const chain = this.change(name);
    if (chain.policy === null) throw new KernelError("ENOENT");
    chain.policy = policy;
  }

  /** How many rules lead to a chain. */
  references(name: string): number {
    let count = 0;
    for (const { rules } of this.chains.values())
      for (const rule of rules) if (rule.value.target?.name === name) count++;
    return count;
  }

  /** The names in the order in which they are listed: built-in ones by their hooks, others by name. */
  get names(): readonly string[] {
    const all = [...this.chains.values()];
    const builtIn = all.filter((chain) => chain.policy !== null).map((chain) => chain.name);
    const others = all.filter((chain) => chain.policy === null).map((chain) => chain.name);
    return [...builtIn, ...others.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))];
  }
}

/** The same rule with another value: it keeps its counters and its history. */
function again(rule: Rule, value: Rule["value"], text: string): Rule {
  const copy = new Rule(value, text, rule.packets, rule.bytes);
  copy.ref = rule.ref;
  copy.checkedHooks = rule.checkedHooks;
  return copy;
}
