import { flowHash } from "../net/flow-hash.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { FlowPort } from "../sim/flow-class.ts";
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
  const { leg } = ns.world;
  const port = portOf(flowHash(packet, leg), first, last);
  // With a hash that is the same for all flows of a class the port is so too, and does not follow from theirs.
  if (leg?.isOfClass === true) {
    if (leg.flowHash === null) ns.world.leg = null;
    else leg.enters(new TunnelPort(leg.flowHash, first, last));
  }
  return port;
}

function portOf(hash: number, first: number, last: number): number {
  // The kernel folds the hash to its upper half, which then takes the range as a fraction.
  const upper = (hash ^ (hash << 16)) >>> 16;
  return first + (Math.imul(upper, last - first) >>> 16);
}

/** The outer source port of each flow of a class. */
class TunnelPort implements FlowPort {
  readonly #hash: FlowPort;
  readonly #first: number;
  readonly #last: number;

  constructor(hash: FlowPort, first: number, last: number) {
    this.#hash = hash;
    this.#first = first;
    this.#last = last;
  }

  of(packet: Packet): number {
    return portOf(this.#hash.of(packet), this.#first, this.#last);
  }
}
