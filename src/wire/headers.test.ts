import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as arp from "./arp.ts";
import * as ethernet from "./ethernet.ts";
import * as icmp from "./icmp.ts";
import * as igmp from "./igmp.ts";
import * as ipv4 from "./ipv4.ts";
import * as tcp from "./tcp.ts";
import type { TcpOption } from "./tcp-options.ts";
import * as tcpOptions from "./tcp-options.ts";
import * as udp from "./udp.ts";
import * as vxlan from "./vxlan.ts";

const byte = fc.integer({ min: 0, max: 0xff });
const word = fc.integer({ min: 0, max: 0xffff });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const mac = fc.record({ hi: word, lo: int32 });

/** Odd on purpose: headers stand at any offset of the slab. */
const AT = 7;
/** Old bytes, so that a field which is not written is noticed. */
function dirty(): DataView {
  return new DataView(new Uint8Array(AT + 2048).fill(0xa5).buffer);
}

const ipv4Repr: fc.Arbitrary<ipv4.Ipv4Repr> = fc.record({
  tos: byte,
  id: word,
  dontFragment: fc.boolean(),
  moreFragments: fc.boolean(),
  fragmentOffset: fc.integer({ min: 0, max: 0x1fff }).map((blocks) => blocks * 8),
  ttl: byte,
  protocol: byte,
  src: int32,
  dst: int32,
  options: fc
    .array(fc.tuple(byte, byte, byte, byte), { maxLength: 10 })
    .map((words) => words.flat() as readonly number[]),
  payloadLength: fc.nat(1000),
});

const tcpOption: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constant<TcpOption>({ kind: "nop" }),
  fc.record({ kind: fc.constant("mss" as const), value: word }),
  fc.record({ kind: fc.constant("window-scale" as const), shift: byte }),
  fc.constant<TcpOption>({ kind: "sack-permitted" }),
  fc.record({
    kind: fc.constant("sack" as const),
    blocks: fc.array(fc.record({ left: uint32, right: uint32 }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant("timestamps" as const), value: uint32, echo: uint32 }),
  fc.record({
    kind: fc.constant("other" as const),
    number: fc.integer({ min: 9, max: 255 }),
    bytes: fc.array(byte, { maxLength: 6 }),
  }),
);
const options = fc.array(tcpOption, { maxLength: 4 }).filter((list) => tcpOptions.lengthOf(list) <= 40);

const icmpRepr: fc.Arbitrary<icmp.IcmpRepr> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("echo-request" as const, "echo-reply" as const),
    identifier: word,
    sequence: word,
  }),
  fc.record({ kind: fc.constant("unreachable" as const), code: byte, mtu: word }),
  fc.record({ kind: fc.constant("time-exceeded" as const), code: byte }),
  fc.record({ kind: fc.constant("redirect" as const), code: byte, gateway: int32 }),
  fc.record({ kind: fc.constant("parameter-problem" as const), code: byte, pointer: byte }),
  fc.record({
    kind: fc.constant("other" as const),
    type: fc.integer({ min: 13, max: 255 }),
    code: byte,
    rest: int32,
  }),
);

const igmpRepr: fc.Arbitrary<igmp.IgmpRepr> = fc.oneof(
  fc.record({
    kind: fc.constant("v2" as const),
    type: fc.constantFrom(igmp.MEMBERSHIP_QUERY, igmp.V2_REPORT, igmp.LEAVE_GROUP),
    maxResponse: byte,
    group: int32,
  }),
  fc.record({
    kind: fc.constant("v3-report" as const),
    records: fc.array(
      fc.record({
        type: fc.integer({ min: 1, max: 6 }),
        group: int32,
        sources: fc.array(int32, { maxLength: 4 }),
      }),
      { maxLength: 4 },
    ),
  }),
);

