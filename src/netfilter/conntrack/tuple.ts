import type { HashIndex } from "../../base/hash-index.ts";
import type { Packet } from "../../sim/packet.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import type { Connection } from "./connection.ts";
import { type Zone, zoneId } from "./zone.ts";

const PROTO_DCCP = 33;
const PROTO_SCTP = 132;
const PROTO_UDPLITE = 136;

/** True for protocols whose header begins with two ports. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === ipv4.PROTO_TCP ||
    protocol === ipv4.PROTO_UDP ||
    protocol === PROTO_SCTP ||
    protocol === PROTO_DCCP ||
    protocol === PROTO_UDPLITE
  );
}

/**
 * One direction of a connection (struct nf_conntrack_tuple), to be written over again and again. ICMP has its identifier
 * for a source port, and its type and code for a destination port; protocols without ports have zeros.
 */
export class Tuple {
  src = 0;
  dst = 0;
  srcPort = 0;
  dstPort = 0;
  protocol = 0;

  /** Both ports in one int32, as the table keeps them. */
  get ports(): number {
    return (this.srcPort << 16) | this.dstPort;
  }

  /** Reads it off the headers at `ip` and `transport`; false when there are too few of `end`'s bytes (nf_ct_get_tuple). */
  read(view: DataView, ip: number, transport: number, end: number): boolean {
    const protocol = ipv4.protocol(view, ip);
    this.src = ipv4.src(view, ip);
    this.dst = ipv4.dst(view, ip);
    this.protocol = protocol;
    if (hasPorts(protocol)) {
      if (transport + 4 > end) return false;
      this.srcPort = view.getUint16(transport);
      this.dstPort = view.getUint16(transport + 2);
    } else if (protocol === ipv4.PROTO_ICMP) {
      if (transport + icmp.HEADER_LEN > end) return false;
      this.srcPort = icmp.identifier(view, transport);
      this.dstPort = view.getUint16(transport);
    } else {
      this.srcPort = 0;
      this.dstPort = 0;
    }
    return true;
  }

  readPacket(packet: Packet): boolean {
    const { view, networkAt } = packet;
    const transport = networkAt + ipv4.headerLength(view, networkAt);
    return this.read(view, networkAt, transport, packet.at + packet.length);
  }

  /** Becomes what answers it looks like; false when it can have no answer (nf_ct_invert_tuple). */
  invert(): boolean {
    const { src, srcPort } = this;
    this.src = this.dst;
    this.dst = src;
    if (this.protocol === ipv4.PROTO_ICMP) {
      const opposite = icmp.oppositeType(this.dstPort >>> 8);
      if (opposite < 0) return false;
      this.dstPort = (opposite << 8) | (this.dstPort & 255);
    } else {
      this.srcPort = this.dstPort;
      this.dstPort = srcPort;
    }
    return true;
  }

  copy(other: Tuple): void {
    this.src = other.src;
    this.dst = other.dst;
    this.srcPort = other.srcPort;
    this.dstPort = other.dstPort;
    this.protocol = other.protocol;
  }

  /** Becomes the tuple of one direction of a connection. */
  copyOf(connection: Connection, reply: boolean): void {
    this.src = reply ? connection.replySrc : connection.src;
    this.dst = reply ? connection.replyDst : connection.dst;
    this.srcPort = reply ? connection.replySrcPort : connection.srcPort;
    this.dstPort = reply ? connection.replyDstPort : connection.dstPort;
    this.protocol = connection.protocol;
  }

  equals(other: Tuple): boolean {
    return (
      this.src === other.src &&
      this.dst === other.dst &&
      this.srcPort === other.srcPort &&
      this.dstPort === other.dstPort &&
      this.protocol === other.protocol
    );
  }
}

/** Protocol and zone in one number, as the table files them. */
export function kindOfTuple(protocol: number, zone: Zone, reply: boolean): number {
  return protocol | (zoneId(zone, reply) << 8);
}

/** Spreads a tuple: {@link HashIndex}. `kind`: what {@link kindOfTuple} says. */
export function hashTuple(src: number, dst: number, ports: number, kind: number): number {
  let mixed = Math.imul(src, 0x9e3779b1) ^ Math.imul(dst, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + Math.imul(ports, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f) + kind;
  return Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1);
}

/** The same for where a connection began. */
export function hashSource(src: number, srcPort: number, kind: number): number {
  return hashTuple(src, 0, srcPort, kind);
}
