import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import { fromOctets } from "../../wire/http.ts";
import { receiveSome } from "./socket-io.ts";

/** What servers read from a socket at once. */
const CHUNK = 8192;

/** The lines that come through a socket, each character an octet. What is read too far is kept for the next line. */
export class SocketLines {
  readonly #socket: TcpSocket;
  #held = "";

  constructor(socket: TcpSocket) {
    this.#socket = socket;
  }

  /**
   * The next line without its end; null at the end of the stream, "late" if none came by `until`. Of a line that is
   * longer than `most` its first `most` + 1 octets. @throws {KernelError} when the connection is broken
   */
  *next(
    until: Nanos,
    most: number = Number.POSITIVE_INFINITY,
  ): Generator<Wait, { readonly text: string } | "late" | null, void> {
    for (;;) {
      const end = this.#held.indexOf("\n");
      if (end >= 0 && end <= most) return { text: this.#take(end + 1).replace(/\r?\n$/, "") };
      if (this.#held.length > most) return { text: this.#take(most + 1) };
      const some = yield* receiveSome(this.#socket, CHUNK, until);
      if (some === null) return "late";
      if (some.length > 0) this.#held += fromOctets(some);
      else if (this.#held === "") return null;
      else return { text: this.#take(this.#held.length) };
    }
  }

  #take(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}
