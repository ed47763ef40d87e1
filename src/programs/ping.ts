import type { InetSocket } from "../net/inet-socket.ts";
import * as ipOutput from "../net/ip-output.ts";
import { errorText, KernelError } from "../net/kernel-error.ts";
import { type RawDatagram, RawSocket } from "../net/raw-socket.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { type Program, SIGINT } from "../sim/process.ts";
import { Signal } from "../sim/signal.ts";
import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../sim/time.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { type BufferedContext, buffered } from "./buffered-output.ts";
import { icmpWords } from "./icmp-words.ts";
import { type PingOptions, parsePingOptions } from "./ping-options.ts";
import { PingStatistics, tripTime } from "./ping-statistics.ts";
import type { ProgramContext } from "./program-context.ts";
import { ProgramExit, runSession } from "./program-exit.ts";
import { nameOf, resolveName } from "./resolve-name.ts";

/** The least time between two requests unless replies come sooner. */
const MIN_INTERVAL: Nanos = 10 * MILLISECOND;
/** What a machine needs at the least from one request of a flood to the next, so that a flood takes time. */
const FLOOD_GAP: Nanos = 10 * MICROSECOND;
/** Room for the time of sending at the beginning of the data (struct timeval). */
const TIMEVAL = 16;
/** The port that the probe of the way connects to. */
const PROBE_PORT = 1025;

/** `ping` of iputils 20221126. */
export function ping(context: ProgramContext): Program {
  return runSession(context, () => new PingSession(context, parsePingOptions(context)));
}

class PingSession {
  readonly #context: BufferedContext;
  readonly #options: PingOptions;
  readonly #socket: RawSocket;
  readonly #statistics: PingStatistics = new PingStatistics();
  readonly #interrupted: Signal = new Signal();
  readonly #destination: number;
  readonly #identifier: number;
  readonly #timing: boolean;
  readonly #began: Nanos;
  #stopped = false;
  /** When the last request went out. */
  #lastSent: Nanos;
  /** Unused right to send at once, in time. */
  #tokens: Nanos = -1;
  /** All is sent, and the time to wait for the rest is set. */
  #ending = false;
  #exitAt: Nanos = Number.POSITIVE_INFINITY;
  #confirm = false;

  constructor(context: ProgramContext, options: PingOptions) {
    this.#context = buffered(context);
    this.#options = options;
    const { namespace } = context;
    const resolved = resolveName(context, options.host);
    if (resolved === null)
      throw new ProgramExit(2, `ping: ${options.host}: Temporary failure in name resolution\n`);
    this.#destination = resolved.address !== 0 ? resolved.address : ip.LOOPBACK;
    this.#socket = new RawSocket(namespace, ipv4.PROTO_ICMP);
    try {
      const source = this.#prepare();
      this.#announce(resolved.canonical, source);
    } catch (error) {
      this.#socket.close();
      throw error;
    }
    const prng = namespace.world.prng.fork(`${namespace.path}/ping/${context.pid}`);
    this.#identifier = options.identifier ?? prng.below(0x10000);
    this.#timing = options.size >= TIMEVAL;
    this.#began = namespace.world.now;
    this.#lastSent = this.#began;
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

  get #allSent(): boolean {
    const { count, deadline } = this.#options;
    return count > 0 && this.#statistics.transmitted >= count && deadline === 0;
  }

  close(): void {
    this.#socket.close();
  }

