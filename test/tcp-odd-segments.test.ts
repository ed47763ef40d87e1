import { expect, test } from "vitest";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import type { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND } from "../src/sim/time.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as icmp from "../src/wire/icmp.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as tcp from "../src/wire/tcp.ts";
import { A, B, TcpWorld } from "./helpers/tcp-world.ts";

const { ACK, FIN, RST, SYN } = tcp;

/**
 * A listener on `b` and whatever segments a test makes up as from 10.0.0.1; `a` itself is mute. What the real kernel answers
 * to the same segments, with the same counters, was tried on Linux 6.18 through a tun device.
 */
class Forger {
  readonly w: TcpWorld = new TcpWorld();
  readonly listener: TcpListener;
  readonly server: TcpSocket;
  readonly counters;
  /** The first sequence number of `b`. */
  isn = 0;
  #port = 1000;

  constructor() {
    this.w.watch = (_line, from) => from !== "a";
    this.counters = this.w.b.tcp.counters;
    this.listener = new TcpListener(this.w.b);
    this.listener.listen(0, 80, 5);
    this.server = this.open();
  }

  /** The handshake, with SACK permitted. */
  open(): TcpSocket {
    this.halfOpen();
    this.send(101, ACK);
    return this.listener.accept()!;
  }

  halfOpen(): void {
    this.#port++;
    this.send(100, SYN, 0, [2, 4, 5, 0xb4, 4, 2, 1, 1]);
    this.isn = Number(/seq (\d+)/.exec(this.#answers()[0]!)![1]) | 0;
  }

  /** A segment to port 80; returns what `b` has sent since the last one, as tcpdump prints it. */
  send(sequence: number, flags: number, length = 0, options: readonly number[] = [], acked = 1): string[] {
    const { world, deviceB } = this.w;
    const header = tcp.HEADER_LEN + options.length;
    const packet = world.pool.allocate(ethernet.HEADER_LEN + ipv4.HEADER_LEN + header + length, null);
    const { view, at } = packet;
    ethernet.write(view, at, 0x0242, 2, 0x0242, 1, ethernet.TYPE_IPV4);
    const network = at + ethernet.HEADER_LEN;
    ipv4.write(view, network, 0, packet.length - ethernet.HEADER_LEN, 1, 0, 64, ipv4.PROTO_TCP, A, B);
    const start = network + ipv4.HEADER_LEN;
    tcp.setSrcPort(view, start, this.#port);
    tcp.setDstPort(view, start, 80);
    tcp.setSequence(view, start, sequence);
    tcp.setAcknowledgment(view, start, (flags & ACK) === 0 ? 0 : (this.isn + acked) | 0);
    tcp.setHeaderLength(view, start, header);
    tcp.setFlags(view, start, flags);
    tcp.setWindow(view, start, 65535);
    tcp.setUrgent(view, start, 0);
    packet.bytes.set(options, start + tcp.HEADER_LEN);
    tcp.fillChecksum(view, start, header + length, A, B);
    this.w.lines.length = 0;
    deviceB.arrive(packet);
    world.settle();
    return this.#answers();
  }

  /** An ICMP error about the answer to the SYN. */
  complain(type: number, code: number, sequence = this.isn): void {
    const { world, deviceB } = this.w;
    const length = ipv4.HEADER_LEN + icmp.HEADER_LEN + ipv4.HEADER_LEN + 8;
    const packet = world.pool.allocate(ethernet.HEADER_LEN + length, null);
    const { view, at } = packet;
    ethernet.write(view, at, 0x0242, 2, 0x0242, 1, ethernet.TYPE_IPV4);
    const network = at + ethernet.HEADER_LEN;
    ipv4.write(view, network, 0, length, 1, 0, 64, ipv4.PROTO_ICMP, A, B);
    const message = network + ipv4.HEADER_LEN;
    icmp.setType(view, message, type);
    icmp.setCode(view, message, code);
    view.setUint32(message + 4, 0);
    const quoted = message + icmp.HEADER_LEN;
    ipv4.write(view, quoted, 0, 44, 1, ipv4.DONT_FRAGMENT, 64, ipv4.PROTO_TCP, B, A);
    tcp.setSrcPort(view, quoted + ipv4.HEADER_LEN, 80);
    tcp.setDstPort(view, quoted + ipv4.HEADER_LEN, this.#port);
    tcp.setSequence(view, quoted + ipv4.HEADER_LEN, sequence);
    icmp.fillChecksum(view, message, length - ipv4.HEADER_LEN);
    deviceB.arrive(packet);
    world.settle();
  }

  #answers(): string[] {
    return this.w.lines
      .filter((line) => line.includes("IP 10.0.0.2"))
      .map((line) => /Flags.*/.exec(line)![0]);
  }
}

test("what is out of the window is answered twice a second, data and FINs always", () => {
  const f = new Forger();
  expect(f.send(101 - 500, ACK)).toEqual(["Flags [.], ack 1, win 64240, length 0"]);
  expect(f.send(101 - 500, ACK)).toEqual([]);
  expect(f.counters.TCPACKSkippedSeq).toBe(1);
  expect(f.counters.TCPACKSkippedChallenge).toBe(0);
  expect(f.send(101 - 500, FIN | ACK)).toHaveLength(1);
  expect(f.send(101 - 500, FIN | ACK)).toHaveLength(1);
  f.w.world.advance(501 * MILLISECOND);
  expect(f.send(101 - 500, ACK)).toHaveLength(1);
});

test("a half-open connection answers what it does not expect with an acknowledgment, not with its SYN again", () => {
  const f = new Forger();
  f.halfOpen();
  expect(f.send(900100, ACK)).toEqual(["Flags [.], ack 1, win 64240, length 0"]);
  expect(f.send(900100, ACK)).toEqual([]);
  expect(f.counters.TCPACKSkippedSynRecv).toBe(1);
  // Data is answered whenever it comes.
  expect(f.send(900100, ACK, 1)).toHaveLength(1);
});

test("what is left of a connection counts by its state what it does not answer", () => {
  const f = new Forger();
  f.server.shutdown();
  f.server.close();
  f.send(101, ACK, 0, [], 2);
  expect(f.send(101 - 500, ACK, 0, [], 2)).toHaveLength(1);
  expect(f.send(101 - 500, ACK, 0, [], 2)).toEqual([]);
  expect(f.counters.TCPACKSkippedFinWait2).toBe(1);
  expect(f.send(101, FIN | ACK, 0, [], 2)).toHaveLength(1);
  f.w.world.advance(600 * MILLISECOND);
  expect(f.send(101 - 500, ACK, 0, [], 2)).toHaveLength(1);
  expect(f.send(101 - 500, ACK, 0, [], 2)).toEqual([]);
  expect(f.counters.TCPACKSkippedTimeWait).toBe(1);
  // A FIN that comes again is answered again: the other end has not heard.
  expect(f.send(101, FIN | ACK, 0, [], 2)).toHaveLength(1);
  expect(f.send(101, FIN | ACK, 0, [], 2)).toHaveLength(1);
});

test("a reset with the number of the FIN resets, although that number is behind the window", () => {
  const f = new Forger();
  f.send(101, FIN | ACK);
  f.w.world.advance(300 * MILLISECOND);
  f.send(101, RST);
  expect(f.counters.EstabResets).toBe(1);
  expect(f.server.takeError()).toBe("EPIPE");
});

test("a reset behind data that came out of order resets (RFC 5961 with SACK)", () => {
  const f = new Forger();
  f.send(201, ACK, 10);
  f.send(205, RST);
  expect(f.server.takeError()).toBeNull();
  f.send(211, RST);
  expect(f.server.takeError()).toBe("ECONNRESET");
  expect(f.counters.EstabResets).toBe(1);
});

test("every end of an open connection but the orderly one counts as EstabResets", () => {
  const f = new Forger();
  f.send(101, ACK, 3);
  f.server.close();
  expect(f.counters.TCPAbortOnClose).toBe(1);
  expect(f.counters.EstabResets).toBe(1);
  const second = f.open();
  second.userTimeout = 500 * MILLISECOND;
  second.send(new Uint8Array(1));
  f.w.run(3000 * MILLISECOND);
  expect(f.counters.TCPAbortOnTimeout).toBe(1);
  expect(f.counters.EstabResets).toBe(2);
});

test("tcp_challenge_ack_limit bounds the challenges of a second", () => {
  const f = new Forger();
  f.w.b.tcp.settings.tcp_challenge_ack_limit = 1;
  f.send(101, SYN);
  f.open();
  f.send(101, SYN);
  expect(f.counters.TCPSYNChallenge).toBe(2);
  expect(f.counters.TCPChallengeACK).toBe(1);
});

test("the SYN counts as delivered: ss says delivered:1 of a connection that has just opened", () => {
  const f = new Forger();
  expect(f.server.connection.delivered).toBe(1);
  expect(f.server.connection.segmentsIn).toBe(2);
  f.server.send(new Uint8Array(5));
  f.send(101, ACK, 0, [], 6);
  expect(f.server.connection.delivered).toBe(2);
  expect(f.counters.TCPDelivered).toBe(1);
});

test("a handshake ends when the answer to the SYN did not get there, not when the other end's port is closed", () => {
  const f = new Forger();
  const ends = (type: number, code: number): boolean => {
    const before = f.counters.ListenDrops;
    f.halfOpen();
    f.complain(type, code);
    return f.counters.ListenDrops === before + 1;
  };
  const unreachable = icmp.DESTINATION_UNREACHABLE;
  expect([0, 1, 2, 3, 13].map((code) => ends(unreachable, code))).toEqual([true, true, false, false, false]);
  expect(ends(icmp.TIME_EXCEEDED, 0)).toBe(true);
  expect(ends(icmp.PARAMETER_PROBLEM, 0)).toBe(true);
  f.halfOpen();
  f.complain(unreachable, 1, f.isn + 1);
  expect(f.counters.OutOfWindowIcmps).toBe(1);
});

test("RFC 5682 a time-out was mistaken when data that was sent once is acknowledged after it", () => {
  const f = new Forger();
  const c = f.server.connection;
  f.server.send(new Uint8Array(4 * 1460));
  // The last segment again as a probe, then the first one after the time-out.
  f.w.run(500 * MILLISECOND);
  expect([f.counters.TCPLossProbes, f.counters.TCPTimeouts]).toEqual([1, 1]);
  f.send(101, ACK, 0, [], 1 + 4 * 1460);
  expect(f.counters.TCPSpuriousRTOs).toBe(1);
  expect(f.counters.TCPLossUndo).toBe(1);
  expect(c.window).toBe(10);
});