describe("what is emitted parses back", () => {
  test("ethernet", () => {
    fc.assert(
      fc.property(fc.record({ dst: mac, src: mac, type: word }), (repr) => {
        const view = dirty();
        expect(ethernet.parse(view, AT, ethernet.emit(repr, view, AT))).toEqual(repr);
      }),
    );
  });

  test("arp", () => {
    const repr = fc.record({
      operation: word,
      senderMac: mac,
      senderIp: int32,
      targetMac: mac,
      targetIp: int32,
    });
    fc.assert(
      fc.property(repr, (value) => {
        const view = dirty();
        expect(arp.parse(view, AT, arp.emit(value, view, AT))).toEqual(value);
      }),
    );
  });

  test("ipv4", () => {
    fc.assert(
      fc.property(ipv4Repr, (repr) => {
        const view = dirty();
        const length = ipv4.emit(repr, view, AT);
        expect(ipv4.headerLength(view, AT)).toBe(length);
        expect(ipv4.parse(view, AT, length + repr.payloadLength)).toEqual(repr);
        if (repr.payloadLength > 0) expect(ipv4.parse(view, AT, length + repr.payloadLength - 1)).toBeNull();
      }),
    );
  });

  test("icmp", () => {
    fc.assert(
      fc.property(icmpRepr, (repr) => {
        const view = dirty();
        expect(icmp.parse(view, AT, icmp.emit(repr, view, AT))).toEqual(repr);
        icmp.fillChecksum(view, AT, 20);
        expect(icmp.isChecksumValid(view, AT, 20)).toBe(true);
      }),
    );
  });

  test("igmp", () => {
    fc.assert(
      fc.property(igmpRepr, (repr) => {
        const view = dirty();
        const length = igmp.emit(repr, view, AT);
        expect(length).toBe(igmp.lengthOf(repr));
        expect(igmp.parse(view, AT, length)).toEqual(repr);
      }),
    );
  });

  test("udp", () => {
    const repr = fc.record({ srcPort: word, dstPort: word, payloadLength: fc.nat(1400) });
    fc.assert(
      fc.property(repr, int32, int32, (value, src, dst) => {
        const view = dirty();
        udp.emit(value, view, AT);
        expect(udp.parse(view, AT, udp.HEADER_LEN + value.payloadLength)).toEqual(value);
        expect(udp.isChecksumValid(view, AT, src, dst)).toBe(true);
        udp.fillChecksum(view, AT, src, dst);
        expect(udp.checksum(view, AT)).not.toBe(0);
        expect(udp.isChecksumValid(view, AT, src, dst)).toBe(true);
        udp.setSrcPort(view, AT, value.srcPort ^ 1);
        expect(udp.isChecksumValid(view, AT, src, dst)).toBe(false);
      }),
    );
  });

  test("tcp", () => {
    const repr = fc.record({
      srcPort: word,
      dstPort: word,
      sequence: uint32,
      acknowledgment: uint32,
      flags: byte,
      window: word,
      urgent: word,
      options,
    });
    fc.assert(
      fc.property(repr, int32, int32, fc.nat(100), (value, src, dst, payload) => {
        const view = dirty();
        const header = tcp.emit(value, view, AT);
        expect(tcp.parse(view, AT, header)).toEqual(value);
        tcp.fillChecksum(view, AT, header + payload, src, dst);
        expect(tcp.isChecksumValid(view, AT, header + payload, src, dst)).toBe(true);
      }),
    );
  });

  test("vxlan", () => {
    fc.assert(
      fc.property(fc.nat(vxlan.VNI_MAX), (vni) => {
        const view = dirty();
        expect(vxlan.parse(view, AT, vxlan.emit({ vni }, view, AT))).toEqual({ vni });
      }),
    );
  });
});

test("each hop lowers the TTL and leaves a right header checksum", () => {
  fc.assert(
    fc.property(ipv4Repr, (repr) => {
      const view = dirty();
      ipv4.emit(repr, view, AT);
      for (let ttl = repr.ttl; ttl > 0; ttl--) {
        ipv4.decrementTtl(view, AT);
        expect(ipv4.ttl(view, AT)).toBe(ttl - 1);
        expect(ipv4.isChecksumValid(view, AT)).toBe(true);
      }
    }),
    { numRuns: 20 },
  );
});

test("a VLAN tag goes in and out again without touching the rest", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), word, (bytes, control) => {
      const buffer = new Uint8Array(64);
      buffer.set(bytes, 4);
      const view = new DataView(buffer.buffer);
      const start = ethernet.pushTag(view, 4, control);
      expect(start).toBe(0);
      expect(ethernet.isTagged(view, start)).toBe(true);
      expect(ethernet.tagControl(view, start)).toBe(control);
      expect(ethernet.vlanId(view, start)).toBe(control & 0xfff);
      expect(ethernet.innerType(view, start)).toBe((bytes[12]! << 8) | bytes[13]!);
      expect(buffer.subarray(0, 12)).toEqual(bytes.subarray(0, 12));
      expect(ethernet.popTag(view, start)).toBe(4);
      expect(buffer.subarray(4)).toEqual(bytes);
    }),
  );
});

test("random bytes never throw, whatever they are taken for", () => {
  const parsers = [ethernet, arp, ipv4, icmp, igmp, udp, tcp, vxlan];
  // A first byte that passes for a version lets the parsers get further.
  const first = fc.constantFrom(0x45, 0x46, 0x4f, 0x60, 0x11, 0x22, 0x08);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), first, fc.boolean(), (bytes, lead, replace) => {
      if (replace && bytes.length > 0) bytes[0] = lead;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (const module of parsers) module.parse(view, 0, bytes.length);
      tcpOptions.parse(view, 0, bytes.length);
      expect(view.byteLength).toBe(bytes.length);
    }),
    { numRuns: 2000 },
  );
});
