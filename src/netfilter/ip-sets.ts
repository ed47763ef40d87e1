import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { IpSet } from "./ip-set.ts";

/** The sets of a namespace, in the order of their making. */
export class IpSets {
  readonly #sets: Map<string, IpSet> = new Map();

  get all(): readonly IpSet[] {
    return [...this.#sets.values()];
  }

  get(name: string): IpSet | null {
    return this.#sets.get(name) ?? null;
  }

  add(set: IpSet): void {
    this.#sets.set(set.name, set);
  }

  remove(set: IpSet): void {
    this.#sets.delete(set.name);
  }

  /** The set keeps its place among the others. */
  rename(set: IpSet, name: string): void {
    const all = this.all;
    this.#sets.clear();
    set.name = name;
    for (const one of all) this.#sets.set(one.name, one);
  }

  /** The two change names: whoever asks for one now finds the other. */
  swap(a: IpSet, b: IpSet): void {
    const names = [a.name, b.name] as const;
    const all = this.all.map((one) => (one === a ? b : one === b ? a : one));
    this.#sets.clear();
    [b.name, a.name] = names;
    for (const one of all) this.#sets.set(one.name, one);
  }
}

const KEY: unique symbol = Symbol("ip_set");

export function ipSetsOf(ns: NetworkNamespace): IpSets {
  let sets = ns.extensions.get(KEY) as IpSets | undefined;
  if (sets === undefined) {
    sets = new IpSets();
    ns.extensions.set(KEY, sets);
  }
  return sets;
}
