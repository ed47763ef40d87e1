import type { NetworkNamespace } from "../net/network-namespace.ts";

/**
 * How namespaces name each other: small numbers, each valid in one namespace only (`link-netnsid 0`). A number is
 * given when it is first needed: a device goes there, or one is shown whose other end is there. Linux:
 * net/core/net_namespace.c, peernet2id_alloc.
 */
const KEY: unique symbol = Symbol("netns ids");

function idsOf(ns: NetworkNamespace): Map<NetworkNamespace, number> {
  let ids = ns.extensions.get(KEY) as Map<NetworkNamespace, number> | undefined;
  if (ids === undefined) {
    ids = new Map();
    ns.extensions.set(KEY, ids);
  }
  return ids;
}

/** The number of `other` in `ns`; given now when there is none yet. */
export function netnsId(ns: NetworkNamespace, other: NetworkNamespace): number {
  const ids = idsOf(ns);
  let id = ids.get(other);
  if (id === undefined) {
    const used = new Set(ids.values());
    for (id = 0; used.has(id); ) id++;
    ids.set(other, id);
  }
  return id;
}

/** The number of `other` in `ns`, or null when it has none. */
export function knownNetnsId(ns: NetworkNamespace, other: NetworkNamespace): number | null {
  return idsOf(ns).get(other) ?? null;
}

/** Gives a number by hand (`ip netns set`). */
export function setNetnsId(ns: NetworkNamespace, other: NetworkNamespace, id: number): void {
  idsOf(ns).set(other, id);
}

/** All numbers that `ns` has given, ascending. */
export function netnsIds(ns: NetworkNamespace): readonly (readonly [other: NetworkNamespace, id: number])[] {
  return [...idsOf(ns)].sort((a, b) => a[1] - b[1]);
}

/** A namespace is gone: its number is free again everywhere on its host. */
export function forgetNetns(gone: NetworkNamespace): void {
  for (const ns of gone.host.allNamespaces) idsOf(ns).delete(gone);
}

/** The name under which a namespace is to be found in /run/netns, or null. */
export function netnsName(ns: NetworkNamespace): string | null {
  for (const [name, other] of ns.host.namespaces) if (other === ns) return name;
  return null;
}
