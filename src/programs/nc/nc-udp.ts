import { errorText, KernelError } from "../../net/kernel-error.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { MICROSECOND, type Nanos, SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as utf8 from "../../wire/utf8.ts";
import type { ProgramContext } from "../program-context.ts";
import { hostAddress } from "./nc-host.ts";
import { nextPiece } from "./nc-input.ts";
import { fail, type NetcatOptions, portNumber, portRange } from "./nc-options.ts";

const FOREVER: Nanos = Number.POSITIVE_INFINITY;
/** What -v sends to see whether a port is open. */
const PROBE: Uint8Array = Uint8Array.of(0x58);

/** The talk of `nc -u`. */
export class NetcatUdp {
  readonly #o: NetcatOptions;
  readonly #context: ProgramContext;
  #socket: UdpSocket;
  #received = 0;
  /** The first datagram has fixed the other end. */
  #learned = false;
  #tookSome = false;

  constructor(context: ProgramContext, options: NetcatOptions) {
    this.#context = context;
    this.#o = options;
    this.#socket = this.#open();
  }

  close(): void {
    this.#socket.close();
  }

  #open(): UdpSocket {
    const socket = new UdpSocket(this.#context.namespace);
    socket.tos = this.#o.tos;
    socket.ttl = this.#o.ttl;
    socket.broadcast = this.#o.broadcast;
    return socket;
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  *run(): Program {
    if (this.#o.listen) return yield* this.#serve();
    const { from, to } = portRange(this.#o.port);
    let status = 1;
    for (let port = from; port <= to; port++) {
      if (!(yield* this.#connect(port))) continue;
      if (this.#o.verbose) {
        if (!(yield* this.#isOpen())) {
          status = 1;
          this.#again();
          continue;
        }
        this.#context.err(`Connection to ${this.#o.host} ${port} port [udp/*] succeeded!\n`);
      }
      status = 0;
      if (!this.#o.probeOnly) yield* this.#talk(true);
      this.#again();
    }
    return status;
  }

  #again(): void {
    this.#socket.close();
    this.#socket = this.#open();
  }

  *#connect(port: number): Generator<Wait, boolean, void> {
    const address = yield* hostAddress(this.#context, this.#o);
    if (this.#o.source !== 0 || this.#o.sourcePort !== 0) {
      try {
        this.#socket.bind(this.#o.source, this.#o.sourcePort);
      } catch (error) {
        if (error instanceof KernelError) fail(`bind failed: ${errorText[error.errno]}`);
        throw error;
      }
    }
    try {
      this.#socket.connect(address, port);
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (this.#o.verbose)
        this.#context.err(
          `nc: connect to ${this.#o.host} port ${port} (udp) failed: ${errorText[error.errno]}\n`,
        );
      return false;
    }
  }

  /** Sends a letter, and again and again for some seconds: a closed port answers with an error. */
  *#isOpen(): Generator<Wait, boolean, void> {
    const more = this.#o.timeout === null ? 3 : this.#o.timeout / SECOND;
    try {
      this.#socket.send(PROBE);
      for (let i = 0; i <= more; i++) {
        // The answer of a host that is near is there before the next letter.
        yield { on: [], until: this.#now + (i === 0 ? MICROSECOND : SECOND) };
        this.#socket.send(PROBE);
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return false;
    }
    return true;
  }

  *#serve(): Program {
    const port = portNumber(this.#o.port);
    const address = this.#o.host === "" ? 0 : yield* hostAddress(this.#context, this.#o);
    this.#socket.reuseAddress = true;
    try {
      this.#socket.bind(address, port);
    } catch (error) {
      if (error instanceof KernelError) fail(errorText[error.errno]);
      throw error;
    }
    if (this.#o.verbose)
      this.#context.err(`Bound on ${this.#o.host === "" ? "0.0.0.0" : this.#o.host} ${port}\n`);
    // Without -k the first datagram fixes the other end.
    yield* this.#talk(false);
    return 0;
  }

  /** Copies the input to the network and the network to the output until both have ended or the time is over. */
  *#talk(connected: boolean): Generator<Wait, void, void> {
    const { input } = this.#context;
    const socket = this.#socket;
    let last = this.#now;
    let ended = this.#o.noInput ? this.#now : FOREVER;
    let peer = connected;
    for (;;) {
      if (!this.#takeAll(peer || this.#o.keep)) return;
      peer ||= this.#learned;
      if (this.#tookSome) last = this.#now;
      const wanted = peer && ended === FOREVER;
      if (wanted && input.available !== "") {
        if (!this.#sendSome()) return;
        last = this.#now;
        if (this.#o.interval > 0) yield { on: [], until: this.#now + this.#o.interval };
        continue;
      }
      if (wanted && input.closed) {
        ended = this.#now;
        if (this.#o.stay === 0) return;
      }
      const idle = this.#o.timeout === null ? FOREVER : last + this.#o.timeout;
      const quit =
        ended !== FOREVER && this.#o.stay !== null && !this.#o.noInput ? ended + this.#o.stay : FOREVER;
      const until = Math.min(this.#o.listen && !peer ? FOREVER : idle, quit);
      if (this.#now >= until) return;
      yield { on: wanted ? [socket.readable, input.arrived] : [socket.readable], until };
    }
  }

  /** Prints what has come. False when the conversation is over: refused, or enough. */
  #takeAll(known: boolean): boolean {
    const socket = this.#socket;
    this.#tookSome = false;
    if (socket.takeError() !== null && known) return false;
    for (let d = socket.receive(); d !== null; d = socket.receive()) {
      this.#tookSome = true;
      const text = utf8.decode(d.payload);
      if (!known && !this.#learned && this.#o.listen && !this.#o.keep) {
        this.#learned = true;
        this.#call(() => socket.connect(d!.src, d!.srcPort));
        if (this.#o.verbose) this.#context.err(`Connection received on ${ip.format(d.src)} ${d.srcPort}\n`);
      }
      this.#context.out(text);
      this.#received++;
      if (this.#o.limit > 0 && this.#received >= this.#o.limit) return false;
    }
    return true;
  }

  #call(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      fail(`connect: ${errorText[error.errno]}`);
    }
  }

  /** Sends what the input holds. False when the network refuses it. */
  #sendSome(): boolean {
    const bytes = nextPiece(this.#context.input, this.#o);
    try {
      if (this.#o.keep && this.#o.listen) return true;
      this.#socket.send(bytes);
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return false;
    }
  }
}
