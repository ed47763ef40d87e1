import { expect, test } from "vitest";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND } from "../src/sim/time.ts";
import { A, B, TcpWorld } from "./helpers/tcp-world.ts";

// What stands here as expected was recorded on Linux 6.18 with a pair of veths, tcp_timestamps 0, tcp_rmem
// "4096 131072 6291456", offloads off and a program that made the same calls. Only times that depend on the clock's ticks
// are not compared.

const ms = MILLISECOND;

function world(): TcpWorld {
  const w = new TcpWorld(1);
  for (const ns of [w.a, w.b]) ns.tcp.settings.tcp_timestamps = 0;
  return w;
}

function pair(w: TcpWorld, receiveLimit = 0): [TcpSocket, TcpSocket] {
  const listener = new TcpListener(w.b);
  listener.receiveLimit = receiveLimit;
  listener.listen(0, 80, 5);
  const client = new TcpSocket(w.a);
  client.connect(B, 80);
  w.run();
  const server = listener.accept()!;
  listener.close();
  return [client, server];
}

function octets(count: number): Uint8Array {
  return new Uint8Array(count).fill(120);
}

/** From the fourth line on: `a` or `b` for the sender, flags and what follows, without what is drawn by lot. */
function talk(w: TcpWorld, from = 3): string[] {
  return w.lines.slice(from).map((line) =>
    line
      .replace(/^[\d.]+ IP 10\.0\.0\.1.*?: Flags /, "a ")
      .replace(/^[\d.]+ IP 10\.0\.0\.2.*?: Flags /, "b ")
      .replace(/seq \d{7,}/, "seq N"),
  );
}

function times(w: TcpWorld, from: number): number[] {
  const at = w.lines.map((line) => Number(line.split(" ")[0]));
  return at.slice(from).map((time, i) => Math.round(time - at[from + i - 1]!));
}

test("RFC 8985 7.2 RFC 6298 5 a lost segment: a tail loss probe, then time-outs that double", () => {
  const w = world();
  const [client] = pair(w);
  client.send(octets(100));
  w.run(125 * ms);
  w.watch = (_line, from) => from !== "a";
  client.send(octets(100));
  w.run(2200 * ms);
  w.watch = null;
  w.run(2000 * ms);
  const again = "a [P.], seq 101:201, ack 1, win 502, length 100";
  expect(talk(w, 5)).toEqual([again, again, again, again, again, again, "b [.], ack 201, win 502, length 0"]);
  // Recorded: 206, 208, 440, 832, 1664 ms, with a clock of 250 Hz.
  expect(times(w, 6)).toEqual([200, 201, 402, 804, 1608, 0]);
});

test("RFC 8985 6 RFC 2018 the first selective acknowledgment shows a loss, and it is repaired at once", () => {
  const w = world();
  const [client] = pair(w);
  client.send(octets(100));
  w.run(100 * ms);
  let lost = 0;
  w.watch = (line) => !line.endsWith("length 300") || ++lost > 1;
  client.noDelay = true;
  client.send(octets(300));
  client.send(octets(301));
  w.run(50 * ms);
  expect(talk(w, 5)).toEqual([
    "a [P.], seq 101:401, ack 1, win 502, length 300",
    "a [P.], seq 401:702, ack 1, win 502, length 301",
    "b [.], ack 101, win 502, options [nop,nop,sack 1 {401:702}], length 0",
    "a [P.], seq 101:401, ack 1, win 502, length 300",
    "b [.], ack 702, win 501, length 0",
  ]);
});

test("RFC 2525 2.17 who closes with octets unread resets the connection", () => {
  const w = world();
  const [client, server] = pair(w);
  client.send(octets(100));
  w.run(100 * ms);
  server.close();
  w.run(100 * ms);
  expect(talk(w)).toEqual([
    "a [P.], seq 1:101, ack 1, win 502, length 100",
    "b [.], ack 101, win 502, length 0",
    "b [R.], seq 1, ack 101, win 502, length 0",
  ]);
  expect(() => client.receive()).toThrow("Connection reset by peer");
});

test("RFC 9293 3.6.1 data for a closed socket is answered with RST, and the next write with EPIPE", () => {
  const w = world();
  const [client, server] = pair(w);
  server.close();
  w.run(50 * ms);
  client.send(octets(10));
  w.run(50 * ms);
  expect(talk(w)).toEqual([
    "b [F.], seq 1, ack 1, win 502, length 0",
    "a [.], ack 2, win 502, length 0",
    "a [P.], seq 1:11, ack 2, win 502, length 10",
    "b [R], seq N, win 0, length 0",
  ]);
  expect(() => client.send(octets(1))).toThrow("Broken pipe");
});

