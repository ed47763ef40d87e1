import { own } from "../../base/own.ts";
import { resolvePath } from "../../base/path.ts";
import { appletMistake } from "../../programs/busybox/usage.ts";
import { SECOND } from "../../sim/time.ts";
import { sendSignal } from "../builtins/jobs.ts";
import { BUSYBOX_NAMES } from "../busybox-names.ts";
import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { signalNumber } from "../signals.ts";
import { Pipe, readAll } from "../stream.ts";
import { nameOf } from "./process-name.ts";

/** `which [-a] COMMAND...`: what an image brings for itself may lie anywhere, busybox's applets lie in /bin. */
export function which(state: ShellState, args: readonly string[]): number {
  const names = args.filter((word) => word !== "-a");
  if (names.length === 0) {
    const usage = "Usage: which [-a] COMMAND...\n\nLocate COMMAND\n\n\t-a\tShow all matches\n";
    state.err(appletMistake("which", "", usage).message);
    return 1;
  }
  let status = 0;
  for (const name of names) {
    const path = placeOf(state, name);
    if (path === null) status = 1;
    else state.out(`${path}\n`);
  }
  return status;
}

function placeOf(state: ShellState, name: string): string | null {
  const { programs } = state.machine.image!;
  const isProgram = (path: string): boolean => {
    if (own(programs, path) !== undefined || (path.startsWith("/bin/") && BUSYBOX_NAMES.has(path.slice(5))))
      return true;
    const stat = state.files.stat(path);
    return stat?.kind === "file" && (stat.mode & 0o111) !== 0;
  };
  if (name.includes("/")) return isProgram(resolvePath(state.cwd, name)) ? name : null;
  if (own(programs, name) !== undefined) return `/usr/local/bin/${name}`;
  const directories = (state.variables.get("PATH") ?? "").split(":").filter(Boolean);
  return directories.map((directory) => `${directory}/${name}`).find(isProgram) ?? null;
}

const WC_USAGE = `Usage: wc [-cmlwL] [FILE]...

Count lines, words, and bytes for FILEs (or stdin)

	-c	Count bytes
	-m	Count characters
	-l	Count newlines
	-w	Count words
	-L	Print longest line length
`;

/** `wc [-lwcm] [FILE...]`: each number is as wide as the widest can be. */
export function* wc(state: ShellState, args: readonly string[]): Run<number> {
  const letters = args
    .filter((word) => /^-./.test(word))
    .join("")
    .replaceAll("-", "");
  const operands = args.filter((word) => !/^-./.test(word));
  const unknown = /[^clmwL]/.exec(letters);
  if (unknown !== null) {
    state.err(appletMistake("wc", `invalid option -- '${unknown[0]}'`, WC_USAGE).message);
    return 1;
  }
  const shown = letters === "" ? "lwc" : [..."lwmcL"].filter((letter) => letters.includes(letter)).join("");
  const totals = new Map<string, number>();
  let status = 0;
  const say = (text: string, name: string, isPiped: boolean): void => {
    const counts = [...shown].map((letter) => {
      // The characters of a pipe are bytes.
      const count = letter === "c" && isPiped ? text.length : countOf(letter, text);
      totals.set(
        letter,
        letter === "L" ? Math.max(count, totals.get(letter) ?? 0) : count + (totals.get(letter) ?? 0),
      );
      return count;
    });
    state.out(`${row(counts)}${name}\n`);
  };
  const row = (counts: readonly number[]): string =>
    counts.length === 1
      ? `${counts[0]}`
      : counts.map((count, at) => `${count}`.padStart(at === 0 ? 9 : 10)).join("");
  for (const operand of operands.length === 0 ? ["-"] : operands) {
    if (operand === "-")
      say(yield* readAll(state.stream(0)?.input ?? new Pipe()), operands.length === 0 ? "" : " -", true);
    else {
      try {
        say(state.files.read(state.path(operand)), ` ${operand}`, false);
      } catch (error) {
        if (!(error instanceof FileFailure)) throw error;
        state.err(`wc: ${operand}: ${error.message}\n`);
        status = 1;
      }
    }
  }
  if (operands.length > 1) state.out(`${row([...shown].map((letter) => totals.get(letter) ?? 0))} total\n`);
  return status;
}

