import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import type * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";
import { parseOctets } from "../../wire/dns-parse.ts";
import { connected, receiveSome, sendAll } from "../http/socket-io.ts";

const FOREVER: Nanos = Number.POSITIVE_INFINITY;
const CHUNK = 65_537;

/** Takes a stream apart into messages, each behind its length (RFC 1035, 4.2.2). */
export class DnsStream {
  #held: Uint8Array = new Uint8Array(0);

  /** The messages that are whole now. */
  take(some: Uint8Array): readonly Uint8Array[] {
    const all = new Uint8Array(this.#held.length + some.length);
    all.set(this.#held);
    all.set(some, this.#held.length);
    const messages: Uint8Array[] = [];
    let at = 0;
    while (at + 2 <= all.length) {
      const end = at + 2 + ((all[at]! << 8) | all[at + 1]!);
      if (end > all.length) break;
      messages.push(all.slice(at + 2, end));
      at = end;
    }
    this.#held = all.slice(at);
    return messages;
  }
}

/** A message as it goes over a stream. */
export function framed(message: Uint8Array): Uint8Array {
  const octets = new Uint8Array(message.length + 2);
  octets[0] = message.length >> 8;
  octets[1] = message.length & 255;
  octets.set(message, 2);
  return octets;
}

/** Asks one server over one connection; null for each question that it left without an answer. */
export function* askOverTcp(
  ns: NetworkNamespace,
  server: number,
  port: number,
  questions: readonly dns.DnsMessage[],
  until: Nanos = FOREVER,
): Generator<Wait, readonly (dns.DnsMessage | null)[], void> {
  const found: (dns.DnsMessage | null)[] = questions.map(() => null);
  const socket = new TcpSocket(ns);
  try {
    socket.connect(server, port);
    if (!(yield* connected(socket, until)) || socket.takeError() !== null) return found;
    const texts = questions.map((question) => framed(build(question)));
    yield* sendAll(socket, Uint8Array.from(texts.flatMap((text) => [...text])), until);
    const stream = new DnsStream();
    while (found.includes(null)) {
      const some = yield* receiveSome(socket, CHUNK, until);
      if (some === null || some.length === 0) break;
      for (const octets of stream.take(some)) {
        const answer = parseOctets(octets);
        const index = questions.findIndex(({ id }) => id === answer?.id);
        if (answer !== null && index >= 0) found[index] = answer;
      }
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  } finally {
    socket.close();
  }
  return found;
}
