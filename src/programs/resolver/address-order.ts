import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import * as ip from "../../wire/ipv4-address.ts";

interface Candidate {
  readonly address: number;
  /** What packets to it are sent from; null if there is no way. */
  readonly source: number | null;
  /** Scopes of both are the same (RFC 6724, rule 2). */
  readonly matches: boolean;
  readonly scope: number;
  /** Leading bits that it shares with its source, if both lie in one subnet. */
  readonly shared: number;
}

/**
 * The order in which getaddrinfo(3) gives addresses (RFC 6724 as glibc reads it): reachable ones first, then those whose scope
 * fits the source, the nearer scope, the longer prefix shared with a source in the same subnet; else as the server gave them.
 */
export function inOrder(ns: NetworkNamespace, addresses: readonly number[]): readonly number[] {
  if (addresses.length < 2) return addresses;
  const candidates = addresses.map((address) => candidate(ns, address));
  candidates.sort(
    (a, b) =>
      Number(b.source !== null) - Number(a.source !== null) ||
      Number(b.matches) - Number(a.matches) ||
      a.scope - b.scope ||
      b.shared - a.shared,
  );
  return candidates.map(({ address }) => address);
}

function candidate(ns: NetworkNamespace, address: number): Candidate {
  const source = sourceOf(ns, address);
  const scope = scopeOf(address);
  const matches = source !== null && scopeOf(source) === scope;
  return { address, source, matches, scope, shared: source === null ? 0 : shared(ns, address, source) };
}

/** Link-local and loopback addresses are near, all others global (gai.conf(5), scopev4). */
function scopeOf(address: number): number {
  const isNear = address >>> 24 === 127 || address >>> 16 === 0xa9fe;
  return isNear ? 2 : 14;
}

function shared(ns: NetworkNamespace, address: number, source: number): number {
  for (const device of ns.devices) {
    for (const own of device.ipv4.addresses) {
      if (own.address !== source) continue;
      const mask = ip.netmask(own.prefixLength);
      return (address & mask) === (source & mask) ? Math.clz32(address ^ source) : 0;
    }
  }
  return 0;
}

function sourceOf(ns: NetworkNamespace, address: number): number | null {
  const probe = new UdpSocket(ns);
  try {
    probe.connect(address, 53);
    return probe.localAddress;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return null;
  } finally {
    probe.close();
  }
}
