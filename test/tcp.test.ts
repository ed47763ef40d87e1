import { expect, test } from "vitest";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND, SECOND } from "../src/sim/time.ts";
import { B, TcpWorld } from "./helpers/tcp-world.ts";

/** Sequence numbers of SYNs, ports and timestamps are drawn by lot. */
function plain(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .replace(/^[\d.]+ IP /, "")
      .replace(/(10\.0\.0\.1)\.\d+/, "$1.eph")
      .replace(/seq \d{7,}, /, "")
      .replace(/ack \d{7,}, /, "")
      .replace(/TS val \d+ ecr \d+/, "TS"),
  );
}

test("RFC 9293 3.5 a connection opens, carries data both ways and closes", () => {
  const { world, a, b, lines } = new TcpWorld();
  const listener = new TcpListener(b);
  listener.listen(0, 8000, 5);
  const client = new TcpSocket(a);
  client.connect(B, 8000);
  expect(client.isConnecting).toBe(true);
  world.settle();
  expect(client.isConnecting).toBe(false);
  const server = listener.accept()!;
  expect(server.remotePort).toBe(client.localPort);
  expect(client.send(new Uint8Array(78).fill(65))).toBe(78);
  world.settle();
  expect(server.receive()).toEqual(new Uint8Array(78).fill(65));
  server.send(new Uint8Array(209));
  world.settle();
  server.close();
  world.settle();
  expect(client.receive()!.length).toBe(209);
  expect(client.receive()!.length).toBe(0);
  client.close();
  world.settle();
  // As the recording of the real kernel has it (ground-truth k10, "the same with timestamps").
  expect(plain(lines)).toEqual([
    "10.0.0.1.eph > 10.0.0.2.8000: Flags [S], win 64240, options [mss 1460,sackOK,TS,nop,wscale 7], length 0",
    "10.0.0.2.8000 > 10.0.0.1.eph: Flags [S.], win 65160, options [mss 1460,sackOK,TS,nop,wscale 7], length 0",
    "10.0.0.1.eph > 10.0.0.2.8000: Flags [.], ack 1, win 502, options [nop,nop,TS], length 0",
    "10.0.0.1.eph > 10.0.0.2.8000: Flags [P.], seq 1:79, ack 1, win 502, options [nop,nop,TS], length 78",
    "10.0.0.2.8000 > 10.0.0.1.eph: Flags [.], ack 79, win 509, options [nop,nop,TS], length 0",
    "10.0.0.2.8000 > 10.0.0.1.eph: Flags [P.], seq 1:210, ack 79, win 509, options [nop,nop,TS], length 209",
    "10.0.0.1.eph > 10.0.0.2.8000: Flags [.], ack 210, win 501, options [nop,nop,TS], length 0",
    "10.0.0.2.8000 > 10.0.0.1.eph: Flags [F.], seq 210, ack 79, win 509, options [nop,nop,TS], length 0",
    "10.0.0.1.eph > 10.0.0.2.8000: Flags [F.], seq 79, ack 211, win 501, options [nop,nop,TS], length 0",
    "10.0.0.2.8000 > 10.0.0.1.eph: Flags [.], ack 80, win 509, options [nop,nop,TS], length 0",
  ]);
  expect(a.tcp.connections.size).toBe(0);
  expect(b.tcp.timeWaits).toBe(1);
  world.advance(61 * SECOND);
  expect(b.tcp.timeWaits).toBe(0);
  expect(world.pool.inUse).toBe(0);
});

test("RFC 9293 3.10.7.1 a closed port answers with RST, and the program hears ECONNREFUSED", () => {
  const { world, a, lines } = new TcpWorld();
  const client = new TcpSocket(a);
  client.connect(B, 81);
  world.settle();
  expect(client.takeError()).toBe("ECONNREFUSED");
  expect(plain(lines)[1]).toBe("10.0.0.2.81 > 10.0.0.1.eph: Flags [R.], seq 0, win 0, length 0");
});

test("a SYN is sent again four times at equal distances, then backs off, and ETIMEDOUT is the end", () => {
  const w = new TcpWorld();
  w.watch = (_line, from) => from !== "a";
  const client = new TcpSocket(w.a);
  client.connect(B, 81);
  w.run(200 * SECOND);
  expect(w.lines.map((line) => Math.round(Number(line.split(" ")[0]) / 1000))).toEqual([
    0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67,
  ]);
  expect(client.takeError()).toBe("ETIMEDOUT");
  w.run(MILLISECOND);
  expect(w.world.pool.inUse).toBe(0);
});
