import type { NetworkNamespace } from "../net/network-namespace.ts";

/**
 * How namespaces name each other: small numbers, each valid in one namespace only (`link-netnsid 0`). A number is
 * given when it is first needed: a device goes there, or one is shown whose other end is there. Linux:
 * net/core/net_namespace.c, peernet2id_alloc.
 */
const KEY: unique symbol = Symbol("netns ids");

/** The numbers that one namespace has given. */
class NetnsIds {
  readonly #numbers: Map<NetworkNamespace, number> = new Map();
  readonly #taken: Set<number> = new Set();
  /** All below this are taken. */
  #lowest = 0;

  get(other: NetworkNamespace): number | null {
    return this.#numbers.get(other) ?? null;
  }

  set(other: NetworkNamespace, number: number): void {
    this.delete(other);
    this.#numbers.set(other, number);
    this.#taken.add(number);
  }

  /** Gives the lowest number that is free (idr_alloc). */
  give(other: NetworkNamespace): number {
    while (this.#taken.has(this.#lowest)) this.#lowest++;
    this.set(other, this.#lowest);
    return this.#lowest;
  }

  delete(other: NetworkNamespace): void {
    const number = this.#numbers.get(other);
    if (number === undefined) return;
    this.#numbers.delete(other);
    this.#taken.delete(number);
    this.#lowest = Math.min(this.#lowest, number);
  }

  /** All, ascending by their numbers. */
  get all(): readonly (readonly [other: NetworkNamespace, number: number])[] {
    return [...this.#numbers].sort((a, b) => a[1] - b[1]);
  }
}

function idsOf(ns: NetworkNamespace): NetnsIds {
  let ids = ns.extensions.get(KEY) as NetnsIds | undefined;
  if (ids === undefined) {
    ids = new NetnsIds();
    ns.extensions.set(KEY, ids);
  }
  return ids;
}

/** The number of `other` in `ns`; given now when there is none yet. */
export function netnsId(ns: NetworkNamespace, other: NetworkNamespace): number {
  const ids = idsOf(ns);
  return ids.get(other) ?? ids.give(other);
}

/** The number of `other` in `ns`, or null when it has none. */
export function knownNetnsId(ns: NetworkNamespace, other: NetworkNamespace): number | null {
  return idsOf(ns).get(other);
}

/** Gives a number by hand (`ip netns set`). */
export function setNetnsId(ns: NetworkNamespace, other: NetworkNamespace, id: number): void {
  idsOf(ns).set(other, id);
}

/** All numbers that `ns` has given, ascending. */
export function netnsIds(ns: NetworkNamespace): readonly (readonly [other: NetworkNamespace, id: number])[] {
  return idsOf(ns).all;
}

/** A namespace is gone: its number is free again everywhere on its host. */
export function forgetNetns(gone: NetworkNamespace): void {
  for (const ns of gone.host.allNamespaces) idsOf(ns).delete(gone);
}

/** The name under which a namespace is to be found in /run/netns, or null. */
export function netnsName(ns: NetworkNamespace): string | null {
  for (const [name, other] of ns.host.namespaces) if (other === ns) return name;
  for (const [name, other] of ns.host.linkedNamespaces()) if (other === ns) return name;
  return null;
}
