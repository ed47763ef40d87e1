import { errorText, KernelError } from "../../net/kernel-error.ts";
import { type RawDatagram, RawSocket } from "../../net/raw-socket.ts";
import { type Program, SIGINT, type Wait } from "../../sim/process.ts";
import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { type BufferedContext, buffered } from "../buffered-output.ts";
import { isCapable } from "../credentials.ts";
import { getopt } from "../getopt.ts";
import { millis } from "../ping/ping-statistics.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { resolveName } from "../resolve-name.ts";
import { appletHelp, appletMistake, appletNumber, UINT_MAX } from "./usage.ts";

const USAGE = `Usage: ping [OPTIONS] HOST

Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-A		Ping as soon as reply is received
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish
	-p HEXBYTE	Payload pattern
`;

/** `busybox ping` (1.35), which containers have. */
export function busyboxPing(context: ProgramContext): Program {
  return runSession(context, function* () {
    const session = new BusyboxPing(context);
    try {
      yield* session.prepare();
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  });
}

function fail(message: string): never {
  throw new ProgramExit(1, `ping: ${message}\n`);
}

class BusyboxPing {
  readonly #context: BufferedContext;
  readonly #socket: RawSocket;
  readonly #interrupted: WaitQueue = new WaitQueue();
  readonly #answered: Set<number> = new Set();
  #host = "";
  #destination = 0;
  #source: number | null = null;
  #count = 0;
  #size = 56;
  #interval: Nanos = SECOND;
  #deadline: Nanos = Number.POSITIVE_INFINITY;
  #linger: Nanos = 10 * SECOND;
  #quiet = false;
  #atOnce = false;
  #pattern = 0;
  #stopped = false;
  #transmitted = 0;
  #received = 0;
  #repeats = 0;
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;
  #sum = 0;

  constructor(context: ProgramContext) {
    this.#context = buffered(context);
    this.#socket = new RawSocket(context.namespace, ipv4.PROTO_ICMP);
    context.onSignal((signal) => {
      if (signal !== SIGINT) return false;
      this.#stopped = true;
      this.#interrupted.notify();
      return true;
    });
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  close(): void {
    this.#socket.close();
  }

  /** Reads the words and finds the host. @throws {ProgramExit} */
  *prepare(): Generator<Wait, void, void> {
    if (this.#context.args.includes("--help")) throw appletHelp(USAGE);
    const { options, operands } = getopt(this.#context.args, "qvAc:s:t:w:W:I:np:4i:");
    for (const { name, value, message } of options) {
      if (name === "?") throw appletMistake("ping", message, USAGE);
      yield* this.#take(name, value);
    }
    if (operands.length === 0) throw appletMistake("ping", "", USAGE);
    this.#host = operands[0]!;
    this.#destination = yield* this.#resolve(this.#host);
    if (this.#source !== null) {
      try {
        this.#socket.bind(this.#source);
      } catch (error) {
        if (error instanceof KernelError) fail(`bind: ${errorText[error.errno]}`);
        throw error;
      }
    }
    const isAllowed = isCapable(this.#context.credentials, "NET_RAW");
    this.#socket.broadcast = true;
    const from = this.#source === null ? "" : ` from ${ip.format(this.#source)}`;
    this.#context.hold(
      `PING ${this.#host} (${ip.format(this.#destination)})${from}: ${this.#size} data bytes\n`,
    );
    if (!isAllowed) {
      // It cannot have its socket, but says first what it was about to do.
      this.#context.flush();
      fail("permission denied (are you root?)");
    }
  }

  *#take(name: string, value: string): Generator<Wait, void, void> {
    switch (name) {
      case "c":
        this.#count = appletNumber("ping", value);
        break;
      case "s":
        this.#size = appletNumber("ping", value, 0, 65_535);
        break;
      case "t":
        this.#socket.ttl = appletNumber("ping", value, 0, UINT_MAX);
        this.#socket.groups.ttl = this.#socket.ttl;
        break;
      case "w":
        this.#deadline = this.#now + appletNumber("ping", value) * SECOND;
        break;
      case "W":
        this.#linger = appletNumber("ping", value) * SECOND;
        break;
      case "i":
        if (!/^\d*\.?\d+$/.test(value)) fail(`invalid number '${value}'`);
        this.#interval = Math.max(1, Math.floor(Number(value) * 1000)) * MILLISECOND;
        break;
      case "p":
        this.#pattern = Number.parseInt(value, 16) & 0xff;
        break;
      case "q":
        this.#quiet = true;
        break;
      case "A":
        this.#atOnce = true;
        break;
      case "I": {
        const device = this.#context.namespace.device(value);
        if (device !== null) this.#socket.boundTo = device.ifindex;
        else this.#source = yield* this.#resolve(value);
        break;
      }
      default: // -4 -n -v change nothing here
    }
  }

  *#resolve(name: string): Generator<Wait, number, void> {
    const { address } = yield* resolveName(this.#context, name);
    return address ?? fail(`bad address '${name}'`);
  }

  *run(): Program {
    let due = this.#now;
    let exitAt = Number.POSITIVE_INFINITY;
    while (!this.#stopped && this.#now < exitAt && this.#now < this.#deadline) {
      if (this.#now >= due) {
        this.#send();
        due = this.#now + this.#interval;
        if (this.#count > 0 && this.#transmitted >= this.#count) {
          due = Number.POSITIVE_INFINITY;
          const twoTrips = Math.max(1, Math.floor(this.#longest / (512 * 1024))) * SECOND;
          exitAt = this.#now + (this.#received > 0 ? twoTrips : this.#linger);
        }
      }
      yield {
        on: [this.#socket.readable, this.#interrupted],
        until: Math.min(due, exitAt, this.#deadline),
      };
      const before = this.#received;
      for (let d = this.#socket.receive(); d !== null; d = this.#socket.receive()) this.#takeReply(d);
      if (this.#count > 0 && this.#received >= this.#count) break;
      if (this.#atOnce && this.#received > before && due < Number.POSITIVE_INFINITY)
        due = this.#now + 10 * MICROSECOND;
    }
    return this.#finish();
  }

  #send(): void {
    const bytes = new Uint8Array(icmp.HEADER_LEN + this.#size);
    const view = new DataView(bytes.buffer);
    const identifier = this.#context.pid & 0xffff;
    const sequence = this.#transmitted & 0xffff;
    icmp.emit({ kind: "echo-request", identifier, sequence }, view, 0);
    bytes.fill(this.#pattern, icmp.HEADER_LEN);
    if (this.#size >= 4) view.setUint32(icmp.HEADER_LEN, Math.floor(this.#now / 1000) % 0x1_0000_0000, true);
    icmp.fillChecksum(view, 0, bytes.length);
    this.#answered.delete(sequence);
    this.#transmitted++;
    try {
      this.#socket.sendTo(this.#destination, bytes);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#context.flush();
      fail(`sendto: ${errorText[error.errno]}`);
    }
  }

  #takeReply(datagram: RawDatagram): void {
    const { bytes } = datagram;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const at = ipv4.headerLength(view, 0);
    const length = bytes.length - at;
    if (length < this.#size + icmp.HEADER_LEN) return;
    if (icmp.identifier(view, at) !== (this.#context.pid & 0xffff)) return;
    if (icmp.type(view, at) !== icmp.ECHO_REPLY) return;
    const sequence = icmp.sequence(view, at);
    let time = "";
    if (length >= icmp.HEADER_LEN + 4) {
      const now = Math.floor(datagram.at / 1000) % 0x1_0000_0000;
      const micros = (now - view.getUint32(at + icmp.HEADER_LEN, true)) >>> 0;
      this.#sum += micros;
      this.#shortest = Math.min(this.#shortest, micros);
      this.#longest = Math.max(this.#longest, micros);
      time = ` time=${millis(micros)} ms`;
    }
    const repeated = this.#answered.has(sequence);
    if (repeated) this.#repeats++;
    else {
      this.#answered.add(sequence);
      this.#received++;
    }
    if (this.#quiet) return;
    this.#context.out(
      `${length} bytes from ${ip.format(datagram.src)}: seq=${sequence} ttl=${datagram.ttl}${time}${repeated ? " (DUP!)" : ""}\n`,
    );
  }

  #finish(): number {
    const sent = this.#transmitted;
    const loss = sent > 0 ? Math.floor(((sent - this.#received) * 100) / sent) : 0;
    let text = `\n--- ${this.#host} ping statistics ---\n${sent} packets transmitted, ${this.#received} packets received, `;
    if (this.#repeats > 0) text += `${this.#repeats} duplicates, `;
    text += `${loss}% packet loss\n`;
    if (this.#longest > 0 || this.#shortest < Number.POSITIVE_INFINITY) {
      const mean = Math.floor(this.#sum / (this.#received + this.#repeats));
      const values = [this.#shortest, mean, this.#longest].map(millis).join("/");
      text += `round-trip min/avg/max = ${values} ms\n`;
    }
    this.#context.out(text);
    const tooFew = this.#deadline < Number.POSITIVE_INFINITY && this.#received < this.#count;
    return this.#received === 0 || tooFew ? 1 : 0;
  }
}
