import * as utf8 from "../capture/utf8.ts";
import { errorText, KernelError } from "../net/kernel-error.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import type { Program, Wait } from "../sim/process.ts";
import { MICROSECOND, type Nanos, SECOND } from "../sim/time.ts";
import * as ip from "../wire/ipv4-address.ts";
import { getopt } from "./getopt.ts";
import type { ProgramContext } from "./program-context.ts";
import { ProgramExit } from "./program-exit.ts";
import { resolveName } from "./resolve-name.ts";

const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`;
const FOREVER: Nanos = Number.POSITIVE_INFINITY;
/** What one write to the network holds at most. */
const CHUNK = 16_384;
/** What -v sends to see whether a port is open. */
const PROBE: Uint8Array = Uint8Array.of(0x58);

/** `nc` of OpenBSD, with UDP. */
export function* nc(context: ProgramContext): Program {
  try {
    const netcat = new Netcat(context);
    try {
      return yield* netcat.run();
    } finally {
      netcat.close();
    }
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error;
    context.err(error.message);
    return error.status;
  }
}

function fail(message: string): never {
  throw new ProgramExit(1, `nc: ${message}\n`);
}

function portNumber(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) fail(`port number invalid: ${text}`);
  const value = Number(text);
  if (value < 1) fail(`port number too small: ${text}`);
  if (value > 65535) fail(`port number too large: ${text}`);
  return value;
}

function seconds(text: string, what: string): Nanos {
  if (!/^\d+$/.test(text)) fail(`${what} invalid: ${text}`);
  return Number(text) * SECOND;
}

class Netcat {
  readonly #context: ProgramContext;
  #socket: UdpSocket;
  #host = "";
  #port = "";
  #listen = false;
  #keep = false;
  #verbose = false;
  #probeOnly = false;
  #noInput = false;
  #broadcast = false;
  /** -w; null to wait for ever. */
  #timeout: Nanos | null = null;
  /** -q: how long to stay after the end of the input; null for ever. */
  #stay: Nanos | null = null;
  #source = 0;
  #sourcePort = 0;
  #tos = 0;
  #ttl = 0;
  #interval: Nanos = 0;
  #limit = 0;
  #received = 0;
  /** The first datagram has fixed the other end. */
  #learned = false;
  #tookSome = false;

  constructor(context: ProgramContext) {
    this.#context = context;
    this.#parse();
    this.#socket = this.#open();
  }

  close(): void {
    this.#socket.close();
  }

  #open(): UdpSocket {
    const socket = new UdpSocket(this.#context.namespace);
    socket.tos = this.#tos;
    socket.ttl = this.#ttl;
    socket.broadcast = this.#broadcast;
    return socket;
  }

  #parse(): void {
    const { options, operands } = getopt(
      this.#context.args,
      "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz",
    );
    let udp = false;
    let source: string | null = null;
    let sourcePort: string | null = null;
    for (const { name, value, message } of options) {
      switch (name) {
        case "u":
          udp = true;
          break;
        case "l":
          this.#listen = true;
          break;
        case "k":
          this.#keep = true;
          break;
        case "v":
          this.#verbose = true;
          break;
        case "z":
          this.#probeOnly = true;
          break;
        case "d":
          this.#noInput = true;
          break;
        case "b":
          this.#broadcast = true;
          break;
        case "w":
          this.#timeout = seconds(value, "timeout");
          break;
        case "q":
          this.#stay = value.startsWith("-") ? null : seconds(value, "quit timer");
          break;
        case "i":
          this.#interval = seconds(value, "interval");
          break;
        case "s":
          source = value;
          break;
        case "p":
          sourcePort = value;
          break;
        case "T":
          this.#tos = Number(value) & 0xff;
          break;
        case "M":
          this.#ttl = Number(value) & 0xff;
          break;
        case "W":
          if (!/^[1-9]\d*$/.test(value)) fail(`receive limit invalid: ${value}`);
          this.#limit = Number(value);
          break;
        case "h":
          this.#context.err(`OpenBSD netcat (Debian patchlevel 1.219-1)\n`);
          throw new ProgramExit(0, USAGE);
        case "4":
        case "C":
        case "D":
        case "N":
        case "n":
        case "r":
        case "t":
          break;
        case "?":
          throw new ProgramExit(1, `nc: ${message}\n${USAGE}`);
        case "Z":
        case "6":
        case "U":
          throw new ProgramExit(1, USAGE);
        default:
          fail(`-${name} is not simulated`);
      }
    }
    this.#takeOperands(operands, sourcePort, source);
    if (!udp) fail("TCP is not simulated yet");
  }

  #takeOperands(operands: readonly string[], sourcePort: string | null, source: string | null): void {
    if (operands.length > 2) throw new ProgramExit(1, USAGE);
    if (this.#listen) {
      // The address may be left out, and -p may give the port.
      const words = sourcePort === null ? operands : [...operands.slice(0, 1), sourcePort];
      if (source !== null || this.#probeOnly) throw new ProgramExit(1, USAGE);
      if (words.length === 0) throw new ProgramExit(1, USAGE);
      this.#port = words.at(-1)!;
      this.#host = words.length > 1 ? words[0]! : "";
      portNumber(this.#port);
      return;
    }
    if (operands.length === 0) throw new ProgramExit(1, USAGE);
    if (operands.length === 1) fail("missing port number");
    this.#host = operands[0]!;
    this.#port = operands[1]!;
    if (sourcePort !== null) this.#sourcePort = portNumber(sourcePort);
    if (source === null) return;
    const found = resolveName(this.#context, source);
    if (found === null)
      fail(`getaddrinfo for host "${source}" port ${sourcePort ?? ""}: Temporary failure in name resolution`);
    this.#source = found.address;
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  *run(): Program {
    if (this.#listen) return yield* this.#serve();
    const [first, last] = this.#port.split("-", 2) as [string, string | undefined];
    const from = portNumber(first);
    const to = last === undefined ? from : portNumber(last);
    let status = 1;
    for (let port = Math.min(from, to); port <= Math.max(from, to); port++) {
      if (!this.#connect(port)) continue;
      if (this.#verbose) {
        if (!(yield* this.#isOpen())) {
          status = 1;
          this.#again();
          continue;
        }
        this.#context.err(`Connection to ${this.#host} ${port} port [udp/*] succeeded!\n`);
      }
      status = 0;
      if (!this.#probeOnly) yield* this.#talk(true);
      this.#again();
    }
    return status;
  }

  #again(): void {
    this.#socket.close();
    this.#socket = this.#open();
  }

  #address(name: string): number {
    const found = resolveName(this.#context, name);
    return found === null
      ? fail(`getaddrinfo for host "${name}" port ${this.#port}: Temporary failure in name resolution`)
      : found.address;
  }

  #connect(port: number): boolean {
    const address = this.#address(this.#host);
    if (this.#source !== 0 || this.#sourcePort !== 0) {
      try {
        this.#socket.bind(this.#source, this.#sourcePort);
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
      if (this.#verbose)
        this.#context.err(
          `nc: connect to ${this.#host} port ${port} (udp) failed: ${errorText[error.errno]}\n`,
        );
      return false;
    }
  }

  /** Sends a letter, and again and again for some seconds: a closed port answers with an error. */
  *#isOpen(): Generator<Wait, boolean, void> {
    const more = this.#timeout === null ? 3 : this.#timeout / SECOND;
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
    const port = portNumber(this.#port);
    const address = this.#host === "" ? 0 : this.#address(this.#host);
    this.#socket.reuseAddress = true;
    try {
      this.#socket.bind(address, port);
    } catch (error) {
      if (error instanceof KernelError) fail(errorText[error.errno]);
      throw error;
    }
    if (this.#verbose) this.#context.err(`Bound on ${this.#host === "" ? "0.0.0.0" : this.#host} ${port}\n`);
    // Without -k the first datagram fixes the other end.
    yield* this.#talk(false);
    return 0;
  }

  /** Copies the input to the network and the network to the output until both have ended or the time is over. */
  *#talk(connected: boolean): Generator<Wait, void, void> {
    const { input } = this.#context;
    const socket = this.#socket;
    let last = this.#now;
    let ended = this.#noInput ? this.#now : FOREVER;
    let peer = connected;
    for (;;) {
      if (!this.#takeAll(peer || this.#keep)) return;
      peer ||= this.#learned;
      if (this.#tookSome) last = this.#now;
      const wanted = peer && ended === FOREVER;
      if (wanted && input.available !== "") {
        if (!this.#sendSome()) return;
        last = this.#now;
        if (this.#interval > 0) yield { on: [], until: this.#now + this.#interval };
        continue;
      }
      if (wanted && input.closed) {
        ended = this.#now;
        if (this.#stay === 0) return;
      }
      const idle = this.#timeout === null ? FOREVER : last + this.#timeout;
      const quit = ended !== FOREVER && this.#stay !== null && !this.#noInput ? ended + this.#stay : FOREVER;
      const until = Math.min(this.#listen && !peer ? FOREVER : idle, quit);
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
      if (!known && !this.#learned && this.#listen && !this.#keep) {
        this.#learned = true;
        this.#call(() => socket.connect(d!.src, d!.srcPort));
        if (this.#verbose) this.#context.err(`Connection received on ${ip.format(d.src)} ${d.srcPort}\n`);
      }
      this.#context.out(text);
      this.#received++;
      if (this.#limit > 0 && this.#received >= this.#limit) return false;
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
    const { input } = this.#context;
    const waiting = input.available;
    const line = this.#interval > 0 ? waiting.indexOf("\n") + 1 : 0;
    const text = input.take(Math.min(line > 0 ? line : CHUNK, waiting.length));
    const bytes = utf8.encode(text);
    try {
      if (this.#keep && this.#listen) return true;
      this.#socket.send(bytes);
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return false;
    }
  }
}
