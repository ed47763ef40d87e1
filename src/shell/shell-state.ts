import { assert } from "../base/assert.ts";
import { resolvePath } from "../base/path.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type Credentials, ROOT } from "../programs/credentials.ts";
import type { Nanos } from "../sim/time.ts";
import { inAshWords } from "./ash-words.ts";
import type { FileSystem } from "./file-system.ts";
import { JobTable } from "./job-table.ts";
import type { Machine } from "./machine.ts";
import type { ProcessEntry, Run } from "./process-table.ts";
import { SET_AT_START, SHOPT_AT_START } from "./shell-options.ts";
import { type Stream, WriteFailure } from "./stream.ts";
import {
  type BashLibrary,
  type CommandNode,
  type FunctionNode,
  loadBashLibrary,
  type ScriptNode,
} from "./syntax.ts";
import { filesOfUser, USUAL_MASK } from "./user-files.ts";
import { Variables } from "./variables.ts";

/** How this shell was started, which decides how it names itself in an error. */
export type Naming =
  | { readonly kind: "prompt" }
  | { readonly kind: "command"; readonly name: string }
  | { readonly kind: "script"; readonly name: string }
  /** `sh`, which is dash on Debian: it runs as bash does, but words its errors in its own way. */
  | { readonly kind: "dash"; readonly name: string }
  /** `sh`, which is busybox's ash in a container; `script` for a file, whose lines are counted. */
  | {
      readonly kind: "ash";
      readonly name: string;
      readonly script: boolean;
      /** Somebody types into it, or its text comes from standard input at once. */
      readonly source?: "typed" | "input";
    };

/** The parts of the interpreter that call each other in a circle; put together in `interpreter.ts`. */
export interface Interpreter {
  /** Runs a whole text in the present shell; the status of its last command. */
  runScript(state: ShellState, script: ScriptNode): Run<number>;
  /** Runs words as a command: function, builtin or program. */
  runWords(
    state: ShellState,
    words: readonly string[],
    options?: { functions?: boolean; inPlace?: boolean },
  ): Run<number>;
  /** Runs one command of the tree. */
  runCommand(state: ShellState, command: CommandNode): Run<number>;
  /** What a command prints, for `$(...)`. */
  capture(state: ShellState, script: ScriptNode): Run<string>;
  parse(state: ShellState, text: string): ScriptNode;
}

/** More commands than this while the clock stands still are an endless loop. */
const COMMANDS_AT_ONE_INSTANT = 200_000;

/** Everything that one running bash knows. A subshell gets a copy. */
export class ShellState {
  readonly machine: Machine;
  readonly interpreter: Interpreter;
  namespace: NetworkNamespace;
  credentials: Credentials = ROOT;
  variables: Variables = new Variables();
  functions: Map<string, FunctionNode> = new Map();
  aliases: Map<string, string> = new Map();
  /** The options of `set -o` that are on. */
  options: Set<string> = new Set(SET_AT_START);
  /** The options of `shopt` that are on. */
  shellOptions: Set<string> = new Set(SHOPT_AT_START);
  /** Commands to run at a signal or at the end, by the name that `trap` uses. */
  traps: Map<string, string> = new Map();
  /** What `ulimit` was told, by letter; null for no limit. */
  limits: Map<string, number | null> = new Map();
  /** The number of its terminal below /dev/pts, if it has one. */
  terminal = 0;
  /** How far they may be raised, where that is not as far as they are. */
  hardLimits: Map<string, number | null> = new Map();
  positional: readonly string[] = [];
  naming: Naming = { kind: "command", name: "bash" };
  cwd = "/root";
  /** What new files and directories may not be: umask(2). */
  umask: number = USUAL_MASK;
  status = 0;
  /** The status of the last `$(...)`: that of a command that has no words besides. */
  substituted: number | null = null;
  pipeStatus: readonly number[] = [0];
  lastBackground: number | null = null;
  lastArgument = "";
  line = 1;
  jobs: JobTable;
  /** Open files by number. */
  streams: Map<number, Stream>;
  /** `$$`: the pid of the shell that a person started, in its subshells too. */
  shellPid: number;
  /** The process that this shell is; null only while it is made. */
  process: ProcessEntry | null = null;
  /** True if the next program takes this process over: it is all that a background job or pipeline stage does. */
  inPlace = false;
  loopDepth = 0;
  /** Above zero while a failing command does not end the shell under `set -e`. */
  conditionDepth = 0;
  functionDepth = 0;
  sourceDepth = 0;
  functionNames: readonly string[] = [];
  substitutionDepth = 0;
  startedAt: Nanos;
  /** Signals that arrived and have a trap. */
  pendingSignals: number[] = [];
  #library: BashLibrary | null;
  #commandsAtInstant = 0;
  #instant: Nanos = -1;

  constructor(
    machine: Machine,
    library: BashLibrary | null,
    interpreter: Interpreter,
    streams: Map<number, Stream>,
  ) {
    this.machine = machine;
    this.#library = library;
    this.interpreter = interpreter;
    this.namespace = machine.namespace;
    this.streams = streams;
    this.jobs = new JobTable();
    this.shellPid = 0;
    this.startedAt = machine.world.now;
  }

