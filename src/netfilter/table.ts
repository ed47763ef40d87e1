import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type Hook, hookNames, type XtVerdict } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Chain } from "./chain.ts";
import { hooksOfChains, makeRule, reachable } from "./check-rules.ts";
import { CompiledTable } from "./compiled-table.ts";
import type { Rule } from "./rule.ts";
import { RuleSet } from "./rule-set.ts";

/**
 * A table of a namespace (struct xt_table): its chains, and what packets pass. Linux: net/ipv4/netfilter/ip_tables.c.
 */
export class Table {
  readonly name: string;
  readonly ns: NetworkNamespace;
  /** The number of each built-in chain's hook. */
  readonly hooks: ReadonlyMap<string, Hook>;
  #chains: ReadonlyMap<string, Chain>;
  #masks: ReadonlyMap<string, number>;
  /** Null after a change until the next packet. */
  #compiled: CompiledTable | null = null;

  constructor(ns: NetworkNamespace, name: string, hooks: readonly Hook[]) {
    this.ns = ns;
    this.name = name;
    this.hooks = new Map(hooks.map((hook) => [hookNames[hook]!, hook]));
    const chains = new Map<string, Chain>();
    for (const hook of hooks) {
      const chain = new Chain(hookNames[hook]!, "ACCEPT");
      chain.ref = ns.world.registry.made("iptables", ns.path, this.#policyText(chain));
      chains.set(chain.name, chain);
    }
    this.#chains = chains;
    this.#masks = hooksOfChains(chains, this.hooks);
  }

  /** All chains as they are, their counters up to date. They are to be looked at only: {@link edit} changes them. */
  get chains(): ReadonlyMap<string, Chain> {
    this.#compiled?.sync();
    return this.#chains;
  }

  /** A draft of the table to change and to {@link commit}. */
  edit(): RuleSet {
    return new RuleSet(this.chains);
  }

  /**
   * Puts a draft in force as a whole. The state of matches (how much of a limit is used up) begins anew, as the kernel
   * begins it with each table that it is given. @throws {KernelError} ELOOP, ENOENT, EINVAL; then nothing has changed
   */
  commit(draft: RuleSet): void {
    const masks = hooksOfChains(draft.chains, this.hooks);
    for (const { name, rules } of draft.chains.values()) {
      const reached = reachable(rules);
      for (const [i, rule] of rules.entries()) {
        const mask = i < reached ? masks.get(name)! : 0;
        if (rule.checkedHooks === mask) continue;
        makeRule(rule, this.ns, this.name, mask, draft.chains);
        rule.checkedHooks = mask;
      }
    }
    // The counters of packets that passed since the draft was made belong to the rules that stay.
    this.#compiled?.sync();
    for (const chain of draft.chains.values())
      [chain.packets, chain.bytes] = draft.policyCounters.get(chain.name) ?? [0, 0];
    const before = this.#chains;
    this.#chains = draft.chains;
    this.#masks = masks;
    this.#compiled = null;
    this.#register(before);
    this.ns.world.generation++;
  }

  /** Sets all counters of a chain to zero, or of one rule (from 1), or of all chains. */
  zero(chainName: string | null, position: number | null = null): void {
    for (const chain of this.chains.values()) {
      if (chainName !== null && chain.name !== chainName) continue;
      if (position === null) {
        chain.packets = 0;
        chain.bytes = 0;
      }
      chain.rules.forEach((rule, i) => {
        if (position !== null && i !== position - 1) return;
        rule.packets = 0;
        rule.bytes = 0;
      });
    }
  }

  /**
   * Passes a packet through the chain of a hook; `networkAt` is at its IP header. The answer is `accept`, `drop`,
   * `stolen` or `undecided`; {@link decidedBy} then names the rule or policy.
   */
  walk(hook: Hook, packet: Packet, input: NetDevice | null, output: NetDevice | null): XtVerdict {
    const compiled = this.#compiled ?? this.#compile();
    return compiled.walk(hook, packet, input, output);
  }

  /** The rule or policy that decided the last walk. */
  get decidedBy(): EntryRef {
    return this.#compiled === null ? 0 : this.#compiled.decidedBy;
  }

  #compile(): CompiledTable {
    this.#compiled = new CompiledTable(this.ns, this.name, this.#chains, this.hooks, this.#masks);
    return this.#compiled;
  }

  #policyText(chain: Chain): string {
    return `-t ${this.name} -P ${chain.name} ${chain.policy}`;
  }

  /** Writes down what came, went and changed. */
  #register(before: ReadonlyMap<string, Chain>): void {
    const { registry } = this.ns.world;
    const kept = new Set<Rule>();
    const refs = new Set<EntryRef>();
    const { path } = this.ns;
    for (const [name, chain] of this.#chains) {
      const old = before.get(name);
      if (old === chain) continue;
      if (old !== undefined && old.policy !== chain.policy)
        registry.changed(chain.ref, this.#policyText(chain));
      for (const rule of chain.rules) {
        if (rule.ref === 0) rule.ref = registry.made("iptables", path, rule.text);
        else if (registry.get(rule.ref)?.text !== rule.text) registry.changed(rule.ref, rule.text);
        kept.add(rule);
        refs.add(rule.ref);
      }
    }
    for (const [name, chain] of before) {
      if (this.#chains.get(name) === chain) continue;
      for (const rule of chain.rules) if (!kept.has(rule) && !refs.has(rule.ref)) registry.gone(rule.ref);
    }
  }
}
