import { type FlowPort, type OpenPort, PortPlace } from "../sim/flow-class.ts";
import type { LegRecording } from "../sim/leg-recording.ts";
import type { Packet } from "../sim/packet.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";

/**
 * A hash of the flow that a frame belongs to (skb_get_hash): addresses and ports of IPv4, link addresses of all else.
 * Kept in the packet, never 0. It spreads flows over processors and gives VXLAN its source ports. A leg of a class of
 * flows is told how it follows from the open port.
 */
export function flowHash(packet: Packet, leg: LegRecording | null = null): number {
  if (packet.hash !== 0) return packet.hash;
  const view = packet.view;
  const at = packet.at;
  let a: number;
  let b: number;
  let c: number;
  if (
    ethernet.type(view, at) === ethernet.TYPE_IPV4 &&
    packet.length >= ethernet.HEADER_LEN + ipv4.HEADER_LEN
  ) {
    const ip = at + ethernet.HEADER_LEN;
    a = ipv4.src(view, ip);
    b = ipv4.dst(view, ip);
    const counts = hasPorts(packet, ip);
    c = counts ? view.getInt32(ip + ipv4.headerLength(view, ip)) : ipv4.protocol(view, ip);
    if (counts && leg?.open != null) leg.flowHash = new ClassHash(a, b, c, leg.open);
  } else {
    a = ethernet.srcLo(view, at);
    b = ethernet.dstLo(view, at);
    c = ethernet.type(view, at);
  }
  packet.hash = mix(a, b, c);
  return packet.hash;
}

function mix(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2545f491);
  hash ^= hash >>> 13;
  return hash === 0 ? 1 : hash;
}

/** The hashes of the flows of a class: all of their headers is the same but one port. */
class ClassHash implements FlowPort {
  readonly #a: number;
  readonly #b: number;
  readonly #fixed: number;
  readonly #shift: number;
  readonly #port: FlowPort;

  constructor(a: number, b: number, ports: number, { place, port }: OpenPort) {
    this.#a = a;
    this.#b = b;
    this.#fixed = place === PortPlace.source ? ports & 0xffff : ports & ~0xffff;
    this.#shift = place === PortPlace.source ? 16 : 0;
    this.#port = port;
  }

  of(packet: Packet): number {
    return mix(this.#a, this.#b, this.#fixed | (this.#port.of(packet) << this.#shift));
  }
}

/** Ports count only where they stand in every packet of the flow: not in fragments, which carry them once. */
function hasPorts(packet: Packet, ip: number): boolean {
  const view = packet.view;
  const protocol = ipv4.protocol(view, ip);
  if (protocol !== ipv4.PROTO_UDP && protocol !== ipv4.PROTO_TCP) return false;
  return !ipv4.isFragment(view, ip) && ip + ipv4.headerLength(view, ip) + 4 <= packet.at + packet.length;
}
