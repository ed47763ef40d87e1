import type { Nanos } from "./time.ts";
import type { Timer } from "./timer.ts";
import { WaitQueue } from "./wait-queue.ts";
import type { World } from "./world.ts";

/**
 * What a program waits for: what is told by any of the queues, or the instant `until` (Infinity: no limit of time). The program looks
 * for itself which of them it was, as after poll(2).
 */
export interface Wait {
  readonly on: readonly WaitQueue[];
  readonly until: Nanos;
}

/** A program: it yields what it waits for and returns its exit status (0 to 255). */
export type Program = Generator<Wait, number, void>;

/** Thrown into a program that is ended by a signal; a `finally` in it still runs. */
export class Terminated extends Error {
  override readonly name = "Terminated";
  readonly signal: number;

  constructor(signal: number) {
    super(`ended by signal ${signal}`);
    this.signal = signal;
  }
}

export const SIGINT = 2;
export const SIGKILL = 9;
export const SIGTERM = 15;
/** SIGCHLD, SIGCONT, SIGURG and SIGWINCH: whoever does not take them is not ended by them (signal(7)). */
export const IGNORED_SIGNALS: ReadonlySet<number> = new Set([17, 18, 23, 28]);

/** A running program. It runs synchronously inside the event loop, in virtual time, until it waits or ends. */
export class Process {
  /** Raised when it has ended. */
  readonly exited: WaitQueue = new WaitQueue();
  /** Exit status, 128 + N when signal N ended it; null while it runs. */
  status: number | null = null;
  /** Signals that a program wants to see for itself (tcpdump prints its counts on SIGINT): returns true when it took it. */
  onSignal: ((signal: number) => boolean) | null = null;
  /** The first process of a pid namespace: signals that it does not take do nothing to it, save SIGKILL (pid_namespaces(7)). */
  init = false;
  #frozen = false;
  /** What it waited for came while it was frozen. */
  #missed = false;
  readonly #world: World;
  readonly #program: Program;
  readonly #timer: Timer;
  readonly #turn: Timer;
  #waitingOn: readonly WaitQueue[] = [];

  constructor(world: World, program: Program) {
    this.#world = world;
    this.#program = program;
    this.#timer = world.timer(() => this.#resume());
    this.#turn = world.timer(() => this.#resume());
    this.#turn.arm(0);
  }

  /** True: it takes no step. What it waits for passes meanwhile, and it goes on when it is let go. */
  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    if (frozen || !this.#missed) return;
    this.#missed = false;
    this.wake();
  }

  /** Goes on in its turn of this instant. */
  wake(): void {
    if (this.status === null && !this.#turn.armed) this.#turn.arm(0);
  }

  /** Sends it a signal, as kill(2) does. SIGKILL cannot be caught. */
  kill(signal: number): void {
    if (this.status !== null) return;
    if (signal !== SIGKILL && (this.onSignal?.(signal) === true || this.init || IGNORED_SIGNALS.has(signal)))
      return;
    this.#stopWaiting();
    const before = this.#world.running;
    this.#world.running = this;
    try {
      this.#program.throw(new Terminated(signal));
    } catch (error) {
      if (!(error instanceof Terminated)) throw error;
    } finally {
      this.#world.running = before;
    }
    this.#end(128 + signal);
  }

  #resume(): void {
    if (this.status !== null) return;
    if (this.#frozen) {
      this.#missed = true;
      return;
    }
    this.#stopWaiting();
    this.#world.running = this;
    const step = this.#program.next();
    this.#world.running = null;
    if (step.done === true) {
      this.#end(step.value);
      return;
    }
    this.#waitingOn = step.value.on;
    for (const queue of this.#waitingOn) queue.add(this);
    if (step.value.until !== Number.POSITIVE_INFINITY) {
      this.#timer.arm(Math.max(0, step.value.until - this.#world.now));
    }
  }

  #stopWaiting(): void {
    for (const queue of this.#waitingOn) queue.remove(this);
    this.#waitingOn = [];
    this.#timer.cancel();
    this.#turn.cancel();
  }

  #end(status: number): void {
    this.status = status;
    this.exited.notify();
  }
}