test("RFC 9293 3.6 both close at the same time", () => {
  const w = world();
  const [client, server] = pair(w);
  client.close();
  server.close();
  w.run(100 * ms);
  expect(talk(w)).toEqual([
    "a [F.], seq 1, ack 1, win 502, length 0",
    "b [F.], seq 1, ack 1, win 502, length 0",
    "b [.], ack 2, win 502, length 0",
    "a [.], ack 2, win 502, length 0",
  ]);
  expect([w.a.tcp.timeWaits, w.b.tcp.timeWaits]).toEqual([1, 1]);
});

test("RFC 9293 3.5 both open at the same time", () => {
  const w = world();
  const client = new TcpSocket(w.a);
  const other = new TcpSocket(w.b);
  client.bind(A, 2002);
  other.bind(B, 2001);
  w.watch = (line) => !line.includes("[R");
  client.connect(B, 2001);
  w.run(50 * ms);
  other.connect(A, 2002);
  w.run(500 * ms);
  client.send(octets(2));
  w.run(100 * ms);
  client.close();
  w.run(100 * ms);
  other.close();
  w.run();
  const syn = "win 64240, options [mss 1460,nop,nop,sackOK,nop,wscale 7], length 0";
  expect(talk(w, 2)).toEqual([
    `b [S], seq N, ${syn}`,
    expect.stringMatching(
      /^a \[S\.\], seq N, ack \d+, win 64240, options \[mss 1460,nop,nop,sackOK,nop,wscale 7\]/,
    ),
    "b [.], ack 1, win 502, length 0",
    "a [P.], seq 1:3, ack 1, win 502, length 2",
    "b [.], ack 3, win 502, length 0",
    "a [F.], seq 3, ack 1, win 502, length 0",
    // The acknowledgment of the FIN waited for 40 ms; the unread octets made the end a reset.
    "b [.], ack 4, win 502, length 0",
    "b [R.], seq 1, ack 4, win 502, length 0",
  ]);
});

test("RFC 9293 3.6 a half-closed connection still receives", () => {
  const w = world();
  const [client, server] = pair(w);
  client.shutdown();
  w.run(200 * ms);
  server.send(octets(4));
  w.run(100 * ms);
  expect(client.receive()).toEqual(octets(4));
  server.close();
  w.run(100 * ms);
  expect(client.receive()!.length).toBe(0);
  expect(talk(w)).toEqual([
    "a [F.], seq 1, ack 1, win 502, length 0",
    "b [.], ack 2, win 502, length 0",
    "b [P.], seq 1:5, ack 2, win 502, length 4",
    "a [.], ack 5, win 502, length 0",
    "b [F.], seq 5, ack 2, win 502, length 0",
    "a [.], ack 6, win 502, length 0",
  ]);
});

test("RFC 9293 3.7.4 Nagle: a short segment waits for the acknowledgment of the one before", () => {
  const w = world();
  const [client] = pair(w);
  client.send(octets(1));
  client.send(octets(2));
  client.send(octets(3));
  w.run(100 * ms);
  expect(talk(w)).toEqual([
    "a [P.], seq 1:2, ack 1, win 502, length 1",
    "b [.], ack 2, win 502, length 0",
    "a [P.], seq 2:7, ack 1, win 502, length 5",
    "b [.], ack 7, win 502, length 0",
  ]);
});

test("RFC 9293 3.8.6.1 a closed window is probed at growing distances", () => {
  const w = world();
  const [client, server] = pair(w, 8192);
  while (client.send(octets(20000)) > 0);
  w.run(3300 * ms);
  const probe = "a [.], ack 1, win 502, length 0";
  const answer = "b [.], ack 4381, win 0, length 0";
  const lines = talk(w);
  expect(w.lines[1]).toContain("win 2920, options [mss 1460,nop,nop,sackOK,nop,wscale 0]");
  // The second probe comes less than half a second after the first one's answer, and gets none.
  expect(lines.slice(lines.indexOf(probe))).toEqual([probe, answer, probe, probe, answer, probe, answer]);
  server.receive(100000);
  w.run();
  expect(talk(w)[lines.length]).toBe("b [.], ack 4381, win 2920, length 0");
});

test("RFC 9293 3.8.4 keepalive probes an idle connection and gives it up", () => {
  const w = world();
  const [client] = pair(w);
  client.keepAlive(true, 1, 1, 2);
  w.run(1300 * ms);
  w.watch = (_line, from) => from !== "a";
  w.run(3500 * ms);
  const probe = "a [.], ack 1, win 502, length 0";
  expect(talk(w)).toEqual([
    probe,
    "b [.], ack 1, win 502, length 0",
    probe,
    probe,
    "a [R.], seq 1, ack 1, win 502, length 0",
  ]);
  expect(() => client.receive()).toThrow("Connection timed out");
});
