import fc from "fast-check";
import { expect, test } from "vitest";
import { JourneyLog } from "../src/capture/journey.ts";
import { Recorder } from "../src/capture/recorder.ts";
import { RawSocket } from "../src/net/raw-socket.ts";
import { rewrite } from "../src/net/rewrite-addresses.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { Status } from "../src/netfilter/conntrack/connection.ts";
import { conntrackOf } from "../src/netfilter/conntrack/conntrack-hooks.ts";
import { PacketPool } from "../src/sim/packet-pool.ts";
import * as checksum from "../src/wire/checksum.ts";
import * as icmp from "../src/wire/icmp.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import * as tcp from "../src/wire/tcp.ts";
import * as udp from "../src/wire/udp.ts";
import { ipOf, RoutedNetwork, setSysctl } from "./helpers/routed.ts";
import { addRule } from "./helpers/rules.ts";

const address = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const port = fc.integer({ min: 0, max: 65535 });

test("a packet that is rewritten there and back is the same again, and its checksums are right on the way", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(6, 17, 1),
      fc.tuple(address, address, port, port),
      fc.tuple(address, port),
      fc.boolean(),
      fc.uint8Array({ maxLength: 40 }),
      (protocol, [src, dst, srcPort, dstPort], [to, toPort], source, payload) => {
        const header = protocol === 6 ? tcp.HEADER_LEN : 8;
        const length = ipv4.HEADER_LEN + header + payload.length;
        const packet = new PacketPool().allocate(length, null);
        const { view, at } = packet;
        const transport = at + ipv4.HEADER_LEN;
        packet.networkAt = at;
        packet.transportAt = transport;
        ipv4.write(view, at, 0, length, 7, 0, 64, protocol, src, dst);
        for (let i = 0; i < header; i++) view.setUint8(transport + i, 0);
        packet.bytes.set(payload, transport + header);
        if (protocol === 1) {
          icmp.setType(view, transport, icmp.ECHO_REQUEST);
          icmp.setIdentifier(view, transport, srcPort);
          icmp.fillChecksum(view, transport, header + payload.length);
        } else {
          view.setUint16(transport, srcPort);
          view.setUint16(transport + 2, dstPort);
          if (protocol === 6) {
            tcp.setHeaderLength(view, transport, header);
            tcp.fillChecksum(view, transport, header + payload.length, src, dst);
          } else {
            udp.setLength(view, transport, header + payload.length);
            udp.fillChecksum(view, transport, src, dst);
          }
        }
        const before = packet.bytes.slice(at, at + length);
        rewrite(packet, at, at + length, source, to, toPort);
        const sum =
          protocol === 1
            ? 0
            : checksum.pseudoHeader(
                ipv4.src(view, at),
                ipv4.dst(view, at),
                protocol,
                length - ipv4.HEADER_LEN,
              );
        expect(ipv4.isChecksumValid(view, at)).toBe(true);
        expect(checksum.isValid(view, transport, length - ipv4.HEADER_LEN, sum)).toBe(true);
        const back = source || protocol === 1 ? srcPort : dstPort;
        rewrite(packet, at, at + length, source, source ? src : dst, back);
        const after = packet.bytes.slice(at, at + length);
        // Of the two forms of a sum that is nothing either may come back.
        for (const [from, bytes] of [
          [before, 0],
          [after, 0],
        ] as const)
          for (const field of [10, protocol === 6 ? 36 : protocol === 17 ? 26 : 22])
            if (from[field] === 0xff && from[field + 1] === 0xff) from.fill(bytes, field, field + 2);
        expect([...after]).toEqual([...before]);
      },
    ),
    { numRuns: 3000 },
  );
});

test("a UDP checksum that comes to nothing is written as all ones: zero says that there is none", () => {
  const packet = new PacketPool().allocate(ipv4.HEADER_LEN + udp.HEADER_LEN, null);
  const { view, at, length } = packet;
  const transport = at + ipv4.HEADER_LEN;
  ipv4.write(view, at, 0, length, 7, 0, 64, 17, 0x0a000001, 0x0a000002);
  udp.write(view, transport, 1000, 53, udp.HEADER_LEN, 0);
  udp.fillChecksum(view, transport, 0x0a000001, 0x0a000002);
  const zeros: number[] = [];
  for (let toPort = 1; toPort < 65536; toPort++) {
    rewrite(packet, at, at + length, true, 0x0a000003, toPort);
    if (udp.checksum(view, transport) === 0) zeros.push(toPort);
  }
  expect(zeros).toEqual([]);
});

