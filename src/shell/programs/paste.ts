import { COMMAND_TIME } from "../command.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { readAll } from "../stream.ts";
import { gnuOptions } from "./gnu-options.ts";
import { open, write } from "./streams.ts";

const OPTIONS = { letters: "d:sz", long: { delimiters: "d", serial: "s", "zero-terminated": "z" } };
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** `paste [-s] [-z] [-d LIST] [FILE ...]` (GNU coreutils); without a file it reads its standard input. */
export function* paste(state: ShellState, args: readonly string[]): Run<number> {
  const sorted = gnuOptions(state, "paste", args, OPTIONS);
  if (sorted === null) return 1;
  const { options, operands } = sorted;
  const end = options.has("z") ? "\0" : "\n";
  const delimiters = delimitersOf(options.get("d") ?? "\t");
  if (delimiters === null) {
    state.err(`paste: delimiter list ends with an unescaped backslash: ${options.get("d")}\n`);
    return 1;
  }
  const names = operands.length === 0 ? ["-"] : operands;
  const serial = options.has("s");
  let status = 0;
  const columns: string[][] = [];
  // Several times the standard input: its lines in turn.
  const inTurn = names.filter((name) => name === "-").length;
  let input: string[] | null = null;
  let turn = 0;
  for (const name of names) {
    const opened = open(state, "paste", name);
    if (opened === null) {
      status = 1;
      // One that is missing ends it all unless each file is done by itself.
      if (!serial) return status;
      continue;
    }
    if (name !== "-") columns.push(linesOf(yield* readAll(opened), end));
    else {
      input ??= linesOf(yield* readAll(opened), end);
      const place = turn++;
      columns.push(serial ? (place === 0 ? input : []) : input.filter((_, i) => i % inTurn === place));
    }
  }
  const rows = serial ? columns : across(columns);
  yield* write(state, rows.map((row) => joined(row, delimiters) + end).join(""));
  yield { on: [], until: state.now + COMMAND_TIME };
  return status;
}

function linesOf(text: string, end: string): string[] {
  const lines = text.split(end);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function across(columns: readonly (readonly string[])[]): string[][] {
  const height = Math.max(0, ...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, i) => columns.map((column) => column[i] ?? ""));
}

function joined(row: readonly string[], delimiters: readonly string[]): string {
  return row.map((cell, i) => (i === 0 ? cell : delimiters[(i - 1) % delimiters.length]! + cell)).join("");
}

/** The delimiters of a list, used in turn; null: it ends in a backslash. */
function delimitersOf(list: string): readonly string[] | null {
  const delimiters: string[] = [];
  const letters = [...list];
  for (let i = 0; i < letters.length; i++) {
    if (letters[i] !== "\\") delimiters.push(letters[i]!);
    else if (i + 1 === letters.length) return null;
    else {
      i++;
      delimiters.push(ESCAPES[letters[i]!] ?? letters[i]!);
    }
  }
  return delimiters.length === 0 ? [""] : delimiters;
}
