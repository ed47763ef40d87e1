import type { SocketError } from "../../net/inet-socket.ts";
import { errorText, KernelError } from "../../net/kernel-error.ts";
import { RawSocket } from "../../net/raw-socket.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import { type Program, SIGINT } from "../../sim/process.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { WaitQueue } from "../../sim/wait-queue.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { markOf, TracerouteLines } from "./traceroute-lines.ts";
import { HEADERS, parseTracerouteOptions, type TracerouteOptions } from "./traceroute-options.ts";

/** Where the ports of the default method begin, and the port of -U. */
const FIRST_PORT = 33434;
const UDP_PORT = 53;
/** What an answer's time is taken for at the least, when others wait in proportion to it. */
const PRECISION: Nanos = MILLISECOND;

/** One packet with a small TTL, and what came of it. */
interface Probe {
  sentAt: Nanos | null;
  /** When an answer came; null for none. */
  answeredAt: Nanos | null;
  done: boolean;
  /** It reached the destination, or nothing lies behind. */
  final: boolean;
  from: number | null;
  mark: string;
  socket: UdpSocket | null;
}

/** `traceroute` 2.1, the "modern" one of Linux. */
export function traceroute(context: ProgramContext): Program {
  return runSession(context, function* () {
    return new Traceroute(context, yield* parseTracerouteOptions(context));
  });
}

class Traceroute {
  readonly #context: ProgramContext;
  readonly #options: TracerouteOptions;
  readonly #probes: Probe[] = [];
  readonly #lines: TracerouteLines;
  readonly #data: Uint8Array;
  #raw: RawSocket | null = null;
  #lastSent: Nanos = Number.NEGATIVE_INFINITY;
  /** One behind the last probe that matters. */
  #end: number;

