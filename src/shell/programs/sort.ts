import { COMMAND_TIME } from "../command.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { readAll } from "../stream.ts";
import { open, write } from "./streams.ts";
import { runTextTool } from "./text-tools.ts";

/** One key of `-k`: from where to where in a line, and how it is compared. */
interface Key {
  /** Field, counted from 1, and characters to skip in it. */
  readonly from: readonly [field: number, skip: number];
  /** The last field, and how many of its characters count; 0: all. Null: to the end of the line. */
  readonly to: readonly [field: number, count: number] | null;
  readonly letters: ReadonlySet<string>;
}

interface Wishes {
  readonly key: Key | null;
  readonly separator: string | null;
  readonly letters: ReadonlySet<string>;
  readonly files: readonly string[];
}

/**
 * `sort [-nrufbs] [-t CHAR] [-k KEY] [FILE ...]` of GNU coreutils in the C locale, which orders by bytes. Whatever else is
 * asked for is left to the library's tool.
 */
export function* sort(state: ShellState, args: readonly string[]): Run<number> {
  const wishes = read(args);
  if (wishes === null) return yield* runTextTool(state, ["sort", ...args]);
  const lines: string[] = [];
  // busybox's says less.
  const teller = state.machine.image === null ? "sort: cannot read" : "sort";
  for (const name of wishes.files.length === 0 ? ["-"] : wishes.files) {
    const opened = open(state, teller, name);
    if (opened === null) return 2;
    const text = yield* readAll(opened);
    if (text !== "") lines.push(...text.replace(/\n$/, "").split("\n"));
  }
  const { letters } = wishes;
  const byKey = comparison(wishes);
  const sign = letters.has("r") ? -1 : 1;
  const last = (a: string, b: string): number => (a === b ? 0 : a < b ? -sign : sign);
  const plain = letters.has("s") || letters.has("u");
  lines.sort((a, b) => byKey(a, b) || (plain ? 0 : last(a, b)));
  const kept = letters.has("u")
    ? lines.filter((line, i) => i === 0 || byKey(lines[i - 1]!, line) !== 0)
    : lines;
  yield* write(state, kept.map((line) => `${line}\n`).join(""));
  yield { on: [], until: state.now + COMMAND_TIME };
  return 0;
}

/** Null: something is asked for that is not done here. */
function read(args: readonly string[]): Wishes | null {
  const letters = new Set<string>();
  const files: string[] = [];
  let key: Key | null = null;
  let separator: string | null = null;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (!word.startsWith("-") || word === "-") {
      files.push(word);
      continue;
    }
    if (word.startsWith("--")) return null;
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      if ("nrufbs".includes(letter)) {
        letters.add(letter);
        continue;
      }
      if (letter !== "k" && letter !== "t") return null;
      const value = word.slice(at + 1) || args[++i];
      if (value === undefined) return null;
      if (letter === "t") {
        if (value.length !== 1) return null;
        separator = value;
      } else {
        if (key !== null) return null;
        key = readKey(value);
        if (key === null) return null;
      }
      break;
    }
  }
  return { key, separator, letters, files };
}

/** `2`, `2,2`, `1.3nr,4.5` */
function readKey(text: string): Key | null {
  const found = /^(\d+)(?:\.(\d+))?([bnrf]*)(?:,(\d+)(?:\.(\d+))?([bnrf]*))?$/.exec(text);
  if (found === null || Number(found[1]) < 1) return null;
  const [, field, skip, before = "", last, count, after = ""] = found;
  return {
    from: [Number(field), Math.max(0, Number(skip ?? 1) - 1)],
    to: last === undefined ? null : [Number(last), Number(count ?? 0)],
    letters: new Set(before + after),
  };
}

function comparison({ key, separator, letters }: Wishes): (a: string, b: string) => number {
  // A key with letters of its own does not take those of all.
  const own = key !== null && key.letters.size > 0 ? key.letters : letters;
  const sign = own.has("r") ? -1 : 1;
  const part = (line: string): string => {
    let text = key === null ? line : keyOf(line, key, separator, own.has("b"));
    if (key === null && own.has("b")) text = text.replace(/^[ \t]+/, "");
    return own.has("f") ? text.toUpperCase() : text;
  };
  if (own.has("n")) return (a, b) => sign * (numberOf(part(a)) - numberOf(part(b)));
  return (a, b) => {
    const [x, y] = [part(a), part(b)];
    return x === y ? 0 : x < y ? -sign : sign;
  };
}

function keyOf(line: string, { from, to }: Key, separator: string | null, skipsBlanks: boolean): string {
  let start = fieldStart(line, from[0], separator);
  if (skipsBlanks) while (/[ \t]/.test(line[start] ?? "")) start++;
  start = Math.min(line.length, start + from[1]);
  if (to === null) return line.slice(start);
  const [field, count] = to;
  const end = count === 0 ? fieldEnd(line, field, separator) : fieldStart(line, field, separator) + count;
  return line.slice(start, Math.max(start, Math.min(end, line.length)));
}

/** Without a separator a field begins with the blanks in front of it. */
function fieldStart(line: string, field: number, separator: string | null): number {
  let at = 0;
  for (let i = 1; i < field; i++) {
    at = fieldEndFrom(line, at, separator);
    if (separator !== null && at < line.length) at++;
  }
  return at;
}

function fieldEnd(line: string, field: number, separator: string | null): number {
  return fieldEndFrom(line, fieldStart(line, field, separator), separator);
}

function fieldEndFrom(line: string, from: number, separator: string | null): number {
  if (separator !== null) {
    const end = line.indexOf(separator, from);
    return end < 0 ? line.length : end;
  }
  const blanks = /[ \t]*[^ \t]*/y;
  blanks.lastIndex = from;
  blanks.test(line);
  return blanks.lastIndex;
}

/** What a text begins with as a number; 0 for none. */
function numberOf(text: string): number {
  const found = /^[ \t]*(-?\d*(?:\.\d*)?)/.exec(text)?.[1] ?? "";
  const number = Number(found);
  return found === "" || Number.isNaN(number) ? 0 : number;
}