  *run(): Program {
    const { count, deadline } = this.#options;
    const statistics = this.#statistics;
    if (deadline > 0) this.#exitAt = this.#began + deadline;
    for (;;) {
      if (this.#stopped || this.#now >= this.#exitAt) break;
      if (count > 0 && statistics.received + statistics.errors >= count) break;
      if (deadline > 0 && statistics.errors > 0) break;
      let next: Nanos;
      do next = this.#sendDue();
      while (next <= 0);
      if (this.#allSent) this.#endSoon();
      // The socket may hold something already: from this host itself, and from instant wires.
      if (!this.#readAll()) {
        const until = Math.min(this.#now + next, this.#exitAt);
        yield { on: [this.#socket.readable, this.#interrupted], until };
        this.#readAll();
      }
    }
    return this.#finish();
  }

  #finish(): number {
    const { count, deadline, host, flood, adaptive, interval } = this.#options;
    const statistics = this.#statistics;
    const perGap = flood || adaptive || interval === 0;
    const between = this.#lastSent - this.#began;
    this.#context.out(statistics.summary(host, between, { timing: this.#timing, perGap }));
    return statistics.received === 0 || (deadline > 0 && statistics.received < count) ? 1 : 0;
  }

  /** Sets the socket up and finds the address that requests are sent from. */
  #prepare(): number {
    const { namespace } = this.#context;
    const options = this.#options;
    const socket = this.#socket;
    const probe = new UdpSocket(namespace);
    try {
      if (options.device !== null) {
        const device = namespace.device(options.device);
        if (device === null) this.#fail(`SO_BINDTODEVICE ${options.device}: No such device`);
        socket.boundTo = device.ifindex;
        probe.boundTo = device.ifindex;
      }
      for (const each of [socket, probe] as readonly InetSocket[]) {
        each.tos = options.tos;
        each.mark = options.mark;
      }
      if (options.sourceAddress !== null) this.#call("bind", () => socket.bind(options.sourceAddress!));
      try {
        probe.connect(this.#destination, PROBE_PORT);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (error.errno !== "EACCES") this.#fail(`connect: ${errorText[error.errno]}`);
        if (!options.broadcast)
          this.#fail("Do you want to ping broadcast? Then -b. If not, check your local firewall rules");
        this.#context.err("WARNING: pinging broadcast address\n");
        probe.broadcast = true;
        this.#call("connect", () => probe.connect(this.#destination, PROBE_PORT));
        socket.mtuDiscovery = "do";
      }
      socket.broadcast = options.broadcast;
      socket.receiveErrors = true;
      socket.multicastLoop = options.loopback;
      socket.icmpFilter = ~((1 << icmp.SOURCE_QUENCH) | (1 << icmp.REDIRECT) | (1 << icmp.ECHO_REPLY));
      if (options.mtuDiscovery !== null) socket.mtuDiscovery = options.mtuDiscovery;
      if (ip.isMulticast(this.#destination) && options.mtuDiscovery === null) socket.mtuDiscovery = "do";
      if (options.ttl >= 0) {
        socket.ttl = options.ttl;
        socket.multicastTtl = options.ttl;
      }
      return options.sourceAddress ?? probe.localAddress;
    } finally {
      probe.close();
    }
  }

  /** The headline. */
  #announce(canonical: string, source: number): void {
    const { namespace } = this.#context;
    const { device, size, pattern, sourceAddress } = this.#options;
    if (device !== null && ipOutput.deviceOf(namespace, source)?.name !== device)
      this.#context.err(`ping: Warning: source address might be selected on device other than: ${device}\n`);
    if (pattern !== null)
      this.#context.hold(
        `PATTERN: 0x${pattern.map((byte) => byte.toString(16).padStart(2, "0")).join("")}\n`,
      );
    const from =
      device !== null || sourceAddress !== null ? `from ${ip.format(source)} ${device ?? ""}: ` : "";
    this.#context.hold(
      `PING ${canonical} (${ip.format(this.#destination)}) ${from}${size}(${size + 28}) bytes of data.\n`,
    );
  }

  #call(what: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#fail(`${what}: ${errorText[error.errno]}`);
    }
  }

  #fail(message: string): never {
    throw new ProgramExit(2, `ping: ${message}\n`);
  }

