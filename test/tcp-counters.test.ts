import { expect, test } from "vitest";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND } from "../src/sim/time.ts";
import { A, B, TcpWorld } from "./helpers/tcp-world.ts";

// What stands here was counted by Linux 6.18 (/proc/net/netstat, /proc/net/snmp) after a program had made the same calls.

/** A client `c` with Nagle off and a server `s`, connected; what the client sends with 500 octets and more can be lost. */
class Pair {
  readonly w: TcpWorld = new TcpWorld();
  readonly client: TcpSocket;
  readonly server: TcpSocket;

  constructor(sack = 1) {
    this.w.a.tcp.settings.tcp_sack = sack;
    const listener = new TcpListener(this.w.b);
    listener.listen(0, 8000, 5);
    this.client = new TcpSocket(this.w.a);
    this.client.connect(B, 8000);
    this.w.run(60 * MILLISECOND);
    this.server = listener.accept()!;
    this.client.noDelay = true;
  }

  send(length: number, wait: number): void {
    this.client.send(new Uint8Array(length));
    this.w.run(wait * MILLISECOND);
  }

  /** Sends 100 octets, then 500 that are lost with all repetitions, then the others; then the loss ends. */
  loseOne(...lengths: readonly number[]): void {
    this.send(100, 50);
    this.w.watch = (line, from) => from === "b" || !line.endsWith("length 500");
    this.send(500, 2);
    for (const length of lengths) this.send(length, 2);
    this.w.watch = null;
    this.w.run(2000 * MILLISECOND);
    this.server.receive();
  }

  counted(ns: "a" | "b"): Record<string, number> {
    const { counters } = this.w[ns].tcp;
    return Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0));
  }
}

test("one segment lost, and its repetition too: selective acknowledgments, then a time-out", () => {
  const p = new Pair();
  p.loseOne(101, 102, 103);
  expect(p.counted("a")).toEqual({
    ...{ ActiveOpens: 1, InSegs: 5, OutSegs: 6, RetransSegs: 2, TCPPureAcks: 4, TCPSackRecovery: 1 },
    ...{ TCPLostRetransmit: 1, TCPFastRetrans: 1, TCPTimeouts: 1, TCPSackRecoveryFail: 1 },
    ...{ TCPOrigDataSent: 4, TCPDelivered: 5, TcpTimeoutRehash: 1 },
  });
  expect(p.counted("b")).toEqual({
    ...{ PassiveOpens: 1, InSegs: 6, OutSegs: 5, TCPPureAcks: 1, TCPRcvCoalesce: 3, TCPOFOQueue: 1 },
  });
});

test("the same without SACK: three duplicates, and a window of one segment then", () => {
  const p = new Pair(0);
  p.loseOne(101, 102, 103, 104);
  expect(p.counted("a")).toEqual({
    ...{ ActiveOpens: 1, InSegs: 7, OutSegs: 8, RetransSegs: 2, TCPPureAcks: 5, TCPHPAcks: 1 },
    ...{ TCPRenoRecovery: 1, TCPLostRetransmit: 1, TCPFastRetrans: 1, TCPTimeouts: 1 },
    ...{ TCPRenoRecoveryFail: 1, TCPOrigDataSent: 6, TCPDelivered: 10, TcpTimeoutRehash: 1 },
  });
  expect(p.counted("b")).toEqual({
    ...{ PassiveOpens: 1, InSegs: 8, OutSegs: 7, TCPPureAcks: 1, TCPRcvCoalesce: 5, TCPOFOQueue: 3 },
  });
});

test("a SYN without an answer is no segment sent, but for the first time", () => {
  const w = new TcpWorld();
  w.watch = () => false;
  const client = new TcpSocket(w.a);
  w.a.tcp.settings.tcp_syn_linear_timeouts = 1;
  client.synCount = 2;
  client.connect(B, 8000);
  w.run(12_000 * MILLISECOND);
  expect(client.takeError()).toBe("ETIMEDOUT");
  const { counters } = w.a.tcp;
  expect([counters.OutSegs, counters.RetransSegs, counters.TCPSynRetrans]).toEqual([1, 3, 3]);
  expect([counters.TCPTimeouts, counters.TCPLostRetransmit, counters.TCPAbortOnTimeout]).toEqual([4, 2, 1]);
});

test("both open at the same time: the answer announces the whole segment size, and is no segment more", () => {
  const w = new TcpWorld();
  const [client, other] = [new TcpSocket(w.a), new TcpSocket(w.b)];
  client.bind(A, 2001);
  other.bind(B, 2002);
  w.watch = (line) => !line.includes("[R");
  client.connect(B, 2002);
  w.run(100 * MILLISECOND);
  other.connect(A, 2001);
  w.run(100 * MILLISECOND);
  expect(w.lines.find((line) => line.includes("[S.]"))).toContain("mss 1460");
  client.send(new Uint8Array(10));
  client.close();
  w.run(100 * MILLISECOND);
  other.receive();
  other.close();
  w.run(100 * MILLISECOND);
  const { counters } = w.a.tcp;
  expect([counters.OutSegs, counters.TCPOrigDataSent, counters.TCPDelivered]).toEqual([4, 2, 3]);
});

test("octets that a cork holds back go after a while, and that is no window probe", () => {
  const p = new Pair();
  p.client.cork = true;
  p.send(10, 300);
  const { counters } = p.w.a.tcp;
  expect([counters.TCPWinProbe, counters.TCPOrigDataSent]).toEqual([0, 1]);
});

test("what was lost together goes out again in one segment, the FIN with it, as far as it is short", () => {
  const p = new Pair();
  p.w.watch = (_line, from) => from === "b";
  for (const length of [100, 800, 700, 1448, 50]) p.send(length, 0);
  p.client.close();
  const begin = p.w.lines.length;
  p.w.run(700 * MILLISECOND);
  const segments = p.w.lines.slice(begin).map((line) => /Flags.*?,(?= ack)/.exec(line)![0]);
  // The loss probe, which is the FIN alone; then the time-outs.
  expect(segments.slice(0, 3)).toEqual([
    "Flags [F.], seq 3099,",
    "Flags [P.], seq 1:901,",
    "Flags [P.], seq 1:901,",
  ]);
  p.w.watch = null;
  p.w.run(1000 * MILLISECOND);
  const rest = p.w.lines.slice(begin + 3).filter((line) => line.includes("IP 10.0.0.1"));
  expect(rest.map((line) => /Flags.*?,(?= ack)/.exec(line)![0])).toEqual([
    "Flags [P.], seq 1:901,",
    "Flags [P.], seq 901:1601,",
    "Flags [P.], seq 1601:3049,",
    "Flags [FP.], seq 3049:3099,",
  ]);
});

test("tcp_retrans_collapse=0 leaves them as they were", () => {
  const p = new Pair();
  p.w.a.tcp.settings.tcp_retrans_collapse = 0;
  p.w.watch = (_line, from) => from === "b";
  for (const length of [100, 101]) p.send(length, 0);
  p.w.run(300 * MILLISECOND);
  expect(p.w.lines.at(-1)).toContain("seq 1:101,");
});

test("SO_LINGER with a time of 0 counts as an end on data", () => {
  const p = new Pair();
  p.client.abortOnClose = true;
  p.client.close();
  const { counters } = p.w.a.tcp;
  expect([counters.TCPAbortOnData, counters.TCPAbortOnClose, counters.OutRsts]).toEqual([1, 0, 1]);
});
