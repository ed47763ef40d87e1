import type { EntryRef } from "../sim/registry.ts";
import type { Rule } from "./rule.ts";

export type Policy = "ACCEPT" | "DROP";

/** A chain of a table. Built-in chains have a policy, others none. */
export class Chain {
  readonly name: string;
  /** What becomes of packets that no rule decided; null for chains that somebody made. */
  policy: Policy | null;
  /** Counters of the policy. */
  packets = 0;
  bytes = 0;
  rules: Rule[];
  /** The policy's entry in the memory of causes; 0 until the chain stands in a table. */
  ref: EntryRef = 0;

  constructor(name: string, policy: Policy | null, rules: Rule[] = []) {
    this.name = name;
    this.policy = policy;
    this.rules = rules;
  }

  /** The same chain, for a change that may not come about. */
  copy(name: string = this.name): Chain {
    const copy = new Chain(name, this.policy, [...this.rules]);
    copy.packets = this.packets;
    copy.bytes = this.bytes;
    copy.ref = this.ref;
    return copy;
  }
}
