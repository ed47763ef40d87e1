import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type Process, SIGINT, Terminated } from "../sim/process.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import { jobLine } from "./builtins/jobs.ts";
import { type Completion, complete } from "./complete.ts";
import { runScript } from "./execute.ts";
import { INTERPRETER } from "./interpreter.ts";
import { Keyboard } from "./keyboard.ts";
import type { Machine } from "./machine.ts";
import type { ProcessEntry, Run } from "./process-table.ts";
import { reportSyntax } from "./programs/shells.ts";
import { LineAbandoned, ShellState } from "./shell-state.ts";
import { nullStream, type Piece, type Stream, Terminal } from "./stream.ts";
import { runExitTrap, statusOfEnd } from "./subshell.ts";
import { type BashLibrary, loadBashLibrary, parseBash, SyntaxFailure } from "./syntax.ts";
import { watchSignals } from "./traps.ts";

/** What a line printed, and its exit status (0 to 255). */
interface TypedResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order of writing, as a terminal shows them. */
  readonly output: string;
  readonly status: number;
}

export interface ShellOptions {
  /** As at a prompt: errors without line numbers, `[1] 1234` for background jobs, aliases. Default: as `bash -c`. */
  readonly interactive?: boolean;
  /** Where to start instead of the machine's own namespace. */
  readonly namespace?: () => NetworkNamespace;
  /** How long a line may take in virtual time before it is ended like a `ping` without `-c` by Ctrl-C. Default: an hour. */
  readonly patience?: Nanos;
  /** Called with every piece of output as it is written. */
  readonly onPiece?: (piece: Piece) => void;
}

const DEFAULT_PATIENCE: Nanos = 3600 * SECOND;
/** The status of a line that somebody ended with Ctrl-C. */
const INTERRUPTED = 128 + SIGINT;

/**
 * A bash that a person types into. It keeps variables, functions, options, directory and jobs from line to line.
 * Virtual time stands still between lines.
 */
export class Shell {
  readonly machine: Machine;
  readonly #options: ShellOptions;
  readonly #terminal: Terminal = new Terminal();
  readonly #keyboard: Keyboard = new Keyboard();
  #library: BashLibrary | null = null;
  #state: ShellState | null = null;
  #running: ProcessEntry | null = null;
  #interrupted = false;
  /** True once `exit` was typed; the next line begins a new bash. */
  ended = false;

  constructor(machine: Machine, options: ShellOptions = {}) {
    this.machine = machine;
    this.#options = options;
    this.#terminal.onPiece = options.onPiece ?? null;
  }

  /**
   * The prompt of the shell that the last line opened at this terminal, as `docker run -it alpine` does, and that the next
   * line goes to; null when it is this shell's turn.
   */
  get innerPrompt(): string | null {
    return this.#running === null ? null : (this.#keyboard.prompt ?? "");
  }