  /** Sends a request if one is due. Returns how long to wait for the next one, nothing when it is due now. */
  #sendDue(): Nanos {
    const { interval, preload, outstanding } = this.#options;
    const statistics = this.#statistics;
    if (this.#allSent) return SECOND;
    const now = this.#now;
    if (this.#tokens < 0) {
      this.#tokens = interval * (preload - 1);
    } else {
      const passed = now - this.#lastSent;
      if (interval === 0 && passed < FLOOD_GAP && statistics.inFlight < preload) return FLOOD_GAP - passed;
      if (interval === 0 && passed < MIN_INTERVAL && statistics.inFlight >= preload)
        return MIN_INTERVAL - passed;
      const tokens = Math.min(passed + this.#tokens, interval * preload);
      if (tokens < interval) return interval - tokens;
      this.#tokens = tokens - interval;
    }
    this.#lastSent = now;
    if (outstanding && statistics.transmitted > 0 && !statistics.isAnswered(statistics.transmitted))
      this.#context.out(`${this.#stamp()}no answer yet for icmp_seq=${statistics.transmitted}\n`);
    return this.#send();
  }

  #send(): Nanos {
    const { interval, quiet, flood } = this.#options;
    const statistics = this.#statistics;
    try {
      this.#socket.sendTo(this.#destination, this.#request(statistics.transmitted + 1), this.#confirm);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // Either an ICMP error was waiting in the socket, and the request goes out in a moment, or it counts as sent.
      if (this.#readErrors()) {
        this.#tokens += interval;
        return MIN_INTERVAL;
      }
      statistics.sent();
      this.#tokens = 0;
      return Math.max(interval, MIN_INTERVAL);
    }
    this.#confirm = false;
    statistics.sent();
    if (flood && !quiet) this.#context.out(".");
    if (interval === 0) return statistics.inFlight >= this.#options.preload ? MIN_INTERVAL : FLOOD_GAP;
    return interval - this.#tokens;
  }

  /** All is sent: waits twice the longest round trip, but at least an interval; -W when nothing came back so far. */
  #endSoon(): void {
    const { interval, linger } = this.#options;
    if (this.#ending) return;
    this.#ending = true;
    const { received, longest } = this.#statistics;
    const wait = received > 0 ? Math.max(2 * longest * MICROSECOND, interval) : linger;
    if (wait > 0) this.#exitAt = this.#now + wait;
  }

  #request(sequence: number): Uint8Array {
    const { size, pattern } = this.#options;
    const bytes = new Uint8Array(icmp.HEADER_LEN + size);
    const view = new DataView(bytes.buffer);
    icmp.emit({ kind: "echo-request", identifier: this.#identifier, sequence: sequence & 0xffff }, view, 0);
    for (let i = 0; i < size; i++)
      bytes[icmp.HEADER_LEN + i] = pattern === null ? i & 0xff : pattern[i % pattern.length]!;
    if (this.#timing) {
      const { seconds, nanos } = this.#context.machine.clock();
      view.setUint32(icmp.HEADER_LEN, seconds, true);
      view.setUint32(icmp.HEADER_LEN + 4, Math.floor(seconds / 0x1_0000_0000), true);
      view.setUint32(icmp.HEADER_LEN + 8, Math.floor(nanos / 1000), true);
      view.setUint32(icmp.HEADER_LEN + 12, 0, true);
    }
    icmp.fillChecksum(view, 0, bytes.length);
    return bytes;
  }

  /** Takes what has arrived; true when there was something. It stops when nothing is on its way any more. */
  #readAll(): boolean {
    let any = false;
    for (;;) {
      if (this.#socket.error !== null) {
        this.#socket.takeError();
        this.#readErrors();
      } else {
        const datagram = this.#socket.receive();
        if (datagram === null) return any;
        this.#takeReply(datagram);
      }
      any = true;
      if (this.#statistics.inFlight === 0) return any;
    }
  }

  /** Takes one entry of the socket's error queue. True when it was an ICMP error about this ping. */
  #readErrors(): boolean {
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
    if (icmp.type(view, 0) !== icmp.ECHO_REQUEST || icmp.identifier(view, 0) !== this.#identifier)
      return false;
    const sequence = icmp.sequence(view, 0);
    statistics.acknowledge(sequence);
    statistics.errors++;
    if (quiet) return true;
    if (flood) context.out("\bE");
    else {
      const words = icmpWords(report.type, report.code, report.info);
      context.out(`${this.#stamp()}From ${this.#name(report.from)} icmp_seq=${sequence} ${words}\n`);
    }
    return true;
  }

  #takeReply(datagram: RawDatagram): void {
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
      if (icmp.identifier(view, at) === this.#identifier) this.#takeEcho(datagram, view, at, length);
    } else if (icmp.type(view, at) === icmp.REDIRECT) this.#takeRedirect(datagram, view, at, length);
  }

