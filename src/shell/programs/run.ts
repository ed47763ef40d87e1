import { own } from "../../base/own.ts";
import { resolvePath } from "../../base/path.ts";
import type { Program } from "../../sim/process.ts";
import { BUSYBOX_NAMES } from "../busybox-names.ts";
import {
  COMMAND_TIME,
  type Command,
  type CommandContext,
  type RegisteredCommand,
  type RunOptions,
} from "../command.ts";
import type { FileSystem } from "../file-system.ts";
import type { Machine } from "../machine.ts";
import { exitOf, type ProcessEntry, type Run } from "../process-table.ts";
import { reportKilled } from "../report-killed.ts";
import type { ShellState } from "../shell-state.ts";
import { type Input, nullStream, Pipe, readAll, WriteFailure } from "../stream.ts";
import { APPLETS } from "./applets.ts";
import { findProgram } from "./index.ts";
import { executes } from "./process-name.ts";
import { runTextTool, TEXT_TOOLS } from "./text-tools.ts";

/** A program that is part of the shell's room: it sees the shell's state, in a copy of its own. */
export type ShellProgram = (state: ShellState, args: readonly string[], name: string) => number | Run<number>;

export type Installed =
  | { readonly kind: "command"; readonly registered: RegisteredCommand }
  | { readonly kind: "program"; readonly program: ShellProgram }
  | { readonly kind: "tool" }
  | { readonly kind: "script"; readonly path: string };

const INIT = "/sbin/docker-init";
const DIRECTORIES = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/;

/** The programs of `/usr/sbin`; all others are in `/usr/bin`. */
const SYSTEM: ReadonlySet<string> = new Set([
  "ip",
  "bridge",
  "tc",
  "sysctl",
  "ethtool",
  "iptables",
  "iptables-save",
  "iptables-restore",
  "ipset",
  "conntrack",
  "ipvsadm",
  "ipvsadm-save",
  "ipvsadm-restore",
  "traceroute",
  "dnsmasq",
  "poweroff",
]);

/** Where a program lies, as `type` and `command -v` say it. */
export function installedPath(name: string): string {
  if (name.includes("/")) return name;
  return SYSTEM.has(name) ? `/usr/sbin/${name}` : `/usr/bin/${name}`;
}

function installed(state: ShellState, word: string): Installed | null {
  return findInstalled(state.machine, word, state.cwd, state.files);
}

/** What a word means as a program on a machine; `cwd` is where a relative path begins. */
export function findInstalled(
  machine: Machine,
  word: string,
  cwd: string,
  files: FileSystem,
): Installed | null {
  const name = DIRECTORIES.exec(word)?.[1] ?? word;
  const found = machine.image === null ? hostProgram(machine, name) : containerProgram(machine, word, name);
  if (found !== null || !word.includes("/")) return found;
  const path = resolvePath(cwd, word);
  return files.stat(path)?.kind === "file" ? { kind: "script", path } : null;
}

function hostProgram({ commands }: Machine, name: string): Installed | null {
  if (name.includes("/")) return null;
  const registered = commands.find(name);
  if (registered !== null) return { kind: "command", registered };
  const program = findProgram(name);
  if (program !== null) return { kind: "program", program };
  return TEXT_TOOLS.has(name) ? { kind: "tool" } : null;
}

/** In a container: what the image brings, then busybox's applets, then what says the same in both systems. */
function containerProgram(machine: Machine, word: string, name: string): Installed | null {
  const image = machine.image!;
  const program = own(image.programs, word) ?? own(image.programs, name);
  if (program !== undefined) {
    const command: Command = (context) => program({ ...context, exec: (argv) => context.run(argv) });
    return { kind: "command", registered: { command, stdin: false, complete: null } };
  }
  // The engine mounts it into whatever image.
  if (word === INIT) return { kind: "program", program: findProgram("docker-init")! };
  if (image.system === "full") return hostProgram(machine, name === "zsh" ? "bash" : name);
  if (image.system === "none" || !BUSYBOX_NAMES.has(name)) return null;
  const applet = APPLETS.get(name);
  if (applet !== undefined) return { kind: "program", program: applet };
  const registered = machine.commands.findApplet(name);
  return registered === null ? hostProgram(machine, name) : { kind: "command", registered };
}

/** True if there is such a program, as `type`, `env` and the like ask. */
export function isInstalled(state: ShellState, word: string): boolean {
  return installed(state, word) !== null;
}

/** Runs a program as a process of its own, or in place of the present one. */
export function* runProgram(state: ShellState, words: readonly string[], inPlace: boolean): Run<number> {
  const found = installed(state, words[0]!);
  if (found === null) return missing(state, words[0]!);
  if (found.kind === "script" && (state.files.stat(found.path)!.mode & 0o111) === 0) {
    return state.complain(`${words[0]}: Permission denied`, 126);
  }
  if (inPlace) return yield* launch(state, found, words);
  const entry = startProgram(state, words);
  const status = yield* exitOf(entry.process);
  reportKilled(state, entry, true);
  return status;
}

function missing(state: ShellState, word: string): number {
  if (state.naming.kind === "dash" || state.naming.kind === "ash") {
    const directory = state.naming.kind === "ash" && state.files.stat(state.path(word))?.kind === "directory";
    return directory && word.includes("/")
      ? state.complain(`${word}: Permission denied`, 126)
      : state.complain(`${word}: not found`, 127);
  }
  if (!word.includes("/")) return state.complain(`${word}: command not found`, 127);
  const stat = state.files.stat(state.path(word));
  if (stat?.kind === "directory") return state.complain(`${word}: Is a directory`, 126);
  return state.complain(`${word}: No such file or directory`, 127);
}

