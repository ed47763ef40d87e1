import { expect, test } from "vitest";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND } from "../src/sim/time.ts";
import { B, TcpWorld } from "./helpers/tcp-world.ts";

// The windows that stand here were recorded on Linux 6.18 with a pair of veths without offloads, tcp_rmem
// "4096 131072 6291456" and a program that made the same calls 60 ms apart.

/**
 * A client writes `writes` times `size` octets that nobody reads, then all is read, and it writes four times more. Returns
 * the windows of the acknowledgments, unscaled.
 */
function windows(size: number, writes: number): number[] {
  const w = new TcpWorld();
  const listener = new TcpListener(w.b);
  listener.listen(0, 80, 5);
  const client = new TcpSocket(w.a);
  client.connect(B, 80);
  w.run(60 * MILLISECOND);
  const server = listener.accept()!;
  client.noDelay = true;
  const begin = w.lines.length;
  const write = (): void => {
    client.send(new Uint8Array(size));
    w.run(60 * MILLISECOND);
  };
  for (let i = 0; i < writes; i++) write();
  expect(server.receive()!.length).toBe(size * writes);
  for (let i = 0; i < 4; i++) write();
  const answers = w.lines.slice(begin).filter((line) => line.includes("IP 10.0.0.2"));
  return answers.map((line) => Number(/win (\d+)/.exec(line)![1]));
}

test("RFC 9293 3.8.6.2.2 full segments raise the window, and what they take of the buffer lowers it", () => {
  expect(windows(1448, 14)).toEqual([
    ...[532, 555, 577, 600, 609, 601, 594, 587, 580, 573, 566, 558, 551, 544],
    ...[631, 630, 623, 616],
  ]);
});

test("the window with segments of 1000 octets, and of 500, which tell nothing of how they fill the buffer", () => {
  expect(windows(1000, 12)).toEqual([
    ...[532, 544, 540, 536, 532, 528, 523, 519, 515, 511, 506, 502],
    ...[549, 544, 540, 536],
  ]);
  expect(windows(500, 10)).toEqual([
    ...[506, 503, 501, 501, 499, 498, 496, 494, 492, 490],
    ...[501, 501, 501, 501],
  ]);
});

test("more than seventeen segments take a second record, and a reader's tuning looks at each", () => {
  const all = windows(2896, 10);
  // Recorded up to where two acknowledgments in a row depend on how long the machine slept.
  expect(all.slice(0, 20)).toEqual([
    ...[532, 555, 577, 600, 609, 601, 594, 587, 580, 573],
    ...[566, 558, 551, 544, 537, 530, 523, 512, 504, 497],
  ]);
  expect(Math.max(...all)).toBe(631);
});