  #takeEcho(datagram: RawDatagram, view: DataView, at: number, length: number): void {
    const { quiet, flood, size, verbose, audible } = this.#options;
    const context = this.#context;
    const statistics = this.#statistics;
    const sequence = icmp.sequence(view, at);
    const intact = icmp.isChecksumValid(view, at, length);
    let micros = -1;
    if (this.#timing && length >= icmp.HEADER_LEN + TIMEVAL) {
      micros = this.#roundTrip(datagram, view, at + icmp.HEADER_LEN);
      if (intact) statistics.time(micros);
    }
    const repeated = intact && statistics.reply(sequence);
    if (!intact) statistics.corrupted++;
    this.#confirm = true;
    if (quiet) return;
    if (flood) {
      context.out(intact ? "\b \b" : "\bC");
      return;
    }
    let text = `${this.#stamp()}${length} bytes from ${this.#name(datagram.src)}: icmp_seq=${sequence}`;
    if (verbose) text += ` ident=${this.#identifier}`;
    text += ` ttl=${datagram.ttl}`;
    if (length < size + icmp.HEADER_LEN) {
      context.out(`${text} (truncated)\n`);
      return;
    }
    if (micros >= 0) text += ` time=${tripTime(micros)} ms`;
    if (repeated) text += " (DUP!)";
    if (!intact) text += " (BAD CHECKSUM!)";
    context.out(`${text}${this.#wrongByte(view, at + icmp.HEADER_LEN)}${audible ? "\x07" : ""}\n`);
  }

  /** Microseconds since the time that the data tells. */
  #roundTrip(datagram: RawDatagram, view: DataView, data: number): number {
    const { seconds, nanos } = this.#context.machine.clock();
    const waited = this.#now - datagram.at;
    const sent = view.getUint32(data, true) + view.getUint32(data + 4, true) * 0x1_0000_0000;
    const micros =
      (seconds - sent) * 1e6 + Math.floor((nanos - waited) / 1000) - view.getUint32(data + 8, true);
    if (micros >= 0) return micros;
    this.#context.err(`ping: Warning: time of day goes back (${micros}us), taking countermeasures\n`);
    return 0;
  }

  /** The first byte that came back changed, if any. */
  #wrongByte(view: DataView, data: number): string {
    const { size, pattern } = this.#options;
    for (let i = this.#timing ? TIMEVAL : 0; i < size; i++) {
      const expected = pattern === null ? i & 0xff : pattern[i % pattern.length]!;
      const found = view.getUint8(data + i);
      if (found !== expected)
        return `\nwrong data byte #${i} should be 0x${expected.toString(16)} but was 0x${found.toString(16)}`;
    }
    return "";
  }

  #takeRedirect(datagram: RawDatagram, view: DataView, at: number, length: number): void {
    const { quiet, flood } = this.#options;
    const quoted = at + icmp.HEADER_LEN;
    if (length < icmp.HEADER_LEN + ipv4.HEADER_LEN + icmp.HEADER_LEN) return;
    const inner = quoted + ipv4.headerLength(view, quoted);
    if (inner + icmp.HEADER_LEN > at + length || ipv4.dst(view, quoted) !== this.#destination) return;
    if (ipv4.protocol(view, quoted) !== ipv4.PROTO_ICMP || icmp.type(view, inner) !== icmp.ECHO_REQUEST)
      return;
    if (icmp.identifier(view, inner) !== this.#identifier || quiet || flood) return;
    const words = icmpWords(icmp.REDIRECT, icmp.code(view, at), icmp.gateway(view, at));
    const sequence = icmp.sequence(view, inner);
    this.#context.out(`${this.#stamp()}From ${this.#name(datagram.src)}: icmp_seq=${sequence} ${words}\n`);
  }

  #stamp(): string {
    if (!this.#options.timestamps) return "";
    const { seconds, nanos } = this.#context.machine.clock();
    return `[${seconds}.${`${Math.floor(nanos / 1000)}`.padStart(6, "0")}] `;
  }

  /** An address, with its name in front if there is one and the destination was given by name. */
  #name(address: number): string {
    const text = ip.format(address);
    if (this.#options.numeric || ip.parse(this.#options.host) !== null) return text;
    const name = nameOf(this.#context, address);
    return name === null ? text : `${name} (${text})`;
  }
}