/** Starts a program as a child process. The caller has made sure that it exists, else the child says that it does not. */
export function startProgram(state: ShellState, words: readonly string[]): ProcessEntry {
  const child = state.fork();
  child.traps = new Map();
  const program = function* (entry: ProcessEntry): Run<number> {
    child.process = entry;
    const found = installed(child, words[0]!);
    return found === null ? missing(child, words[0]!) : yield* launch(child, found, words);
  };
  const release = (): void => child.releaseStreams();
  return state.machine.processes.start(state.process?.pid ?? 1, words.join(" "), program, {
    release,
    namespace: child.namespace,
    uid: child.credentials.uid,
    credentials: child.credentials,
  });
}

function change(state: ShellState, options: RunOptions): void {
  if (options.namespace !== undefined) {
    const before = state.process?.namespace ?? null;
    state.namespace = options.namespace;
    if (state.process !== null) state.process.namespace = options.namespace;
    if (before !== null) before.host.left(before);
  }
  for (const [name, value] of options.env ?? []) {
    state.variables.set(name, value);
    state.variables.demand(name).exported = true;
  }
}

/** Runs what was found, with its words, in the present process. */
export function* launch(state: ShellState, found: Installed, words: readonly string[]): Run<number> {
  const args = words.slice(1);
  if (state.process !== null) executes(state.process, words, interpreterOf(state, found));
  try {
    switch (found.kind) {
      case "command":
        return yield* launchCommand(state, found.registered, args);
      case "program": {
        const result = found.program(state, args, words[0]!);
        return typeof result === "number" ? yield* taking(state, result) : yield* result;
      }
      case "tool":
        return yield* taking(state, yield* runTextTool(state, words));
      case "script":
        return yield* findProgram("bash")!(state, [words[0]!, ...args], "bash") as Run<number>;
    }
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw error;
    state.err(`${words[0]}: write error: ${error.message}\n`);
    return 1;
  }
}

/** What the first line of a script names: `/bin/sh`. */
function interpreterOf({ files }: ShellState, found: Installed): string | null {
  if (found.kind !== "script") return null;
  return /^#! *([^\n]*)/.exec(files.read(found.path))?.[1]?.trim() ?? "/bin/sh";
}

/** A command that ends at once has taken its time when its status is known. */
function* taking(state: ShellState, status: number): Run<number> {
  yield { on: [], until: state.now + COMMAND_TIME };
  return status;
}

/** Runs a registered command in the present process. */
export function* launchCommand(
  state: ShellState,
  registered: RegisteredCommand,
  args: readonly string[],
): Run<number> {
  const input = state.stream(0)?.input ?? new Pipe();
  const reads = typeof registered.stdin === "boolean" ? registered.stdin : registered.stdin(args);
  const stdin = reads ? yield* readAll(input) : "";
  const context = contextOf(state, args, stdin, input);
  try {
    const result = registered.command(context);
    if (typeof result !== "number") return yield* result;
    return yield* taking(state, result);
  } finally {
    context.onSignal(null);
  }
}

/** What a command sees of the shell state that is its process. */
function contextOf(state: ShellState, args: readonly string[], stdin: string, input: Input): CommandContext {
  const process = state.process!.process;
  return {
    host: state.machine.host,
    machine: state.machine,
    namespace: state.namespace,
    credentials: state.credentials,
    args,
    stdin,
    input,
    keyboard: state.stream(0)?.keyboard ?? null,
    // The shell of a container has a terminal when `-t` gave it one.
    terminal:
      (state.naming.kind === "prompt" || state.machine.image !== null) && state.stream(1)?.terminal === true,
    env: state.variables.exported(),
    cwd: state.cwd,
    pid: state.process!.pid,
    out: (text) => state.out(text),
    err: (text) => state.err(text),
    files: state.files,
    onSignal: (handler) => {
      process.onSignal = handler;
    },
    run: (argv, options = {}) => runInstead(state, argv, options),
    fork: (program, daemon) => forkProgram(state, args, program, daemon === "daemon"),
  };
}

/** A further process of the program that this one runs; its pid. */
function forkProgram(
  state: ShellState,
  args: readonly string[],
  program: (child: CommandContext) => Program,
  daemon: boolean,
): number {
  const child = state.fork();
  child.traps = new Map();
  if (daemon) {
    child.releaseStreams();
    child.streams = new Map([0, 1, 2].map((fd) => [fd, nullStream()]));
    child.cwd = "/";
  }
  const main = function* (entry: ProcessEntry): Run<number> {
    child.process = entry;
    return yield* program(contextOf(child, args, "", child.stream(0)?.input ?? new Pipe()));
  };
  const { pid, command } = state.process!;
  return state.machine.processes.start(daemon ? 1 : pid, command, main, {
    release: () => child.releaseStreams(),
    namespace: child.namespace,
    uid: child.credentials.uid,
    credentials: child.credentials,
  }).pid;
}

/** As execve(2): other words in this process, perhaps in another namespace. */
export function* runInstead(state: ShellState, argv: readonly string[], options: RunOptions): Program {
  change(state, options);
  const found = installed(state, argv[0] ?? "");
  if (found === null && options.missing === "ip") {
    state.err(`exec of "${argv[0] ?? ""}" failed: No such file or directory\n`);
    return 1;
  }
  if (found !== null) return yield* launch(state, found, argv);
  return missing(state, argv[0] ?? "");
}
