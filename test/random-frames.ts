/** Frames for comparing with the real tcpdump: whole ones of every protocol here, and damaged ones. */
import type { Prng } from "../src/base/prng.ts";
import * as arp from "../src/wire/arp.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as icmp from "../src/wire/icmp.ts";
import * as igmp from "../src/wire/igmp.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as tcp from "../src/wire/tcp.ts";
import type { TcpOption } from "../src/wire/tcp-options.ts";
import * as udp from "../src/wire/udp.ts";
import * as vxlan from "../src/wire/vxlan.ts";

/** Ports for which tcpdump has no dissector, and those of VXLAN and OTV. */
const PORTS = [1024, 8000, 9999, 33434, 40000, 40001, 51234, 60999, vxlan.PORT, 8472];
const MACS = [
  { hi: 0x0242, lo: 0x0a030002 },
  { hi: 0x0242, lo: 0x0a030005 },
  { hi: 0xffff, lo: -1 },
  { hi: 0x0100, lo: 0x5e000016 },
  { hi: 0x5254, lo: 0x000a000f },
];
const ADDRESSES = [0x0a030002, 0x0a030005, 0xac0a000f | 0, 0xac0a0010 | 0, -1, 0xef010101 | 0, 0, 0x7f000001];

type Emit = (view: DataView, at: number, room: number) => number;

export class RandomFrames {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  below(bound: number): number {
    return this.#prng.below(bound);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** A frame; damaged ones have wrong bytes or end too early. */
  next(): Uint8Array {
    const buffer = new Uint8Array(4096);
    const view = new DataView(buffer.buffer);
    const length = this.#frame(view, 0, 0);
    const frame = buffer.slice(0, length);
    if (this.chance(25)) frame[this.below(frame.length)]! ^= 1 << this.below(8);
    return this.chance(8) ? frame.slice(0, 1 + this.below(frame.length)) : frame;
  }

  #frame(view: DataView, at: number, depth: number): number {
    let next = at + 14;
    ethernet.setDst(view, at, this.pick(MACS).hi, this.pick(MACS).lo);
    ethernet.setSrc(view, at, this.pick(MACS).hi, this.pick(MACS).lo);
    let typeAt = at + 12;
    while (this.chance(10)) {
      view.setUint16(typeAt, this.pick([0x8100, 0x8100, 0x88a8]));
      view.setUint16(typeAt + 2, this.below(0x10000));
      typeAt += 4;
      next += 4;
    }
    const kind = this.below(20);
    if (kind < 3) {
      view.setUint16(typeAt, ethernet.TYPE_ARP);
      return next + this.#arp(view, next) - at + (this.chance(20) ? 18 : 0);
    }
    if (kind === 3) {
      view.setUint16(typeAt, this.pick([0x88b5, 0x0842, 0x4321]));
      return next - at + this.#noise(view, next, this.below(50));
    }
    if (kind === 4) {
      view.setUint16(typeAt, ethernet.TYPE_IPV6);
      return next + this.#ipv6(view, next) - at;
    }
    view.setUint16(typeAt, ethernet.TYPE_IPV4);
    const length = next + this.#ipv4(view, next, depth) - at;
    return this.chance(10) ? Math.max(60, length) : length;
  }

