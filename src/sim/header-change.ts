import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udp from "../wire/udp.ts";
import { PortPlace } from "./flow-class.ts";
import type { Packet } from "./packet.ts";

/** By how much, in ones' complement, one hop less changes the sum of a header: 0x0100 is taken away. */
const HOP = 0xfeff;

/** What has to be added to a sum in which a 32-bit field was `before`, so that it is one with `after`. */
function difference(before: number, after: number): number {
  const was = ~before;
  return checksum.fold((was >>> 16) + (was & 0xffff) + (after >>> 16) + (after & 0xffff));
}

/**
 * What the IPv4 and UDP headers of a packet become on a leg, besides what is put in front of them: one hop less of TTL, and
 * what NAT writes. It is the same for all packets of a flow, the checksums excepted, which are mended.
 */
export class HeaderChange {
  /** From the start of the leg. */
  readonly at: number;
  #hops = 0;
  /** What was there before the first change, then what is to be there. */
  #src: number;
  #dst: number;
  #ports: number;
  /** The bits of the ports that change: the others are left as each packet has them. */
  #portsMask = 0;
  #isTranslated = false;
  /** What is added to the sums of the IPv4 header, of the pseudo header, and of the ports. */
  #headerSum = 0;
  #pseudoSum = 0;
  #portsSum = 0;

  private constructor(at: number, src: number, dst: number, ports: number) {
    this.at = at;
    this.#src = src;
    this.#dst = dst;
    this.#ports = ports;
  }

  /** The IPv4 header at `ip` is about to change; the leg began at `start`. */
  static begin(view: DataView, ip: number, start: number): HeaderChange {
    return new HeaderChange(
      ip - start,
      ipv4.src(view, ip),
      ipv4.dst(view, ip),
      view.getInt32(ip + ipv4.HEADER_LEN),
    );
  }

  /** This change and then `next`, of the same header, which was found as this one leaves it. */
  followedBy(next: HeaderChange): HeaderChange {
    const both = new HeaderChange(this.at, next.#src, next.#dst, next.#ports);
    both.#hops = this.#hops + next.#hops;
    both.#isTranslated = this.#isTranslated || next.#isTranslated;
    both.#headerSum = this.#headerSum + next.#headerSum;
    both.#pseudoSum = this.#pseudoSum + next.#pseudoSum;
    both.#portsSum = this.#portsSum + next.#portsSum;
    both.#portsMask = this.#portsMask | next.#portsMask;
    return both;
  }

  loseHop(): void {
    this.#hops++;
  }

  /** Addresses or ports change, of a UDP packet without IPv4 options. */
  translate(): void {
    this.#isTranslated = true;
  }

  /** The packet, whose header is at `ip`, is now what it is to be. */
  finish(view: DataView, ip: number): void {
    this.#headerSum = this.#hops * HOP;
    if (!this.#isTranslated) return;
    const src = ipv4.src(view, ip);
    const dst = ipv4.dst(view, ip);
    const ports = view.getInt32(ip + ipv4.HEADER_LEN);
    this.#pseudoSum = difference(this.#src, src) + difference(this.#dst, dst);
    this.#portsSum = difference(this.#ports, ports);
    const changed = this.#ports ^ ports;
    this.#portsMask = ((changed & 0xffff) === 0 ? 0 : 0xffff) | (changed >>> 16 === 0 ? 0 : ~0xffff);
    this.#headerSum += this.#pseudoSum;
    this.#src = src;
    this.#dst = dst;
    this.#ports = ports;
  }

  /** Whether it changes the port at a place. */
  movesPort(place: PortPlace): boolean {
    return (this.#portsMask & (place === PortPlace.source ? ~0xffff : 0xffff)) !== 0;
  }

  /** Does the same to another packet of the flow, whose header is at `ip`. */
  apply(packet: Packet, ip: number): void {
    const { view } = packet;
    if (this.#hops > 0) ipv4.setTtl(view, ip, ipv4.ttl(view, ip) - this.#hops);
    const sum = ~ipv4.checksum(view, ip) & 0xffff;
    ipv4.setChecksum(view, ip, checksum.finish(sum + this.#headerSum));
    if (!this.#isTranslated) return;
    view.setInt32(ip + ipv4.SRC, this.#src);
    view.setInt32(ip + ipv4.DST, this.#dst);
    const transport = ip + ipv4.HEADER_LEN;
    const kept = view.getInt32(transport) & ~this.#portsMask;
    view.setInt32(transport, kept | (this.#ports & this.#portsMask));
    const field = udp.checksum(view, transport);
    // An unfinished checksum is the sum of the pseudo header; ports are summed up when it is finished.
    if (packet.checksumStart === transport)
      udp.setChecksum(view, transport, checksum.fold(field + this.#pseudoSum));
    else if (field !== 0)
      udp.setChecksum(
        view,
        transport,
        checksum.finish((~field & 0xffff) + this.#pseudoSum + this.#portsSum) || 0xffff,
      );
  }
}
