import type { ShellState } from "../shell-state.ts";

/** A limit of processes (getrlimit(2)): its letter, what it is of, its unit, and how high it is; null for no limit. */
type Limit = readonly [letter: string, what: string, unit: string, value: number | null];

/** The letters by the names of ulimit(5). */
const LETTERS: Readonly<Record<string, string>> = {
  core: "c",
  cpu: "t",
  data: "d",
  fsize: "f",
  locks: "x",
  memlock: "l",
  msgqueue: "q",
  nice: "e",
  nofile: "n",
  nproc: "u",
  rss: "m",
  rtprio: "r",
  rttime: "R",
  sigpending: "i",
  stack: "s",
};

/** @param name as `--ulimit` has it: `nofile` */
export function letterOf(name: string): string {
  return LETTERS[name]!;
}

/** A limit as the shell counts it: blocks of 512 bytes, or kilobytes. @param value below zero: none */
export function inUnits(letter: string, value: number): number | null {
  if (value < 0) return null;
  const unit = LIMITS.find(([one]) => one === letter)?.[2];
  return unit === "blocks" ? Math.floor(value / 512) : unit === "kb" ? Math.floor(value / 1024) : value;
}

const LIMITS: readonly Limit[] = [
  ["c", "core file size", "blocks", 0],
  ["d", "data seg size", "kb", null],
  ["e", "scheduling priority", "", 0],
  ["f", "file size", "blocks", null],
  ["i", "pending signals", "", 15_733],
  ["l", "max locked memory", "kb", 64],
  ["m", "max memory size", "kb", null],
  ["n", "open files", "", 1_048_576],
  ["q", "POSIX message queues", "bytes", 819_200],
  ["r", "real-time priority", "", 0],
  ["s", "stack size", "kb", 8192],
  ["t", "cpu time", "seconds", null],
  ["u", "max user processes", "", null],
  ["v", "virtual memory", "kb", null],
  ["x", "file locks", "", null],
];

/** `ulimit [-HSa] [-LETTER] [LIMIT]`: limits are shown and kept, and limit nothing. */
export function ulimit(state: ShellState, args: readonly string[]): number {
  const letters = args
    .filter((word) => /^-./.test(word))
    .join("")
    .replaceAll(/[-HS]/g, "");
  const value = args.find((word) => !word.startsWith("-"));
  if (letters.includes("a")) {
    for (const [letter, what, unit, initial] of LIMITS) {
      const name = `${what}${unit === "" ? "" : ` (${unit})`}`.padEnd(32);
      state.out(
        `${name}(-${letter}) ${shown(state.limits.has(letter) ? state.limits.get(letter)! : initial)}\n`,
      );
    }
    return 0;
  }
  const letter = letters === "" ? "f" : letters.at(-1)!;
  const limit = LIMITS.find(([one]) => one === letter);
  if (limit === undefined) {
    if (state.naming.kind === "ash") {
      state.err(`ulimit: invalid option -- '${letter}'\n`);
      return 1;
    }
    const status = state.complain(`ulimit: -${letter}: invalid option`, 2);
    state.err("ulimit: usage: ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]\n");
    return status;
  }
  const asksHard = args.some((word) => /^-\w*H/.test(word));
  const kept = (asksHard ? state.hardLimits.get(letter) : undefined) ?? state.limits.get(letter);
  const present = kept === undefined ? limit[3] : kept;
  if (value === undefined) {
    state.out(`${shown(present)}\n`);
    return 0;
  }
  if (value !== "unlimited" && !/^\d+$/.test(value))
    return state.complain(`ulimit: ${value}: invalid number`);
  state.limits.set(letter, value === "unlimited" ? null : Number(value));
  return 0;
}

function shown(value: number | null): string {
  return value === null ? "unlimited" : `${value}`;
}
