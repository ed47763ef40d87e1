import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";

/** Between whom a packet is, read once; or the packet that an ICMP error quotes. One object of a namespace is filled again and again. */
export class Flow {
  protocol = 0;
  src = 0;
  srcPort = 0;
  dst = 0;
  dstPort = 0;
  /** Read from what an ICMP error quotes. */
  quoted = false;
  /** Where the transport header begins. */
  transportAt = 0;

  /** Reads the IPv4 packet at `at`, of which bytes are there up to `end`. False when IPVS has no business with it. */
  read(packet: Packet, at: number, end: number): boolean {
    const { view } = packet;
    const transport = at + ipv4.headerLength(view, at);
    this.protocol = ipv4.protocol(view, at);
    if (this.protocol !== ipv4.PROTO_TCP && this.protocol !== ipv4.PROTO_UDP) return false;
    if (ipv4.fragmentOffset(view, at) !== 0 || transport + 8 > end) return false;
    this.src = ipv4.src(view, at);
    this.dst = ipv4.dst(view, at);
    this.srcPort = view.getUint16(transport);
    this.dstPort = view.getUint16(transport + 2);
    this.transportAt = transport;
    this.quoted = false;
    return true;
  }

  /** Looks at it from the other side. */
  turn(): void {
    const { src, srcPort } = this;
    this.src = this.dst;
    this.srcPort = this.dstPort;
    this.dst = src;
    this.dstPort = srcPort;
  }
}
