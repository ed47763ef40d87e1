import { extendedRegExp } from "../../operations/extended-regexp.ts";
import { findBuiltin } from "../builtins/index.ts";
import { sendSignal } from "../builtins/jobs.ts";
import type { ProcessEntry, Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { signalNumber } from "../signals.ts";
import { gnuOptions } from "./gnu-options.ts";
import { nameOf, wordsOf } from "./process-name.ts";

/** A builtin that is a program as well. */
export function asProgram(state: ShellState, args: readonly string[], name: string): number | Run<number> {
  return findBuiltin(name.slice(name.lastIndexOf("/") + 1))!(state, args, name);
}

interface Selection {
  /** Null: one was named that there is not. */
  readonly signal: number | null;
  readonly entries: readonly ProcessEntry[];
  readonly options: ReadonlyMap<string, string>;
}

const OPTIONS = {
  letters: "acd:efilnoP:vxg:s:S:u:t:G:U:",
  long: {
    "list-full": "a",
    count: "c",
    delimiter: "d",
    echo: "e",
    full: "f",
    "ignore-case": "i",
    "list-name": "l",
    newest: "n",
    oldest: "o",
    parent: "P",
    inverse: "v",
    exact: "x",
    signal: "S",
  },
};
/** Options that choose by what processes have not got here. */
const UNKNOWN = ["g", "s", "u", "t", "G", "U"];

/** The processes that the words of pgrep and pkill choose; null when the words are wrong, which is then said. */
function select(state: ShellState, name: string, args: readonly string[]): Selection | null {
  let signal: number | null = 15;
  const words = args.filter((word) => {
    const number = name === "pkill" && /^-[A-Z0-9]/.test(word) ? signalNumber(word.slice(1)) : null;
    if (number !== null) signal = number;
    return number === null;
  });
  const sorted = gnuOptions(state, name, words, OPTIONS);
  if (sorted === null) return null;
  const { options, operands } = sorted;
  const complain = (message: string): null => {
    state.err(`${name}: ${message}\n`);
    return null;
  };
  const unknown = UNKNOWN.find((letter) => options.has(letter));
  if (unknown !== undefined) return complain(`overmesh: -${unknown} is not simulated`);
  const signalWord = options.get("S");
  if (signalWord !== undefined) signal = signalNumber(signalWord);
  const [pattern, ...more] = operands;
  const parent = options.get("P");
  if (more.length > 0)
    return complain(`only one pattern can be provided\nTry \`${name} --help' for more information.`);
  if (pattern === undefined && parent === undefined)
    return complain(`no matching criteria specified\nTry \`${name} --help' for more information.`);
  const source = options.has("x") ? `^(?:${pattern ?? ""})$` : (pattern ?? "");
  const matcher = extendedRegExp(source, options.has("i") ? "i" : "");
  if (typeof matcher === "string") return complain(`regex error: ${matcher}`);
  const parents = parent?.split(",").map(Number);
  let entries = state.machine.processes.list().filter((entry) => {
    if (entry === state.process) return false;
    const text = options.has("f") ? wordsOf(entry) : nameOf(entry);
    const fits = matcher.test(text) && (parents === undefined || parents.includes(entry.parent));
    return fits !== options.has("v");
  });
  if (options.has("n")) entries = entries.slice(-1);
  else if (options.has("o")) entries = entries.slice(0, 1);
  return { signal, entries, options };
}

/** Prints the processes, or with `-c` how many they are. */
function show(state: ShellState, { entries, options }: Selection): number {
  const status = entries.length > 0 ? 0 : 1;
  if (options.has("c")) {
    state.out(`${entries.length}\n`);
    return status;
  }
  const rows = entries.map((entry) => {
    const more = options.has("a") ? ` ${wordsOf(entry)}` : options.has("l") ? ` ${nameOf(entry)}` : "";
    return `${entry.pid}${more}`;
  });
  if (rows.length > 0) state.out(`${rows.join(options.get("d") ?? "\n")}\n`);
  return status;
}

export function pgrep(state: ShellState, args: readonly string[]): number {
  const chosen = select(state, "pgrep", args);
  return chosen === null ? 2 : show(state, chosen);
}

export function pkill(state: ShellState, args: readonly string[]): number {
  const chosen = select(state, "pkill", args);
  if (chosen === null) return 2;
  for (const entry of chosen.entries) {
    if (chosen.signal === null) {
      state.err(`pkill: killing pid ${entry.pid} failed: Invalid argument\n`);
      continue;
    }
    sendSignal(state, entry, chosen.signal);
    if (chosen.options.has("e")) state.out(`${nameOf(entry)} killed (pid ${entry.pid})\n`);
  }
  if (chosen.options.has("c")) state.out(`${chosen.entries.length}\n`);
  return chosen.entries.length > 0 && chosen.signal !== null ? 0 : 1;
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
