import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type Credentials, ROOT } from "../programs/credentials.ts";
import { type Process, type Program, SIGKILL, Terminated, type Wait } from "../sim/process.ts";
import type { Nanos } from "../sim/time.ts";
import type { World } from "../sim/world.ts";

/** A step of a shell that may wait in virtual time and gives a value. */
export type Run<T> = Generator<Wait, T, void>;

/** One line of the host's process table. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The words that it was started with, as they were typed. */
  readonly command: string;
  readonly started: Nanos;
  /** Who it runs as: a user, and a group. */
  readonly uid: number;
  readonly gid: number;
  /** What it may do besides. */
  readonly credentials: Credentials;
  /** What it executed last, by name and by words; null as long as it is what it was started as. */
  executed: { readonly name: string; readonly words: string } | null;
  /** The signal that ended it, or null. */
  endedBy: number | null;
  readonly process: Process;
  /** Where it lives; null if it has nothing to do with the network. */
  namespace: NetworkNamespace | null;
}

interface StartOptions {
  readonly pid?: number;
  readonly namespace?: NetworkNamespace;
  /** Root unless given. */
  readonly uid?: number;
  readonly gid?: number;
  readonly credentials?: Credentials;
  /** Runs when it has ended, whatever ended it. */
  readonly release?: () => void;
}

/** Where a program that is being started will find its entry. */
interface Holder {
  entry: ProcessEntry | null;
}

const FIRST_PID = 1000;

/** A container's process as its host's table shows it: under another pid, and all else the same. */
class OuterEntry implements ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly #inner: ProcessEntry;

  constructor(inner: ProcessEntry, pid: number, parent: number) {
    this.#inner = inner;
    this.pid = pid;
    this.parent = parent;
  }

  get command(): string {
    return this.#inner.command;
  }

  get started(): Nanos {
    return this.#inner.started;
  }

  get uid(): number {
    return this.#inner.uid;
  }

  get gid(): number {
    return this.#inner.gid;
  }

  get credentials(): Credentials {
    return this.#inner.credentials;
  }

  get executed(): ProcessEntry["executed"] {
    return this.#inner.executed;
  }

  set executed(program: ProcessEntry["executed"]) {
    this.#inner.executed = program;
  }

  get process(): Process {
    return this.#inner.process;
  }

  get endedBy(): number | null {
    return this.#inner.endedBy;
  }

  set endedBy(signal: number | null) {
    this.#inner.endedBy = signal;
  }

  get namespace(): NetworkNamespace | null {
    return this.#inner.namespace;
  }
}

/**
 * The processes of one host. Pids count up from 1000 in the order of starting, so they are the same in every run. The
 * processes of a container have a table of their own (a pid namespace), in which pids count from 1, and stand in the
 * table of the host besides, under other pids.
 */
export class ProcessTable {
  readonly world: World;
  readonly #outer: ProcessTable | null;
  readonly #entries: Map<number, ProcessEntry> = new Map();
  /** The pids that the host sees, by those that the container sees. */
  readonly #outerPids: Map<number, number> = new Map();
  #next: number;

  /** @param outer the host's table, for that of a container. */
  constructor(world: World, outer: ProcessTable | null = null) {
    this.world = world;
    this.#outer = outer;
    this.#next = outer === null ? FIRST_PID : 1;
  }

  /** The pid that the host sees for a process of a container. */
  outerPid(pid: number): number {
    return this.#outerPids.get(pid) ?? pid;
  }

  /** Pids count from 1 again, as in a namespace that was made anew. */
  restart(): void {
    this.#next = 1;
  }

  /** A pid for a process that ends before anybody can look. */
  takePid(): number {
    return this.#next++;
  }

  /**
   * Starts `program` as a process of its own. The program gets its own entry, because signals are set up there.
   * `release` runs when it has ended, even if it was killed before its first step.
   */
  start(
    parent: number,
    command: string,
    program: (entry: ProcessEntry) => Program,
    options: StartOptions = {},
  ): ProcessEntry {
    const pid = options.pid ?? this.takePid();
    const outer = this.#outer;
    const outerPid = outer === null ? 0 : outer.takePid();
    const holder: Holder = { entry: null };
    const main = this.#run(pid, outerPid, program, holder, options);
    // A generator that was never begun runs none of its `finally` when it is thrown into: so it is begun here.
    main.next();
    const entry: ProcessEntry = {
      pid,
      parent,
      command,
      started: this.world.now,
      uid: options.uid ?? 0,
      gid: options.gid ?? 0,
      credentials: options.credentials ?? ROOT,
      executed: null,
      endedBy: null,
      namespace: options.namespace ?? null,
      process: this.world.start(main),
    };
    holder.entry = entry;
    this.#entries.set(pid, entry);
    if (outer !== null) {
      this.#outerPids.set(pid, outerPid);
      outer.#entries.set(outerPid, new OuterEntry(entry, outerPid, this.#outerPids.get(parent) ?? 1));
    }
    return entry;
  }

  /** Runs a program, whose entry is in the holder when it takes its first step, and takes it off the tables at its end. */
  *#run(
    pid: number,
    outerPid: number,
    program: (entry: ProcessEntry) => Program,
    holder: Holder,
    options: StartOptions,
  ): Program {
    try {
      yield { on: [], until: 0 }; // not seen by anybody: see above
      return yield* program(holder.entry!);
    } catch (error) {
      if (!(error instanceof Terminated)) throw error;
      holder.entry!.endedBy = error.signal;
      return 128 + error.signal;
    } finally {
      this.#entries.delete(pid);
      this.#outerPids.delete(pid);
      if (this.#outer !== null) this.#outer.#entries.delete(outerPid);
      const lived = holder.entry?.namespace ?? null;
      if (lived !== null) lived.host.left(lived);
      options.release?.();
    }
  }

  find(pid: number): ProcessEntry | null {
    return this.#entries.get(pid) ?? null;
  }

  /** By pid. */
  list(): readonly ProcessEntry[] {
    return [...this.#entries.values()];
  }

  /** Ends everything at this instant, as pulling the plug does: the process that asks for it too. */
  stop(): void {
    this.world.after(0, () => {
      for (const entry of this.list()) entry.process.kill(SIGKILL);
    });
  }
}

/** Waits until `process` has ended; its status. */
export function* exitOf(process: Process): Run<number> {
  while (process.status === null) yield { on: [process.exited], until: Number.POSITIVE_INFINITY };
  return process.status;
}
