import { type Errno, errorText, KernelError } from "../../net/kernel-error.ts";
import { TcpListener } from "../../net/tcp/tcp-listener.ts";
import { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Program, Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { serviceName } from "../service-names.ts";
import { Utf8Pieces } from "../utf8-pieces.ts";
import { hostAddress } from "./nc-host.ts";
import { CHUNK, nextPiece } from "./nc-input.ts";
import { fail, type NetcatOptions, portNumber, portRange } from "./nc-options.ts";

const FOREVER: Nanos = Number.POSITIVE_INFINITY;

/** The talk of `nc` over TCP. */
export class NetcatTcp {
  readonly #context: ProgramContext;
  readonly #o: NetcatOptions;
  #socket: TcpSocket | null = null;
  #listener: TcpListener | null = null;
  readonly #text: Utf8Pieces = new Utf8Pieces();

  constructor(context: ProgramContext, options: NetcatOptions) {
    this.#context = context;
    this.#o = options;
  }

  close(): void {
    this.#socket?.close();
    this.#listener?.close();
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  *run(): Program {
    if (this.#o.listen) return yield* this.#serve();
    const { from, to } = portRange(this.#o.port);
    let status = 1;
    for (let port = from; port <= to; port++) {
      this.#socket?.close();
      const socket = yield* this.#connect(port);
      if (socket === null) continue;
      status = 0;
      if (this.#o.verbose) {
        const service = this.#o.numeric ? "*" : (serviceName(port, "tcp") ?? "*");
        this.#context.err(`Connection to ${this.#o.host} ${port} port [tcp/${service}] succeeded!\n`);
      }
      if (!this.#o.probeOnly) yield* this.#talk(socket);
    }
    return status;
  }

  #prepare(socket: TcpSocket): void {
    const { tos, ttl, sendBuffer, receiveBuffer } = this.#o;
    if (tos !== 0) socket.tos = tos;
    if (ttl !== 0) socket.ttl = ttl;
    if (sendBuffer !== 0) socket.sendBuffer = sendBuffer;
    if (receiveBuffer !== 0) socket.receiveBuffer = receiveBuffer;
  }

  /** Opens a connection; null when it cannot be. */
  *#connect(port: number): Generator<Wait, TcpSocket | null, void> {
    const { source, sourcePort, timeout } = this.#o;
    const address = yield* hostAddress(this.#context, this.#o);
    const socket = new TcpSocket(this.#context.namespace);
    this.#socket = socket;
    this.#prepare(socket);
    if (source !== 0 || sourcePort !== 0) {
      try {
        socket.bind(source, sourcePort);
      } catch (error) {
        if (error instanceof KernelError) fail(`bind failed: ${errorText[error.errno]}`);
        throw error;
      }
    }
    const limit = timeout === null ? FOREVER : this.#now + timeout;
    let error: Errno | null = null;
    try {
      socket.connect(address, port);
      while (socket.isConnecting && this.#now < limit) yield { on: [socket.writable], until: limit };
      if (socket.isConnecting) {
        this.#complain(port, "timed out: Operation now in progress");
        return null;
      }
      error = socket.takeError();
    } catch (thrown) {
      if (!(thrown instanceof KernelError)) throw thrown;
      error = thrown.errno;
    }
    if (error === null) return socket;
    this.#complain(port, `failed: ${errorText[error]}`);
    return null;
  }

  #complain(port: number, what: string): void {
    if (this.#o.verbose) this.#context.err(`nc: connect to ${this.#o.host} port ${port} (tcp) ${what}\n`);
  }

  *#serve(): Program {
    const port = portNumber(this.#o.port);
    const address = this.#o.host === "" ? 0 : yield* hostAddress(this.#context, this.#o);
    const listener = new TcpListener(this.#context.namespace);
    this.#listener = listener;
    listener.reuseAddress = true;
    listener.reusePort = true;
    listener.tos = this.#o.tos;
    listener.receiveLimit = 2 * this.#o.receiveBuffer;
    try {
      listener.listen(address, port, 1);
    } catch (error) {
      if (error instanceof KernelError) fail(errorText[error.errno]);
      throw error;
    }
    if (this.#o.verbose) this.#context.err(`Listening on ${ip.format(address)} ${port}\n`);
    do {
      let socket = listener.accept();
      while (socket === null) {
        yield { on: [listener.readable], until: FOREVER };
        socket = listener.accept();
      }
      this.#socket = socket;
      this.#prepare(socket);
      // Without -k nobody else is served.
      if (!this.#o.keep) listener.close();
      if (this.#o.verbose)
        this.#context.err(`Connection received on ${ip.format(socket.remoteAddress)} ${socket.remotePort}\n`);
      if (!this.#o.probeOnly) yield* this.#talk(socket);
      socket.close();
    } while (this.#o.keep);
    return 0;
  }

  /**
   * Copies the input to the network and the network to the output. Each of the two may end before the other: a client goes
   * on until both have, a listener until the network has and what it had taken of the input is sent.
   */
  *#talk(socket: TcpSocket): Generator<Wait, void, void> {
    const { input } = this.#context;
    const { timeout, stay, noInput, interval, listen } = this.#o;
    let last = this.#now;
    let inputEnded = noInput;
    let netEnded = false;
    let isShut = false;
    let quitAt = FOREVER;
    let waiting: Uint8Array | null = null;
    let received = 0;
    for (;;) {
      if (netEnded && waiting === null && (inputEnded || listen)) return;
      // One turn: what was taken goes, something more is taken, something is received.
      let isBusy = false;
      if (waiting !== null) {
        const sent = this.#send(socket, waiting);
        if (sent < 0) return;
        isBusy = sent > 0;
        waiting = sent === waiting.length ? null : waiting.subarray(sent);
        if (waiting === null && interval > 0) yield { on: [], until: this.#now + interval };
      } else if (!inputEnded && input.available !== "") {
        waiting = nextPiece(input, this.#o);
        isBusy = true;
      } else if (!inputEnded && input.closed) {
        inputEnded = true;
        if (stay !== null) quitAt = this.#now + stay;
      }
      const some = this.#receive(socket);
      if (some === "error") return;
      if (some !== null && !netEnded) {
        isBusy = true;
        if (some.length === 0) {
          netEnded = true;
          this.#context.out(this.#text.end());
        } else {
          this.#context.out(this.#text.take(some));
          if (this.#o.limit > 0 && ++received >= this.#o.limit) return;
        }
      }
      if (inputEnded && waiting === null && !isShut && this.#o.shutsDown && !noInput) {
        isShut = true;
        this.#shutdown(socket);
      }
      if (isBusy) {
        last = this.#now;
        continue;
      }
      const until = Math.min(timeout === null ? FOREVER : last + timeout, quitAt);
      if (this.#now >= until) return;
      if (netEnded && inputEnded && waiting === null) return;
      const on = [socket.readable];
      if (waiting !== null) on.push(socket.writable);
      else if (!inputEnded) on.push(input.arrived);
      yield { on, until };
    }
  }

  #receive(socket: TcpSocket): Uint8Array | null | "error" {
    try {
      return socket.receive(CHUNK);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return "error";
    }
  }

  /** How many octets went; -1 when the connection is gone. */
  #send(socket: TcpSocket, bytes: Uint8Array): number {
    try {
      return socket.send(bytes);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return -1;
    }
  }

  #shutdown(socket: TcpSocket): void {
    try {
      socket.shutdown();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
}