  /**
   * Types a line (or several) and runs the world until its commands have ended, or wait at the terminal for something to
   * be typed: the next line goes to them. Lines typed at once wait for each other.
   */
  type(line: string): Promise<TypedResult> {
    return this.machine.outside.inTurn(() => this.#typeNow(line));
  }

  /** Ends the shell as at the end of a script: the EXIT trap runs. Background jobs go on. */
  end(): Promise<TypedResult> {
    return this.machine.outside.inTurn(async () => {
      if (this.#running !== null) {
        this.#keyboard.closed = true;
        this.#keyboard.type("");
        await this.#drive(this.#running, this.#state!);
        this.#keyboard.closed = false;
      }
      const state = this.#state;
      const status =
        state === null ? 0 : await this.#run((running) => runExitTrap(running, running.status), state);
      this.#state = null;
      this.ended = true;
      return this.#result(status);
    });
  }

  /** What Tab offers for a line with the cursor at `cursor`; nothing while a line runs. */
  async complete(line: string, cursor: number, machines: readonly string[] = []): Promise<Completion> {
    this.#library ??= await loadBashLibrary();
    if (this.#running !== null) return { from: cursor, candidates: [] };
    const state = (this.#state ??= this.#begin(this.#library));
    return complete(line, cursor, {
      commands: this.machine.commands,
      defined: [...state.functions.keys(), ...state.aliases.keys()],
      variables: state.variables.names(),
      namespace: state.namespace,
      cwd: state.cwd,
      home: state.variables.get("HOME") ?? "/root",
      machines,
      files: (namespace) => this.machine.files.view(namespace),
    });
  }

  /** Ctrl-C: the line that runs now, and what it started in the foreground, get SIGINT. */
  interrupt(): void {
    if (this.#running !== null) this.#killForeground(SIGINT);
  }

  async #typeNow(line: string): Promise<TypedResult> {
    this.#library ??= await loadBashLibrary();
    if (this.#running !== null) {
      this.#keyboard.type(`${line}\n`);
      const status = await this.#drive(this.#running, this.#state!);
      if (this.#running === null && !this.ended) this.#state!.status = status;
      return this.#result(status);
    }
    const state = (this.#state ??= this.#begin(this.#library));
    this.ended = false;
    const status = await this.#run((running) => this.#runLine(running, line), state);
    if (this.ended) this.#state = null;
    else state.status = status;
    return this.#result(status);
  }

  #begin(library: BashLibrary): ShellState {
    const streams = new Map<number, Stream>([
      [0, { ...nullStream(), keyboard: this.#keyboard }],
      [1, this.#terminal.stdout],
      [2, this.#terminal.stderr],
    ]);
    const state = new ShellState(this.machine, library, INTERPRETER, streams);
    state.namespace = this.#options.namespace?.() ?? this.machine.namespace;
    if (this.#options.interactive) state.naming = { kind: "prompt" };
    state.shellPid = this.machine.processes.takePid();
    const exported: Readonly<Record<string, string>> = {
      HOME: "/root",
      LOGNAME: "root",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      PWD: state.cwd,
      SHELL: "/bin/bash",
      TERM: "dumb",
      USER: "root",
    };
    for (const [name, value] of Object.entries(exported)) {
      state.variables.set(name, value);
      state.variables.demand(name).exported = true;
    }
    const plain: Readonly<Record<string, string>> = {
      BASH: "/bin/bash",
      BASH_VERSION: "5.2.15(1)-release",
      EUID: "0",
      IFS: " \t\n",
      OPTIND: "1",
      OSTYPE: "linux-gnu",
      PS4: "+ ",
      UID: "0",
    };
    for (const [name, value] of Object.entries(plain)) state.variables.set(name, value);
    return state;
  }

  /** Runs something as the shell's own process until it has ended. */
  async #run(body: (state: ShellState) => Run<number>, state: ShellState): Promise<number> {
    const entry = this.machine.processes.start(
      1,
      "bash",
      function* (own) {
        state.process = own;
        watchSignals(state);
        return yield* body(state);
      },
      { pid: state.shellPid, namespace: state.namespace },
    );
    this.#running = entry;
    this.#interrupted = false;
    return await this.#drive(entry, state);
  }

  /** Runs the world until the shell's process has ended, or somebody has to type something. */
  async #drive(entry: ProcessEntry, state: ShellState): Promise<number> {
    const outside = this.machine.outside;
    let waits = false;
    try {
      const until = this.machine.world.now + (this.#options.patience ?? DEFAULT_PATIENCE);
      const ended = (): boolean => entry.process.status !== null || this.#keyboard.wanted;
      if (!(await outside.drive(ended, until))) {
        const waited = Math.round((this.#options.patience ?? DEFAULT_PATIENCE) / SECOND);
        const late = this.machine.world.now >= until;
        this.#terminal.stderr.write(
          late || !this.#hangs()
            ? `bash: this line had not ended after ${waited} s of virtual time, so it was interrupted\n`
            : "bash: this line waits for something that can never happen, so it was interrupted\n",
        );
        this.#killForeground(SIGINT);
        if (!(await outside.drive(ended, this.machine.world.now + SECOND))) this.#killForeground(9);
        state.status = INTERRUPTED;
        await outside.settle();
        return INTERRUPTED;
      }
      // What the line set going and is due at this very instant still happens, as `echo hello &` does.
      await outside.settle();
      waits = entry.process.status === null;
      return waits ? this.#keyboard.status : entry.process.status!;
    } finally {
      if (!waits) {
        this.#running = null;
        this.#keyboard.prompt = null;
      }
    }
  }

  /** True if nothing at all is left to happen in the world. */
  #hangs(): boolean {
    return this.machine.world.queue.size === 0;
  }

  *#runLine(state: ShellState, line: string): Run<number> {
    state.line = 1;
    if (state.naming.kind === "prompt") this.#reportJobs(state);
    try {
      return yield* runScript(state, parseBash(state.library, line));
    } catch (error) {
      if (error instanceof SyntaxFailure) {
        reportSyntax(state, error, line, "-c: ");
        return 2;
      }
      if (error instanceof LineAbandoned) return error.status;
      // Ctrl-C ends the line, not the shell.
      if (error instanceof Terminated && this.#interrupted) return 128 + error.signal;
      const status = error instanceof Terminated ? 128 + error.signal : statusOfEnd(error);
      this.ended = true;
      return yield* runExitTrap(state, status);
    }
  }

  /** At a prompt bash tells of jobs that ended, before the next line. */
  #reportJobs(state: ShellState): void {
    for (const job of state.jobs.list()) {
      if (job.entry.process.status === null) continue;
      state.err(jobLine(state, job));
      job.reported = true;
    }
  }

  /** Sends a signal to the running line and to all that it waits for; background jobs are left alone. */
  #killForeground(signal: number): void {
    const processes = this.machine.processes;
    const jobs = new Set(this.#state?.jobs.running().map((job) => job.entry.pid));
    const kill = (pid: number): void => {
      for (const entry of processes.list()) if (entry.parent === pid && !jobs.has(entry.pid)) kill(entry.pid);
      const entry = processes.find(pid);
      if (entry !== null) killGently(entry.process, signal);
    };
    this.#interrupted = true;
    if (this.#running !== null) kill(this.#running.pid);
  }

  #result(status: number): TypedResult {
    const pieces = this.#terminal.take();
    const of = (stream: 1 | 2): string =>
      pieces
        .filter((piece) => piece.stream === stream)
        .map((piece) => piece.text)
        .join("");
    return { stdout: of(1), stderr: of(2), output: pieces.map((piece) => piece.text).join(""), status };
  }
}

function killGently(process: Process, signal: number): void {
  if (process.status === null) process.kill(signal);
}
