import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import { MICROSECOND, type Nanos } from "../../sim/time.ts";

/**
 * How long a program of HTTP computes between one call that sends and the next. Without it everything would leave at one
 * instant, and no acknowledgment could ever come between a head and its body, as it does between two real machines.
 */
export const STEP: Nanos = 20 * MICROSECOND;

/** How long a program needs to end when all is said: the last segments cross meanwhile. */
export const ENDING: Nanos = 5 * STEP;

/** Waits: a program that computes. */
export function* pause(now: Nanos, time: Nanos): Generator<Wait, void, void> {
  yield { on: [], until: now + time };
}

/** Waits until the handshake is over, no longer than `until`; true if it is. The socket's error says how it went. */
export function* connected(socket: TcpSocket, until: Nanos): Generator<Wait, boolean, void> {
  const { world } = socket.ns;
  while (socket.isConnecting && world.now < until) yield { on: [socket.writable], until };
  return !socket.isConnecting;
}

/** Writes all, waiting for room; how much went by `until`. @throws {KernelError} as {@link TcpSocket.send} */
export function* sendAll(socket: TcpSocket, octets: Uint8Array, until: Nanos): Generator<Wait, number, void> {
  const { world } = socket.ns;
  let at = 0;
  while (at < octets.length) {
    at += socket.send(at === 0 ? octets : octets.subarray(at));
    if (at >= octets.length) break;
    if (world.now >= until) break;
    yield { on: [socket.writable], until };
  }
  return at;
}

/** Reads what comes next, up to `most` octets; empty at the end of the stream, null when nothing came by `until`. */
export function* receiveSome(
  socket: TcpSocket,
  most: number,
  until: Nanos,
): Generator<Wait, Uint8Array | null, void> {
  const { world } = socket.ns;
  for (;;) {
    const some = socket.receive(most);
    if (some !== null) return some;
    if (world.now >= until) return null;
    yield { on: [socket.readable], until };
  }
}