  /** A subshell's copy: changes stay in it. It holds its own share of every open file. */
  fork(): ShellState {
    const child = new ShellState(this.machine, this.#library, this.interpreter, new Map(this.streams));
    for (const stream of child.streams.values()) stream.retain();
    child.jobs = new JobTable(this.jobs.shown());
    child.namespace = this.namespace;
    child.credentials = this.credentials;
    child.variables = this.variables.clone();
    child.functions = new Map(this.functions);
    child.aliases = new Map(this.aliases);
    child.options = new Set(this.options);
    child.shellOptions = new Set(this.shellOptions);
    child.positional = this.positional;
    child.naming = this.naming;
    child.cwd = this.cwd;
    child.umask = this.umask;
    child.terminal = this.terminal;
    child.limits = new Map(this.limits);
    child.hardLimits = new Map(this.hardLimits);
    child.status = this.status;
    child.pipeStatus = this.pipeStatus;
    child.lastBackground = this.lastBackground;
    child.lastArgument = this.lastArgument;
    child.line = this.line;
    child.shellPid = this.shellPid;
    child.process = this.process;
    child.conditionDepth = this.conditionDepth;
    child.functionDepth = this.functionDepth;
    child.functionNames = this.functionNames;
    child.sourceDepth = this.sourceDepth;
    child.loopDepth = this.loopDepth;
    child.substitutionDepth = this.substitutionDepth;
    child.startedAt = this.startedAt;
    return child;
  }

  /** Loads the library that parses, for a process that was started without it, as those of containers are. */
  *loadLibrary(): Run<void> {
    this.#library ??= yield* this.machine.outside.call(loadBashLibrary);
  }

  /** The library that parses; only a process that is no shell and no text tool is without it. */
  get library(): BashLibrary {
    assert(this.#library !== null, "the bash library is loaded");
    return this.#library;
  }

  /** Gives the share of the open files back. */
  releaseStreams(): void {
    for (const stream of this.streams.values()) stream.release();
    this.streams = new Map();
  }

  get files(): FileSystem {
    const files = this.machine.files.view(this.namespace, this.process?.pid ?? null);
    return filesOfUser(files, this.credentials, this.umask);
  }

  get now(): Nanos {
    return this.machine.world.now;
  }

  /** An absolute path. */
  path(path: string): string {
    return resolvePath(this.cwd, path);
  }

  stream(fd: number): Stream | null {
    return this.streams.get(fd) ?? null;
  }

  out(text: string): void {
    this.stream(1)?.write(text);
  }

  /** Where standard error cannot be written to, nobody is told, as in bash. */
  err(text: string): void {
    try {
      this.stream(2)?.write(text);
    } catch (error) {
      if (!(error instanceof WriteFailure)) throw error;
    }
  }

  /** What stands before an error of the shell itself: `bash: line 3: `. */
  get prefix(): string {
    if (this.naming.kind === "prompt") return "bash: ";
    if (this.naming.kind === "ash" && !this.naming.script) return `${this.naming.name}: `;
    if (this.naming.kind === "dash") return `${this.naming.name}: ${this.line}: `;
    return `${this.naming.name}: line ${this.line}: `;
  }

  /** Reports an error as bash does, or in a container as busybox's shell would, and gives its status. */
  complain(message: string, status = 1): number {
    if (this.naming.kind !== "ash") {
      this.err(`${this.prefix}${message}\n`);
      return status;
    }
    const said = inAshWords(message, status);
    if (said.text !== null) this.err(`${this.#ashPrefix(said.builtin)}${said.text}\n`);
    return said.status;
  }

  /** A builtin tells the line in which it stands: those of `-c` count from 0. Somebody who types needs none. */
  #ashPrefix(builtin: string | null): string {
    const naming = this.naming as Extract<Naming, { kind: "ash" }>;
    if (builtin === null) return this.prefix;
    const counted = naming.script || naming.source === "input";
    const line = naming.source === "typed" ? "" : `line ${counted ? this.line : this.line - 1}: `;
    return `${naming.name}: ${builtin}: ${line}`;
  }

  /** Counts a command; true if so many ran at this one instant that it must be an endless loop. */
  countCommand(): boolean {
    if (this.now !== this.#instant) {
      this.#instant = this.now;
      this.#commandsAtInstant = 0;
    }
    return ++this.#commandsAtInstant > COMMANDS_AT_ONE_INSTANT;
  }
}

/** `break` and `continue`. */
export class LoopExit extends Error {
  override readonly name = "LoopExit";
  readonly kind: "break" | "continue";
  levels: number;

  constructor(kind: "break" | "continue", levels: number) {
    super(kind);
    this.kind = kind;
    this.levels = levels;
  }
}

/** `return`. */
export class FunctionReturn extends Error {
  override readonly name = "FunctionReturn";
  readonly status: number;

  constructor(status: number) {
    super("return");
    this.status = status;
  }
}

/** `exit`, and what ends a shell as `exit` does. */
export class ShellExit extends Error {
  override readonly name = "ShellExit";
  readonly status: number;

  constructor(status: number) {
    super("exit");
    this.status = status;
  }
}

/** An error of expansion or assignment: the rest of the line is thrown away. Its text has been printed. */
export class LineAbandoned extends Error {
  override readonly name = "LineAbandoned";
  readonly status: number;

  constructor(status: number) {
    super("line abandoned");
    this.status = status;
  }
}
