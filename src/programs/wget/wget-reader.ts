import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import { fromOctets, toOctets } from "../../wire/http.ts";
import { receiveSome } from "../http/socket-io.ts";
import { ProgramExit } from "../program-exit.ts";

const CHUNK = 4096;

/** A socket read by lines and by pieces. */
export class WgetReader {
  readonly #socket: TcpSocket;
  readonly #patience: Nanos;
  #held = "";

  constructor(socket: TcpSocket, patience: Nanos) {
    this.#socket = socket;
    this.#patience = patience;
  }

  get #now(): Nanos {
    return this.#socket.ns.world.now;
  }

  /** The next line without its end. @throws {ProgramExit} when none comes */
  *line(): Generator<Wait, string, void> {
    const until = this.#now + this.#patience;
    for (;;) {
      const end = this.#held.indexOf("\n");
      if (end >= 0) {
        const line = this.#held.slice(0, end).replace(/\r$/, "");
        this.#held = this.#held.slice(end + 1);
        return line;
      }
      let some: Uint8Array | null;
      try {
        some = yield* receiveSome(this.#socket, CHUNK, until);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        throw new ProgramExit(1, `wget: error getting response: ${errorText[error.errno]}\n`);
      }
      if (some === null) throw new ProgramExit(1, "wget: download timed out\n");
      if (some.length === 0) throw new ProgramExit(1, "wget: error getting response\n");
      this.#held += fromOctets(some);
    }
  }

  /** Up to `most` octets; empty at the end of the stream, null when nothing came by `until`. */
  *piece(most: number, until: Nanos): Generator<Wait, Uint8Array | null, void> {
    if (this.#held !== "") {
      const some = this.#held.slice(0, most);
      this.#held = this.#held.slice(some.length);
      return toOctets(some);
    }
    try {
      return yield* receiveSome(this.#socket, Math.min(most, CHUNK), until);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return new Uint8Array(0); // a broken connection ends as a closed one does
    }
  }
}