function countOf(letter: string, text: string): number {
  switch (letter) {
    case "l":
      return text.split("\n").length - 1;
    case "w":
      return text.split(/\s+/).filter(Boolean).length;
    case "L":
      return text.split("\n").reduce((longest, line) => Math.max(longest, line.length), 0);
    default: {
      let bytes = 0;
      for (const character of text) {
        const point = character.codePointAt(0)!;
        bytes += letter === "m" || point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      }
      return bytes;
    }
  }
}

/** `tty [-s]` */
export function tty(state: ShellState, args: readonly string[]): number {
  const isTerminal = state.stream(0)?.terminal === true;
  if (!args.includes("-s")) state.out(isTerminal ? `/dev/pts/${state.terminal}\n` : "not a tty\n");
  return isTerminal ? 0 : 1;
}

/** `killall [-lq] [-SIGNAL] NAME...` */
export function killall(state: ShellState, args: readonly string[]): number {
  const quiet = args.includes("-q");
  const words = args.filter((word) => word !== "-q");
  let signal = 15;
  if (words[0]?.startsWith("-") === true) {
    const given = words.shift()!.slice(1);
    const number = signalNumber(given === "s" ? (words.shift() ?? "") : given);
    if (number === null) {
      state.err(`killall: bad signal name '${given}'\n`);
      return 1;
    }
    signal = number;
  }
  if (words.length === 0) {
    state.err("killall: you need to specify whom to kill\n");
    return 1;
  }
  let status = 0;
  for (const name of words) {
    const found = state.machine.processes
      .list()
      .filter((entry) => entry !== state.process && nameOf(entry) === name);
    for (const entry of found) sendSignal(state, entry, signal);
    if (found.length > 0) continue;
    status = 1;
    if (!quiet) state.err(`killall: ${name}: no process killed\n`);
  }
  return status;
}

/** `uptime`: nobody is logged in, and nothing is to do. */
export function uptime(state: ShellState): number {
  const { seconds } = state.machine.clock();
  const day = seconds % 86_400;
  const two = (value: number): string => `${Math.floor(value)}`.padStart(2, "0");
  const up = Math.floor(state.now / SECOND / 60);
  const hours = Math.floor(up / 60);
  const span = hours > 0 ? `${`${hours}`.padStart(2)}:${two(up % 60)}` : `${up} min`;
  state.out(
    ` ${two(day / 3600)}:${two((day % 3600) / 60)}:${two(day % 60)} up ${span},  0 users,  load average: 0.00, 0.00, 0.00\n`,
  );
  return 0;
}

/** `cmp [-s] FILE1 FILE2` */
export function cmp(state: ShellState, args: readonly string[]): number {
  const silent = args.includes("-s");
  const [first, second] = args.filter((word) => !word.startsWith("-"));
  if (first === undefined || second === undefined) {
    state.err(appletMistake("cmp", "", "Usage: cmp [-ls] [-n NUM] FILE1 [FILE2]\n").message);
    return 2;
  }
  const texts: string[] = [];
  for (const path of [first, second]) {
    try {
      texts.push(state.files.read(state.path(path)));
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      state.err(`cmp: ${path}: ${error.message}\n`);
      return 2;
    }
  }
  const [a, b] = texts as [string, string];
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (silent) return 1;
  if (at === a.length || at === b.length) state.err(`cmp: EOF on ${at === a.length ? first : second}\n`);
  else state.out(`${first} ${second} differ: char ${at + 1}, line ${a.slice(0, at).split("\n").length}\n`);
  return 1;
}

/** `clear` */
export function clear(state: ShellState): number {
  state.out("\x1b[H\x1b[J");
  return 0;
}

/** `sync`: nothing is kept back. */
export function sync(): number {
  return 0;
}