test("a checksum that is unfinished stays so, and is right when it is finished", () => {
  fc.assert(
    fc.property(address, address, address, port, fc.boolean(), (src, dst, to, toPort, source) => {
      const length = ipv4.HEADER_LEN + 12;
      const packet = new PacketPool().allocate(length, null);
      const { view, at } = packet;
      const transport = at + ipv4.HEADER_LEN;
      packet.networkAt = at;
      ipv4.write(view, at, 0, length, 7, 0, 64, 17, src, dst);
      udp.write(view, transport, 1000, 53, 12, checksum.fold(checksum.pseudoHeader(src, dst, 17, 12)));
      view.setInt32(transport + 8, 0x01020304);
      packet.checksumStart = transport;
      packet.checksumField = 6;
      rewrite(packet, at, at + length, source, to, toPort);
      expect(packet.checksumStart).toBe(transport);
      const partial = udp.checksum(view, transport);
      udp.setChecksum(view, transport, 0);
      const finished = checksum.compute(view, transport, 12, partial);
      udp.setChecksum(view, transport, finished === 0 ? 0xffff : finished);
      expect(udp.isChecksumValid(view, transport, ipv4.src(view, at), ipv4.dst(view, at))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

const hello = new TextEncoder().encode("hello");

test("whatever clients send through SNAT with few ports: answers reach who asked, tuples are unique, counters agree with journeys", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1 })), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.integer({ min: 0, max: 3 }),
      (seed, questions, spare) => {
        const net = new RoutedNetwork(seed);
        const recorder = new Recorder(net.world);
        const journeys = new JourneyLog(net.world, recorder);
        net.world.tap = recorder;
        setSysctl(net.r, "net/netfilter/nf_conntrack_acct", "1");
        addRule(net.r, "nat", "POSTROUTING", {
          out: "rb",
          protocol: 17,
          target: { name: "SNAT", minAddress: "10.0.2.1", minPort: 7000, maxPort: 7000 + spare },
        });
        const servers = [53, 54].map((number) => {
          const socket = new UdpSocket(net.b);
          socket.bind(0, number);
          return socket;
        });
        const clients = Array.from({ length: 6 }, (_, i) => {
          const socket = new UdpSocket(net.a);
          socket.bind(0, 4000 + i);
          return socket;
        });
        for (const [client, server] of questions) {
          clients[client]!.sendTo(ipOf("10.0.2.2"), 53 + server, new Uint8Array([client]));
          net.advance(0.01);
          for (const socket of servers)
            for (let asked = socket.receive(); asked !== null; asked = socket.receive())
              socket.sendTo(asked.src, asked.srcPort, asked.payload);
          net.advance(0.01);
          for (const [i, socket] of clients.entries())
            for (let answer = socket.receive(); answer !== null; answer = socket.receive())
              expect([...answer.payload], "an answer comes to who asked").toEqual([i]);
        }
        const connections = conntrackOf(net.r).list();
        const tuples = connections.map(
          (c) => `${c.replySrc} ${c.replySrcPort} ${c.replyDst} ${c.replyDstPort}`,
        );
        expect(new Set(tuples).size).toBe(tuples.length);
        for (const c of connections) {
          expect(c.replyDstPort).toBeGreaterThanOrEqual(7000);
          expect(c.replyDstPort).toBeLessThanOrEqual(7000 + spare);
          expect(c.status & Status.srcNat).not.toBe(0);
        }
        // Each packet that the router tracked and passed on counts once, in its connection's direction.
        const passed = journeys
          .since(0)
          .filter(
            ({ steps }) =>
              steps.some(({ place, verdict }) => place === "h/r" && verdict === "tracked") &&
              steps.some(({ verdict }) => verdict === "delivered"),
          );
        const counted = connections.reduce(
          (sum, { account }) => sum + account!.packets + account!.replyPackets,
          0,
        );
        expect(counted).toBe(passed.length);
        expect(net.problems()).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

/** A raw socket that makes segments by hand: what conntrack sees is what is written here. */
class Crafted {
  readonly #socket: RawSocket;
  readonly #from: string;
  readonly #to: string;

  constructor(net: RoutedNetwork, from: "a" | "b") {
    this.#socket = new RawSocket(net[from], 255);
    this.#from = from === "a" ? "10.0.1.2" : "10.0.2.2";
    this.#to = from === "a" ? "10.0.2.2" : "10.0.1.2";
  }

  send(
    ports: readonly [number, number],
    flags: number,
    seq: number,
    ack: number,
    bytes = 0,
    window = 1000,
  ): void {
    const length = 40 + bytes;
    const data = new Uint8Array(length);
    const view = new DataView(data.buffer);
    const src = ip.parse(this.#from)!;
    const dst = ip.parse(this.#to)!;
    ipv4.write(view, 0, 0, length, 1, 0, 64, 6, src, dst);
    tcp.setSrcPort(view, 20, ports[0]);
    tcp.setDstPort(view, 20, ports[1]);
    tcp.setSequence(view, 20, seq);
    tcp.setAcknowledgment(view, 20, ack);
    tcp.setHeaderLength(view, 20, 20);
    tcp.setFlags(view, 20, flags);
    tcp.setWindow(view, 20, window);
    tcp.fillChecksum(view, 20, 20 + bytes, src, dst);
    this.#socket.sendTo(dst, data);
  }
}

test("TCP's states as the middle sees them: handshake, data, a segment out of the window, closing, and a new SYN", () => {
  const net = new RoutedNetwork();
  // Neither end answers by itself: what comes back is written here.
  for (const ns of [net.a, net.b]) addRule(ns, "filter", "INPUT", { protocol: 6, target: { name: "DROP" } });
  addRule(net.r, "filter", "FORWARD", {
    matches: [{ name: "conntrack", state: 1 }],
    target: { name: "DROP" },
  });
  const conntrack = conntrackOf(net.r);
  const a = new Crafted(net, "a");
  const b = new Crafted(net, "b");
  const there: [number, number] = [4000, 80];
  const back: [number, number] = [80, 4000];
  const { SYN, ACK, FIN, RST } = tcp;
  const state = (): string => {
    net.advance(0.01);
    const [c] = conntrack.list();
    if (c === undefined) return "none";
    const left = Math.round((c.deadline - net.world.now) / 1e9);
    return `${c.tcp!.state} ${left} ${(c.status & Status.assured) !== 0 ? "assured" : ""}`.trim();
  };
  a.send(there, SYN, 1000, 0);
  expect(state()).toBe("1 120");
  b.send(back, SYN | ACK, 5000, 1001);
  expect(state()).toBe("2 60");
  a.send(there, ACK, 1001, 5001);
  expect(state()).toBe("3 432000 assured");
  a.send(there, ACK, 1001, 5001, 100);
  // Data that nobody has acknowledged yet: five minutes.
  expect(state()).toBe("3 300 assured");
  b.send(back, ACK, 5001, 1101);
  expect(state()).toBe("3 432000 assured");
  const invalid = conntrack.stats.invalid;
  a.send(there, ACK, 900000, 5001, 100);
  expect(state()).toBe("3 432000 assured");
  expect(conntrack.stats.invalid).toBe(invalid + 1);
  a.send(there, FIN | ACK, 1101, 5001);
  expect(state()).toBe("4 120 assured");
  b.send(back, ACK, 5001, 1102);
  expect(state()).toBe("5 60 assured");
  b.send(back, FIN | ACK, 5001, 1102);
  expect(state()).toBe("6 30 assured");
  a.send(there, ACK, 1102, 5002);
  expect(state()).toBe("7 120 assured");
  // The port is used again at once: the old entry makes room.
  const [old] = conntrack.list();
  a.send(there, SYN, 9000, 0);
  expect(state()).toBe("1 120");
  expect(conntrack.list()[0]!.id).not.toBe(old!.id);
  // A refusal leaves nothing behind.
  b.send(back, RST | ACK, 0, 9001);
  expect(state()).toBe("none");
  expect(net.problems()).toEqual([]);
});

test("a full table drops what is new, says so, and lets go of who was never answered", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "filter", "FORWARD", {
    matches: [{ name: "conntrack", state: 8 }],
    target: { name: "ACCEPT" },
  });
  const conntrack = conntrackOf(net.r);
  conntrack.limits.max = 3;
  const client = new UdpSocket(net.a);
  for (let i = 0; i < 5; i++) client.sendTo(ipOf("10.0.2.9"), 1000 + i, hello);
  net.advance(0.1);
  expect(conntrack.count).toBe(3);
  expect(conntrack.stats.drop).toBe(2);
  expect(net.r.host.log.lines.at(-1)!.text).toContain("table full, dropping packet");
  // The next sweep sees that it is tight.
  net.advance(2);
  expect(conntrack.count).toBe(0);
  expect(conntrack.stats.earlyDrop).toBe(3);
  // A maximum of 0 is none.
  conntrack.limits.max = 0;
  for (let i = 0; i < 5; i++) client.sendTo(ipOf("10.0.2.9"), 2000 + i, hello);
  net.advance(2);
  expect([conntrack.count, conntrack.stats.drop]).toEqual([5, 2]);
});

test("fragments are put together before they are tracked, and go on in pieces", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "nat", "PREROUTING", {
    protocol: 17,
    destination: "10.0.1.1/32",
    target: { name: "DNAT", minAddress: "10.0.2.2", minPort: 53, maxPort: 53 },
  });
  const server = new UdpSocket(net.b);
  server.bind(0, 53);
  const client = new UdpSocket(net.a);
  const payload = Uint8Array.from({ length: 4000 }, (_, i) => i & 255);
  client.sendTo(ipOf("10.0.1.1"), 5300, payload);
  net.advance(0.1);
  expect(server.receive()!.payload).toEqual(payload);
  expect(net.r.snmp.fragCreates).toBe(3);
  expect(net.r.snmp.reasmOks).toBe(1);
  expect(net.problems()).toEqual([]);
});
