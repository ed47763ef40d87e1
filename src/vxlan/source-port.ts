import { flowHash } from "../net/flow-hash.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";

/**
 * The outer UDP source port for an inner frame (udp_flow_src_port): one port for each flow, so that the underlay can
 * spread flows over paths. Ports lie from `first` up to, but not including, `last`; with no such range in
 * ip_local_port_range of `ns`, the namespace of the device, whose last port is never used either.
 */
export function sourcePort(ns: NetworkNamespace, packet: Packet, first: number, last: number): number {
  if (first >= last) {
    first = ns.ipv4.ip_local_port_first;
    last = ns.ipv4.ip_local_port_last;
  }
  const hash = flowHash(packet);
  // The kernel folds the hash to its upper half, which then takes the range as a fraction.
  const upper = (hash ^ (hash << 16)) >>> 16;
  return first + (Math.imul(upper, last - first) >>> 16);
}
