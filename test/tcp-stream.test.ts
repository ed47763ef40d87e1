import { expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND, SECOND } from "../src/sim/time.ts";
import { B, TcpWorld } from "./helpers/tcp-world.ts";

/** What one end of a connection sends and gets. */
class End {
  readonly socket: TcpSocket;
  readonly sends: Uint8Array;
  readonly got: number[] = [];
  #at = 0;
  ended = false;
  readonly #prng: Prng;
  /** It reads this many octets at a time at most, and then sleeps for a while. */
  readonly #slow: boolean;

  constructor(socket: TcpSocket, length: number, prng: Prng) {
    this.socket = socket;
    this.#prng = prng;
    this.sends = new Uint8Array(length);
    for (let i = 0; i < length; i++) this.sends[i] = prng.below(256);
    this.#slow = prng.chance(1, 4);
  }

  /** Writes and reads what can be done now. */
  step(): void {
    const { socket } = this;
    if (socket.isConnecting) return;
    while (this.#at < this.sends.length) {
      const most = this.#prng.chance(1, 2) ? 65536 : 1 + this.#prng.below(3000);
      const n = socket.send(this.sends.subarray(this.#at, this.#at + most));
      if (n === 0) break;
      this.#at += n;
      if (this.#prng.chance(1, 3)) break;
    }
    if (this.#at === this.sends.length && !this.ended) {
      this.ended = true;
      socket.shutdown();
    }
    while (socket.available > 0) {
      const some = socket.receive(this.#slow ? 1 + this.#prng.below(5000) : 65536)!;
      for (const octet of some) this.got.push(octet);
      if (this.#slow) return;
    }
  }

  get isDone(): boolean {
    return this.ended && this.socket.isAtEnd;
  }
}

function run(seed: number): void {
  const prng = new Prng(seed);
  const w = new TcpWorld(seed, [1500, 1500, 576, 9000][prng.below(4)]!);
  w.records = false;
  const delay = [0, 0, 1, 20, 100][prng.below(5)]! * MILLISECOND;
  w.faults = {
    loss: [0, 10, 50, 200][prng.below(4)]!,
    duplicate: [0, 10, 200][prng.below(3)]!,
    reorder: [0, 20, 300][prng.below(3)]!,
    delay,
    late: prng.below(50) * MILLISECOND + 1,
  };
  for (const ns of [w.a, w.b]) {
    const { settings } = ns.tcp;
    if (prng.chance(1, 4)) settings.tcp_sack = 0;
    if (prng.chance(1, 4)) settings.tcp_timestamps = 0;
    if (prng.chance(1, 6)) settings.tcp_window_scaling = 0;
    if (prng.chance(1, 3)) settings.tcp_congestion_control = "reno";
    if (prng.chance(1, 6)) settings.tcp_rmem = [4096, 8192, 16384];
    settings.tcp_retries2 = 100;
    settings.tcp_syn_retries = 20;
    settings.tcp_synack_retries = 20;
  }
  const listener = new TcpListener(w.b);
  listener.listen(0, 80, 4);
  const socket = new TcpSocket(w.a);
  socket.connect(B, 80);
  const sizes = [0, 1, 5000, 40_000, 150_000];
  const client = new End(socket, prng.below(1 + sizes[prng.below(5)]!), prng);
  let server: End | null = null;
  const length = prng.below(1 + sizes[prng.below(4)]!);
  const end = 3600 * SECOND;
  while (!(client.isDone && server?.isDone) && w.world.now < end) {
    client.step();
    if (server === null) {
      const accepted = listener.accept();
      if (accepted !== null) server = new End(accepted, length, prng);
    }
    server?.step();
    w.run(Math.max(1, prng.below(20)) * MILLISECOND);
  }
  const what = `seed ${seed}`;
  expect(server, what).not.toBeNull();
  expect(
    Buffer.compare(Buffer.from(server!.got), Buffer.from(client.sends)),
    `${what}: to the server ${server!.got.length} of ${client.sends.length}`,
  ).toBe(0);
  expect(
    Buffer.compare(Buffer.from(client.got), Buffer.from(server!.sends)),
    `${what}: to the client ${client.got.length} of ${server!.sends.length}`,
  ).toBe(0);
  expect(client.isDone && server!.isDone, what).toBe(true);
  client.socket.close();
  server!.socket.close();
  listener.close();
  w.run(400 * SECOND);
  expect([w.world.pool.inUse, w.a.tcp.connections.size, w.b.tcp.connections.size], what).toEqual([0, 0, 0]);
  expect(w.a.tcp.ports.owners.length + w.b.tcp.ports.owners.length, what).toBe(0);
}

test("the stream arrives whole, whatever the wire does", () => {
  const first = Number(process.env["TCP_SEED"] ?? 1);
  const count = Number(process.env["TCP_RUNS"] ?? 2500);
  for (let seed = first; seed < first + count; seed++) run(seed);
});