  #noise(view: DataView, at: number, length: number): number {
    for (let i = 0; i < length; i++) view.setUint8(at + i, this.below(256));
    return length;
  }

  #arp(view: DataView, at: number): number {
    return arp.emit(
      {
        operation: this.pick([1, 1, 2, 2, 3, 4, 8, 9, 7]),
        senderMac: this.pick(MACS),
        senderIp: this.pick(ADDRESSES),
        targetMac: this.chance(50) ? { hi: 0, lo: 0 } : this.pick(MACS),
        targetIp: this.pick(ADDRESSES),
      },
      view,
      at,
    );
  }

  #ipv4Options(): readonly number[] {
    if (!this.chance(12)) return [];
    const route = (code: number) => [code, 11, this.pick([4, 8, 12, 5]), 10, 0, 0, 1, 10, 0, 0, 2, 0];
    return this.pick([
      [0x94, 4, 0, 0],
      [0x94, 4, 0, 7],
      [1, 1, 1, 0],
      route(7),
      route(131),
      route(137),
      [68, 12, this.pick([5, 9, 13]), this.pick([0, 1, 0x20, 2]), 0, 0, 1, 0, 0, 0, 2, 0],
      [68, 12, 5, 1, 10, 0, 0, 1, 0, 0, 2, 0],
      [130, 3, 9, 200, 4, 1, 1, 0],
      [7, 1, 0, 0],
      [7, 60, 0, 0],
    ]);
  }

  #ipv4(view: DataView, at: number, depth: number): number {
    const options = this.#ipv4Options();
    const header = 20 + options.length;
    const src = this.pick(ADDRESSES);
    const dst = this.pick(ADDRESSES);
    const [protocol, body] = this.#body(src, dst, depth);
    const payloadLength = body(view, at + header, 0);
    const fragment = this.chance(12);
    ipv4.emit(
      {
        tos: this.pick([0, 0, 0xc0, 0x10, 3, 1, 2]),
        id: this.below(0x10000),
        dontFragment: this.chance(40),
        moreFragments: fragment && this.chance(60),
        fragmentOffset: fragment ? this.pick([0, 1480, 8, 2960]) : 0,
        ttl: this.pick([64, 1, 0, 255]),
        protocol,
        src,
        dst,
        options,
        payloadLength,
      },
      view,
      at,
    );
    return header + payloadLength;
  }

  #body(src: number, dst: number, depth: number): readonly [number, Emit] {
    switch (this.below(depth > 0 ? 8 : 10)) {
      case 0:
      case 1:
        return [ipv4.PROTO_ICMP, (view, at) => this.#echo(view, at)];
      case 2:
        return [ipv4.PROTO_ICMP, (view, at) => this.#icmpError(view, at, depth)];
      case 3:
        return [ipv4.PROTO_IGMP, (view, at) => this.#igmp(view, at)];
      case 4:
      case 5:
        return [ipv4.PROTO_TCP, (view, at) => this.#tcp(view, at, src, dst)];
      case 6:
        return [ipv4.PROTO_UDP, (view, at) => this.#udp(view, at, src, dst)];
      case 7:
        if (this.chance(70)) return [ipv4.PROTO_UDP, (view, at) => this.#udp(view, at, src, dst)];
        return [
          this.pick([4, 61, 77, 143, 200, 253]),
          (view, at) => this.#noise(view, at, this.below(30) + 1),
        ];
      default:
        return [ipv4.PROTO_UDP, (view, at) => this.#vxlan(view, at, src, dst)];
    }
  }

  #echo(view: DataView, at: number): number {
    const length = 8 + this.#noise(view, at + 8, this.pick([0, 8, 56]));
    const repr: icmp.IcmpRepr = this.chance(90)
      ? {
          kind: this.pick(["echo-request" as const, "echo-reply" as const]),
          identifier: this.below(0x10000),
          sequence: this.below(0x10000),
        }
      : { kind: "other", type: this.pick([10, 13, 14, 15, 16, 17, 18, 40]), code: this.below(3), rest: 7 };
    icmp.emit(repr, view, at);
    if (this.chance(90)) icmp.fillChecksum(view, at, length);
    return length;
  }

  #icmpError(view: DataView, at: number, depth: number): number {
    let quote = this.#ipv4(view, at + 8, depth + 1);
    if (this.chance(20)) quote = Math.min(quote, 28);
    if (this.chance(5)) quote = Math.min(quote, 20);
    const code = this.below(17);
    const repr: icmp.IcmpRepr = this.pick<icmp.IcmpRepr>([
      { kind: "unreachable", code: 3, mtu: 0 },
      { kind: "unreachable", code, mtu: 0 },
      { kind: "unreachable", code: 4, mtu: this.pick([0, 1450]) },
      { kind: "time-exceeded", code: code % 3 },
      { kind: "redirect", code: code % 5, gateway: this.pick(ADDRESSES) },
      { kind: "parameter-problem", code: code % 2, pointer: 20 },
    ]);
    icmp.emit(repr, view, at);
    if (this.chance(90)) icmp.fillChecksum(view, at, 8 + quote);
    return 8 + quote;
  }

  #igmp(view: DataView, at: number): number {
    const group = this.pick([0, 0xef010101 | 0]);
    const type = this.pick([0x11, 0x12, 0x16, 0x17, 0x99]);
    if (this.chance(40)) {
      return igmp.emit({ kind: "v2", type, maxResponse: this.pick([0, 100, 10, 255]), group }, view, at);
    }
    if (this.chance(30)) {
      const sources = this.below(3);
      this.#noise(view, at, 12 + 4 * sources);
      view.setUint8(at, 0x11);
      if (this.chance(40)) view.setUint8(at + 1, 100);
      view.setUint32(at + 4, this.pick([0, 0xef010101]));
      view.setUint16(at + 10, this.pick([sources, sources, 5]));
      igmp.fillChecksum(view, at, 12 + 4 * sources);
      return 12 + 4 * sources;
    }
    const records = Array.from({ length: this.below(4) }, () => ({
      type: this.below(8),
      group: this.pick(ADDRESSES),
      sources: Array.from({ length: this.below(3) }, () => this.pick(ADDRESSES)),
    }));
    return igmp.emit({ kind: "v3-report", records }, view, at);
  }

  #tcpOptions(): readonly TcpOption[] {
    const word = () => this.below(0x7fffffff) * 2;
    const all: readonly TcpOption[] = [
      { kind: "mss", value: 1460 },
      { kind: "sack-permitted" },
      { kind: "timestamps", value: word(), echo: word() },
      { kind: "nop" },
      { kind: "window-scale", shift: 7 },
      { kind: "sack", blocks: [{ left: word(), right: word() }] },
      {
        kind: "other",
        number: this.pick([6, 11, 20, 28, 29, 34, 254, 200]),
        bytes: [0xf9, 0x89, 1, 2, 3, 4],
      },
      {
        kind: "other",
        number: this.pick([2, 3, 4, 5, 8, 13, 19, 34, 254]),
        bytes: [1, 2].slice(this.below(3)),
      },
    ];
    return Array.from({ length: this.below(4) }, () => this.pick(all));
  }

  #tcp(view: DataView, at: number, src: number, dst: number): number {
    const header = tcp.emit(
      {
        srcPort: this.pick(PORTS),
        dstPort: this.pick(PORTS),
        sequence: this.below(0x7fffffff) * 2,
        acknowledgment: this.below(0x7fffffff) * 2,
        flags: this.pick([tcp.SYN, tcp.SYN | tcp.ACK, tcp.ACK, tcp.ACK | tcp.PSH, tcp.RST | tcp.ACK, 0, 255]),
        window: this.below(0x10000),
        urgent: this.below(3),
        options: this.#tcpOptions(),
      },
      view,
      at,
    );
    const length = header + this.#noise(view, at + header, this.pick([0, 0, 1, 40]));
    if (this.chance(90)) tcp.fillChecksum(view, at, length, src, dst);
    return length;
  }

  #udp(view: DataView, at: number, src: number, dst: number): number {
    const length = this.#noise(view, at + 8, this.pick([0, 5, 12, 40]));
    const payloadLength = this.chance(5) ? this.pick([2, 100]) : length;
    udp.emit({ srcPort: this.pick(PORTS), dstPort: this.pick(PORTS), payloadLength }, view, at);
    if (this.chance(70) && payloadLength === length) udp.fillChecksum(view, at, src, dst);
    return 8 + length;
  }

  #vxlan(view: DataView, at: number, src: number, dst: number): number {
    const inner = this.#frame(view, at + 16, 1);
    vxlan.emit({ vni: this.below(0x1000000) }, view, at + 8);
    if (this.chance(5)) view.setUint8(at + 8, this.below(256));
    const dstPort = this.pick([vxlan.PORT, vxlan.PORT, 8472]);
    udp.emit({ srcPort: this.pick(PORTS), dstPort, payloadLength: 8 + inner }, view, at);
    if (this.chance(40)) udp.fillChecksum(view, at, src, dst);
    return 16 + inner;
  }

  #ipv6(view: DataView, at: number): number {
    const next = this.pick([6, 17, 17, 59, 1, 253]);
    this.#noise(view, at, 40);
    view.setUint32(at, 0x60000000 | (this.chance(30) ? this.below(0xfffffff) : 0));
    view.setUint8(at + 6, next);
    if (this.chance(60)) view.setUint32(at + 12, 0);
    let length = 0;
    if (next === 6) length = this.#tcp(view, at + 40, 0, 0);
    else if (next === 17) length = this.#udp(view, at + 40, 0, 0);
    else length = this.#noise(view, at + 40, this.below(20) + 1);
    view.setUint16(at + 4, length);
    return 40 + length;
  }
}
