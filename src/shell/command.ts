import type { Host } from "../net/host.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Expected } from "../operations/expected.ts";
import type { Credentials } from "../programs/credentials.ts";
import type { Program } from "../sim/process.ts";
import type { Nanos } from "../sim/time.ts";
import type { FileSystem } from "./file-system.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Machine } from "./machine.ts";
import type { Input } from "./stream.ts";

/**
 * How long a command takes that ends at once: it configures, or it asks. Without it all ages and timers would read
 * zero in a script. A program that waits (ping, sleep) takes just the time that it waits.
 */
export const COMMAND_TIME: Nanos = 1_000_000;

/** What a command sees of the shell that started it. */
export interface CommandContext {
  readonly host: Host;
  /** The system around: its name, its processes. */
  readonly machine: Machine;
  /** The network namespace that it runs in. */
  readonly namespace: NetworkNamespace;
  /** Who it runs as. */
  readonly credentials: Credentials;
  /** The words after the command's name. */
  readonly args: readonly string[];
  /** The whole standard input, for a command that was registered with `stdin: true`; else empty. */
  readonly stdin: string;
  /** The standard input as a stream, for programs that read while they run. */
  readonly input: Input;
  /** Who types at the shell, for a program that is given a terminal (`docker run -it`); null behind a pipe or file. */
  readonly keyboard: Keyboard | null;
  /** Standard output is a person's terminal: then programs print line by line. */
  readonly terminal: boolean;
  /** The exported variables. */
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly pid: number;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** The host's files, as seen in this namespace. */
  readonly files: FileSystem;
  /**
   * Lets a program see signals: the handler returns true when it took the signal (tcpdump prints its counts on
   * SIGINT and ends by itself), false to be ended by it.
   */
  onSignal(handler: ((signal: number) => boolean) | null): void;
  /**
   * Runs another command in this one's place, as execve(2) does: `return context.run(["ping", ...], { namespace })`.
   * Its text and status are this command's.
   */
  run(argv: readonly string[], options?: RunOptions): Program;
  /**
   * Starts a process of the same program, as fork(2) does, and gives its pid. It shares the open files; a `daemon` has
   * none (daemon(3)) and is no child of anybody.
   */
  fork(program: (child: CommandContext) => Program, daemon?: "daemon"): number;
}

export interface RunOptions {
  readonly namespace?: NetworkNamespace;
  /** Variables to set on top of the present ones. */
  readonly env?: ReadonlyMap<string, string>;
  /** Who says that there is no such command: `ip` in its own words, else the shell. */
  readonly missing?: "ip";
}

/** Configuring and asking commands end at once and give a status; programs are generators that wait in virtual time. */
export type Command = (context: CommandContext) => number | Program;

export interface RegisteredCommand {
  readonly command: Command;
  /** Whether it reads its whole standard input before it begins. */
  readonly stdin: StdinUse;
  readonly complete: Completer | null;
}

/** Whether a command reads its whole standard input before it begins; it may depend on its arguments. */
type StdinUse = boolean | ((args: readonly string[]) => boolean);

/**
 * What may stand at the end of a command's words, of which the last is unfinished and perhaps empty, when it is typed in
 * that namespace.
 */
export type Completer = (args: readonly string[], namespace: NetworkNamespace) => Expected;

interface CommandOptions {
  /** Default: it does not read the whole. */
  readonly stdin?: StdinUse;
  /** What Tab offers after its name; default: files. */
  readonly complete?: Completer;
}

/** The commands that are installed on the hosts, by name. */
export class CommandTable {
  readonly #commands: Map<string, RegisteredCommand> = new Map();
  readonly #applets: Map<string, RegisteredCommand> = new Map();

  /** Adds a command; a later one of the same name takes its place. */
  register(name: string, command: Command, options: CommandOptions = {}): void {
    this.#commands.set(name, registered(command, options));
  }

  /** Adds an applet of busybox, which prints other texts than the command of the same name. */
  registerApplet(name: string, command: Command): void {
    this.#applets.set(name, registered(command, {}));
  }

  find(name: string): RegisteredCommand | null {
    return this.#commands.get(name) ?? null;
  }

  findApplet(name: string): RegisteredCommand | null {
    return this.#applets.get(name) ?? null;
  }

  names(): readonly string[] {
    return [...this.#commands.keys()].sort();
  }

  appletNames(): readonly string[] {
    return [...this.#applets.keys()].sort();
  }
}

function registered(command: Command, { stdin, complete }: CommandOptions): RegisteredCommand {
  return { command, stdin: stdin ?? false, complete: complete ?? null };
}
