import { findBuiltin } from "../builtins/index.ts";
import { sendSignal } from "../builtins/jobs.ts";
import type { ProcessEntry, Run } from "../process-table.ts";
import { signalNumber } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";

/** A builtin that is a program as well. */
export function asProgram(state: ShellState, args: readonly string[], name: string): number | Run<number> {
  return findBuiltin(name.slice(name.lastIndexOf("/") + 1))!(state, args, name);
}

function nameOf(entry: ProcessEntry): string {
  const word = entry.command.split(" ")[0]!;
  return word.slice(word.lastIndexOf("/") + 1);
}

interface Selection {
  readonly signal: number;
  readonly entries: readonly ProcessEntry[];
  readonly options: string;
}

/** The processes that the words of pgrep and pkill choose; null when the words are wrong. */
function select(state: ShellState, name: string, args: readonly string[]): Selection | null {
  let signal = 15;
  let options = "";
  let pattern: string | null = null;
  for (const word of args) {
    const number = /^-./.test(word) ? signalNumber(word.slice(1).replace(/^-signal=?/, "")) : null;
    if (number !== null && name === "pkill") signal = number;
    else if (/^-./.test(word)) options += word.slice(1);
    else if (pattern === null) pattern = word;
  }
  if (pattern === null) {
    state.err(`${name}: no matching criteria specified\nTry \`${name} --help' for more information.\n`);
    return null;
  }
  const matcher = new RegExp(options.includes("x") ? `^(?:${pattern})$` : pattern);
  const entries = state.machine.processes
    .list()
    .filter(
      (entry) =>
        entry !== state.process && matcher.test(options.includes("f") ? entry.command : nameOf(entry)),
    );
  return { signal, entries, options };
}

export function pgrep(state: ShellState, args: readonly string[]): number {
  const chosen = select(state, "pgrep", args);
  if (chosen === null) return 2;
  for (const entry of chosen.entries) {
    state.out(chosen.options.includes("a") ? `${entry.pid} ${entry.command}\n` : `${entry.pid}\n`);
  }
  return chosen.entries.length > 0 ? 0 : 1;
}

export function pkill(state: ShellState, args: readonly string[]): number {
  const chosen = select(state, "pkill", args);
  if (chosen === null) return 2;
  for (const entry of chosen.entries) sendSignal(state, entry, chosen.signal);
  return chosen.entries.length > 0 ? 0 : 1;
}

export function pidof(state: ShellState, args: readonly string[]): number {
  const pids = state.machine.processes
    .list()
    .filter((entry) => args.includes(nameOf(entry)))
    .map((entry) => entry.pid)
    .reverse();
  if (pids.length === 0) return 1;
  state.out(`${pids.join(" ")}\n`);
  return 0;
}

/** `ps`: every process of the host, whatever the options. */
export function ps(state: ShellState): number {
  state.out("    PID TTY      STAT   TIME COMMAND\n");
  for (const entry of state.machine.processes.list()) {
    state.out(`${`${entry.pid}`.padStart(7)} ?        S      0:00 ${entry.command}\n`);
  }
  return 0;
}
