import { errorText } from "../../net/kernel-error.ts";
import type { RawDatagram, RawSocket } from "../../net/raw-socket.ts";
import type { Wait } from "../../sim/process.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { nameOf } from "../resolve-name.ts";
import { icmpWords } from "./icmp-words.ts";
import type { PingData } from "./ping-data.ts";
import type { PingOptions } from "./ping-options.ts";
import { type PingStatistics, tripTime } from "./ping-statistics.ts";

/** What comes back to a ping: replies, ICMP errors, redirects; counted and printed. */
export class PingAnswers {
  readonly #context: ProgramContext;
  readonly #options: PingOptions;
  readonly #socket: RawSocket;
  readonly #statistics: PingStatistics;
  readonly #data: PingData;
  readonly #destination: number;
  /** The last address that was printed, and how. */
  #named: readonly [number, string] | null = null;
  /** A reply came since the last request, which shows that the neighbour is there (MSG_CONFIRM). */
  confirmed = false;

  constructor(
    context: ProgramContext,
    options: PingOptions,
    socket: RawSocket,
    statistics: PingStatistics,
    data: PingData,
    destination: number,
  ) {
    this.#context = context;
    this.#options = options;
    this.#socket = socket;
    this.#statistics = statistics;
    this.#data = data;
    this.#destination = destination;
  }

  /** Takes what has arrived; true when there was something. It stops when nothing is on its way any more. */
  *readAll(): Generator<Wait, boolean, void> {
    let any = false;
    for (;;) {
      if (this.#socket.error !== null) {
        this.#socket.takeError();
        yield* this.readErrors();
      } else {
        const datagram = this.#socket.receive();
        if (datagram === null) return any;
        yield* this.#takeReply(datagram);
      }
      any = true;
      if (this.#statistics.inFlight === 0) return any;
    }
  }

  /** Takes one entry of the socket's error queue. True when it was an ICMP error about this ping. */
  *readErrors(): Generator<Wait, boolean, void> {
    const entry = this.#socket.takeQueuedError();
    if (entry === null) return false;
    const { quiet, flood } = this.#options;
    const context = this.#context;
    const statistics = this.#statistics;
    if (entry.report === null) {
      if (quiet) return false;
      if (flood) context.out("E");
      else if (entry.errno === "EMSGSIZE")
        context.err(`ping: local error: message too long, mtu=${entry.info}\n`);
      else context.err(`ping: local error: ${errorText[entry.errno]}\n`);
      statistics.errors++;
      return false;
    }
    const { payload, destination, report } = entry;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (payload.length < icmp.HEADER_LEN || destination !== this.#destination) return false;
    if (icmp.type(view, 0) !== icmp.ECHO_REQUEST || icmp.identifier(view, 0) !== this.#data.identifier)
      return false;
    const sequence = icmp.sequence(view, 0);
    statistics.acknowledge(sequence);
    statistics.errors++;
    if (quiet) return true;
    if (flood) context.out("\bE");
    else {
      const words = icmpWords(report.type, report.code, report.info);
      const name = yield* this.#name(report.from);
      context.out(`${this.stamp()}From ${name} icmp_seq=${sequence} ${words}\n`);
    }
    return true;
  }

  *#takeReply(datagram: RawDatagram): Generator<Wait, void, void> {
    const { bytes } = datagram;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const at = ipv4.headerLength(view, 0);
    const length = bytes.length - at;
    if (length < icmp.HEADER_LEN) {
      if (this.#options.verbose)
        this.#context.err(`ping: packet too short (${length} bytes) from ${ip.format(datagram.src)}\n`);
      return;
    }
    if (icmp.type(view, at) === icmp.ECHO_REPLY) {
      if (icmp.identifier(view, at) === this.#data.identifier)
        yield* this.#takeEcho(datagram, view, at, length);
    } else if (icmp.type(view, at) === icmp.REDIRECT) yield* this.#takeRedirect(datagram, view, at, length);
  }

  *#takeEcho(datagram: RawDatagram, view: DataView, at: number, length: number): Generator<Wait, void, void> {
    const { quiet, flood, size, verbose, audible } = this.#options;
    const context = this.#context;
    const statistics = this.#statistics;
    const sequence = icmp.sequence(view, at);
    const intact = icmp.isChecksumValid(view, at, length);
    const data = at + icmp.HEADER_LEN;
    const micros = this.#data.roundTrip(datagram.at, view, data, length - icmp.HEADER_LEN);
    if (micros >= 0 && intact) statistics.time(micros);
    const repeated = intact && statistics.reply(sequence);
    if (!intact) statistics.corrupted++;
    this.confirmed = true;
    if (quiet) return;
    if (flood) {
      context.out(intact ? "\b \b" : "\bC");
      return;
    }
    const stamp = this.stamp();
    let text = `${stamp}${length} bytes from ${yield* this.#name(datagram.src)}: icmp_seq=${sequence}`;
    if (verbose) text += ` ident=${this.#data.identifier}`;
    text += ` ttl=${datagram.ttl}`;
    if (length < size + icmp.HEADER_LEN) {
      context.out(`${text} (truncated)\n`);
      return;
    }
    if (micros >= 0) text += ` time=${tripTime(micros)} ms`;
    if (repeated) text += " (DUP!)";
    if (!intact) text += " (BAD CHECKSUM!)";
    context.out(`${text}${this.#data.wrongByte(view, data)}${audible ? "\x07" : ""}\n`);
  }

  *#takeRedirect(
    datagram: RawDatagram,
    view: DataView,
    at: number,
    length: number,
  ): Generator<Wait, void, void> {
    const { quiet, flood } = this.#options;
    const quoted = at + icmp.HEADER_LEN;
    if (length < icmp.HEADER_LEN + ipv4.HEADER_LEN + icmp.HEADER_LEN) return;
    const inner = quoted + ipv4.headerLength(view, quoted);
    if (inner + icmp.HEADER_LEN > at + length || ipv4.dst(view, quoted) !== this.#destination) return;
    if (ipv4.protocol(view, quoted) !== ipv4.PROTO_ICMP || icmp.type(view, inner) !== icmp.ECHO_REQUEST)
      return;
    if (icmp.identifier(view, inner) !== this.#data.identifier || quiet || flood) return;
    const words = icmpWords(icmp.REDIRECT, icmp.code(view, at), icmp.gateway(view, at));
    const sequence = icmp.sequence(view, inner);
    const name = yield* this.#name(datagram.src);
    this.#context.out(`${this.stamp()}From ${name}: icmp_seq=${sequence} ${words}\n`);
  }

  /** The time in front of a line, under -D. */
  stamp(): string {
    if (!this.#options.timestamps) return "";
    const { seconds, nanos } = this.#context.machine.clock();
    return `[${seconds}.${`${Math.floor(nanos / 1000)}`.padStart(6, "0")}] `;
  }

  /** An address, with its name in front if there is one and the destination was given by name. */
  *#name(address: number): Generator<Wait, string, void> {
    const text = ip.format(address);
    if (this.#options.numeric || ip.parse(this.#options.host) !== null) return text;
    if (this.#named?.[0] !== address) {
      const name = yield* nameOf(this.#context, address);
      this.#named = [address, name === null ? text : `${name} (${text})`];
    }
    return this.#named![1];
  }
}