  constructor(context: ProgramContext, options: TracerouteOptions) {
    this.#context = context;
    this.#options = options;
    this.#lines = new TracerouteLines(context, options, this.#probes);
    this.#end = options.maxHops * options.queries;
    for (let i = 0; i < this.#end; i++)
      this.#probes.push({
        sentAt: null,
        answeredAt: null,
        done: false,
        final: false,
        from: null,
        mark: "",
        socket: null,
      });
    this.#data = Uint8Array.from({ length: options.length - HEADERS }, (_, i) => (0x40 + (i & 0x3f)) & 0xff);
  }

  close(): void {
    this.#raw?.close();
    for (const probe of this.#probes) probe.socket?.close();
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  *run(): Program {
    const { host, destination, maxHops, length, method, firstHop, queries } = this.#options;
    this.#context.out(
      `traceroute to ${host} (${ip.format(destination)}), ${maxHops} hops max, ${length} byte packets`,
    );
    // Ctrl-C ends the tool by the signal; the line that it had begun stays.
    this.#context.onSignal((signal) => {
      if (signal === SIGINT) this.#context.out("\n");
      return false;
    });
    if (method === "icmp") this.#openRaw();
    let start = (firstHop - 1) * queries;
    while (start < this.#end) {
      const readable: WaitQueue[] = this.#raw === null ? [] : [this.#raw.readable];
      let wake = Number.POSITIVE_INFINITY;
      let waiting = 0;
      for (let n = start; n < this.#end; n++) {
        const probe = this.#probes[n]!;
        if (!probe.done && probe.sentAt !== null && this.#now >= probe.sentAt + this.#patience(n))
          this.#finish(probe);
        if (probe.done) {
          if (n === start) {
            yield* this.#lines.print(n);
            start++;
          }
          if (probe.final) this.#end = (Math.floor(n / queries) + 1) * queries;
          continue;
        }
        if (probe.sentAt === null) {
          if (this.#now < this.#lastSent + this.#options.gap) {
            wake = Math.min(wake, this.#lastSent + this.#options.gap);
            break;
          }
          this.#send(probe, n);
          if (probe.done) {
            n--;
            continue;
          }
        }
        wake = Math.min(wake, probe.sentAt! + this.#patience(n));
        if (probe.socket !== null) readable.push(probe.socket.readable);
        if (++waiting >= this.#options.window) break;
      }
      if (start >= this.#end) break;
      if (wake < Number.POSITIVE_INFINITY) yield { on: readable, until: wake };
      this.#readAll();
    }
    this.#context.out("\n");
    return 0;
  }

  #fail(what: string, error: unknown): never {
    if (!(error instanceof KernelError)) throw error;
    throw new ProgramExit(1, `\n${what}: ${errorText[error.errno]}\n`);
  }

  #configure(socket: UdpSocket | RawSocket): void {
    const { device, source, tos, mark, dontFragment } = this.#options;
    socket.tos = tos;
    socket.mark = mark;
    socket.mtuDiscovery = dontFragment ? "do" : "dont";
    socket.receiveErrors = true;
    if (device !== null) {
      const found = this.#context.namespace.device(device);
      if (found === null) throw new ProgramExit(1, "\nsetsockopt SO_BINDTODEVICE: No such device\n");
      socket.boundTo = found.ifindex;
    }
    if (source === 0) return;
    try {
      if (socket instanceof UdpSocket) socket.bind(source, 0);
      else socket.bind(source);
    } catch (error) {
      this.#fail("bind", error);
    }
  }

  #openRaw(): void {
    this.#raw = new RawSocket(this.#context.namespace, ipv4.PROTO_ICMP);
    this.#configure(this.#raw);
    try {
      this.#raw.connect(this.#options.destination);
    } catch (error) {
      this.#fail("connect", error);
    }
  }

  #send(probe: Probe, n: number): void {
    const { queries, destination, method, port } = this.#options;
    probe.sentAt = this.#now;
    this.#lastSent = this.#now;
    const ttl = Math.floor(n / queries) + 1;
    const order = n - (this.#options.firstHop - 1) * queries;
    let socket: UdpSocket | RawSocket;
    let act: () => void;
    if (this.#raw !== null) {
      const raw = this.#raw;
      socket = raw;
      act = () => raw.sendTo(destination, this.#echo((port ?? 1) + order));
    } else {
      const udp = new UdpSocket(this.#context.namespace);
      probe.socket = udp;
      socket = udp;
      this.#configure(udp);
      const to = method === "udp" ? (port ?? UDP_PORT) : ((port ?? FIRST_PORT) + order) & 0xffff;
      try {
        udp.connect(destination, to);
      } catch (error) {
        this.#fail("connect", error);
      }
      act = () => udp.send(this.#data);
    }
    socket.ttl = ttl;
    try {
      act();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const entry = socket.takeQueuedError();
      if (entry === null || entry.report !== null) this.#fail("send", error);
      this.#takeError(probe, entry);
    }
  }

  #echo(sequence: number): Uint8Array {
    const bytes = new Uint8Array(icmp.HEADER_LEN + this.#data.length);
    const view = new DataView(bytes.buffer);
    const identifier = this.#context.pid & 0xffff;
    icmp.emit({ kind: "echo-request", identifier, sequence: sequence & 0xffff }, view, 0);
    bytes.set(this.#data, icmp.HEADER_LEN);
    icmp.fillChecksum(view, 0, bytes.length);
    return bytes;
  }

  /** How long an answer to a probe is waited for. */
  #patience(n: number): Nanos {
    const { wait, here, near, queries } = this.#options;
    const scaled = (other: Probe, factor: number): Nanos =>
      Math.min(wait, (other.answeredAt! - other.sentAt! + PRECISION) * factor);
    if (here > 0) {
      const first = n - (n % queries);
      for (const other of this.#probes.slice(first, first + queries))
        if (other.done && other.answeredAt !== null) return scaled(other, here);
    }
    if (near > 0) {
      for (let i = n + 1; i < this.#end && this.#probes[i]!.sentAt !== null; i++) {
        const other = this.#probes[i]!;
        if (other.done && other.answeredAt !== null) return scaled(other, near);
      }
    }
    return wait;
  }

  #finish(probe: Probe): void {
    probe.done = true;
    probe.socket?.close();
    probe.socket = null;
  }

  #readAll(): void {
    for (const probe of this.#probes) {
      const socket = probe.socket;
      if (socket === null) continue;
      const entry = socket.takeQueuedError();
      if (entry !== null) this.#takeError(probe, entry);
      else if (socket.receive() !== null) this.#answer(probe, this.#options.destination, true, "");
    }
    const raw = this.#raw;
    if (raw === null) return;
    for (let entry = raw.takeQueuedError(); entry !== null; entry = raw.takeQueuedError()) {
      const probe = this.#probeOf(entry.payload, icmp.ECHO_REQUEST);
      if (probe !== null) this.#takeError(probe, entry);
    }
    raw.takeError();
    for (let d = raw.receive(); d !== null; d = raw.receive()) {
      const header = (d.bytes[0]! & 0x0f) * 4;
      const probe = this.#probeOf(d.bytes.subarray(header), icmp.ECHO_REPLY);
      if (probe !== null) this.#answer(probe, d.src, true, "");
    }
  }

  /** The probe that waits for an answer with this ICMP header. */
  #probeOf(bytes: Uint8Array, type: number): Probe | null {
    if (bytes.length < icmp.HEADER_LEN) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (icmp.type(view, 0) !== type || icmp.identifier(view, 0) !== (this.#context.pid & 0xffff)) return null;
    const { port, firstHop, queries } = this.#options;
    const order = (icmp.sequence(view, 0) - (port ?? 1)) & 0xffff;
    const probe = this.#probes[order + (firstHop - 1) * queries];
    return probe === undefined || probe.done || probe.sentAt === null ? null : probe;
  }

  #takeError(probe: Probe, entry: SocketError): void {
    const { report } = entry;
    if (report === null) {
      // This host itself says that the packet is too long for the way.
      if (entry.errno !== "EMSGSIZE") return;
      this.#answer(probe, null, true, `!F-${entry.info}`);
    } else if (report.type === icmp.TIME_EXCEEDED) {
      if (report.code === icmp.TTL_EXCEEDED) this.#answer(probe, report.from, false, "");
    } else if (report.type === icmp.DESTINATION_UNREACHABLE) {
      const reached = this.#raw === null && report.code === icmp.PORT_UNREACHABLE;
      this.#answer(probe, report.from, true, reached ? "" : markOf(report.code, report.info));
    }
  }

  #answer(probe: Probe, from: number | null, final: boolean, mark: string): void {
    probe.answeredAt = this.#now;
    probe.from = from;
    probe.final = final;
    probe.mark = mark;
    this.#finish(probe);
  }
}
