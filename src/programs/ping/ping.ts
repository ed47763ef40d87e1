import * as ipOutput from "../../net/ip-output.ts";
import { KernelError } from "../../net/kernel-error.ts";
import type { RawSocket } from "../../net/raw-socket.ts";
import { type Program, SIGINT, type Wait } from "../../sim/process.ts";
import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { type BufferedContext, buffered } from "../buffered-output.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { lookupError, type ResolvedName, resolveName } from "../resolve-name.ts";
import { PingAnswers } from "./ping-answers.ts";
import { PingData } from "./ping-data.ts";
import { type PingOptions, parsePingOptions } from "./ping-options.ts";
import { openPingSocket } from "./ping-socket.ts";
import { PingStatistics } from "./ping-statistics.ts";

/** The least time between two requests unless replies come sooner. */
const MIN_INTERVAL: Nanos = 10 * MILLISECOND;
/** What a machine needs at the least from one request of a flood to the next, so that a flood takes time. */
const FLOOD_GAP: Nanos = 10 * MICROSECOND;

/** `ping` of iputils 20221126. */
export function ping(context: ProgramContext): Program {
  return runSession(context, function* () {
    const options = parsePingOptions(context);
    const resolved = yield* resolveName(context, options.host);
    if (resolved.address === null)
      throw new ProgramExit(2, `ping: ${options.host}: ${lookupError(resolved.failure)}\n`);
    return new PingSession(context, options, resolved);
  });
}

class PingSession {
  readonly #context: BufferedContext;
  readonly #options: PingOptions;
  readonly #socket: RawSocket;
  readonly #statistics: PingStatistics = new PingStatistics();
  readonly #interrupted: WaitQueue = new WaitQueue();
  readonly #destination: number;
  readonly #data: PingData;
  readonly #answers: PingAnswers;
  readonly #began: Nanos;
  #stopped = false;
  /** When the last request went out. */
  #lastSent: Nanos;
  /** Unused right to send at once, in time. */
  #tokens: Nanos = -1;
  /** All is sent, and the time to wait for the rest is set. */
  #ending = false;
  #exitAt: Nanos = Number.POSITIVE_INFINITY;

  constructor(context: ProgramContext, options: PingOptions, resolved: ResolvedName) {
    this.#context = buffered(context);
    this.#options = options;
    const { namespace } = context;
    this.#destination = resolved.address !== 0 ? resolved.address : ip.LOOPBACK;
    const { socket, source } = openPingSocket(this.#context, options, this.#destination);
    this.#socket = socket;
    this.#announce(resolved.canonical, source);
    const prng = namespace.world.prng.fork(`${namespace.path}/ping/${context.pid}`);
    this.#data = new PingData(this.#context, options, options.identifier ?? prng.below(0x10000));
    this.#answers = new PingAnswers(
      this.#context,
      options,
      socket,
      this.#statistics,
      this.#data,
      this.#destination,
    );
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
      do next = yield* this.#sendDue();
      while (next <= 0);
      if (this.#allSent) this.#endSoon();
      // The socket may hold something already: from this host itself, and from instant wires.
      if (!(yield* this.#answers.readAll())) {
        const until = Math.min(this.#now + next, this.#exitAt);
        yield { on: [this.#socket.readable, this.#interrupted], until };
        yield* this.#answers.readAll();
      }
    }
    return this.#finish();
  }

  #finish(): number {
    const { count, deadline, host, flood, adaptive, interval } = this.#options;
    const statistics = this.#statistics;
    const perGap = flood || adaptive || interval === 0;
    const between = this.#lastSent - this.#began;
    this.#context.out(statistics.summary(host, between, { timing: this.#data.timing, perGap }));
    return statistics.received === 0 || (deadline > 0 && statistics.received < count) ? 1 : 0;
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

  /** Sends a request if one is due. Returns how long to wait for the next one, nothing when it is due now. */
  *#sendDue(): Generator<Wait, Nanos, void> {
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
      this.#context.out(`${this.#answers.stamp()}no answer yet for icmp_seq=${statistics.transmitted}\n`);
    return yield* this.#send();
  }

  *#send(): Generator<Wait, Nanos, void> {
    const { interval, quiet, flood } = this.#options;
    const statistics = this.#statistics;
    try {
      this.#socket.sendTo(
        this.#destination,
        this.#data.request(statistics.transmitted + 1),
        this.#answers.confirmed,
      );
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // Either an ICMP error was waiting in the socket, and the request goes out in a moment, or it counts as sent.
      if (yield* this.#answers.readErrors()) {
        this.#tokens += interval;
        return MIN_INTERVAL;
      }
      statistics.sent();
      this.#tokens = 0;
      return Math.max(interval, MIN_INTERVAL);
    }
    this.#answers.confirmed = false;
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
}
