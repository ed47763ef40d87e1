import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { deviceStream, type Input, Pipe, readAll, readLine, Zeros } from "../stream.ts";

const FOREVER = Number.POSITIVE_INFINITY;

/** Writes, and waits while the pipe behind is full. */
export function* write(state: ShellState, text: string): Run<void> {
  state.out(text);
  const pipe = state.stream(1)?.pipe;
  while (pipe?.full) yield { on: [pipe.drained], until: FOREVER };
}

function inputOf(state: ShellState): Input {
  return state.stream(0)?.input ?? new Pipe();
}

/** Opens an operand; "-" is the standard input. An error is printed. */
export function open(state: ShellState, name: string, path: string): Input | null {
  if (path === "-" || path === "/dev/stdin") return inputOf(state);
  const device = deviceStream(state.path(path));
  if (device !== null) return device.input;
  try {
    return Pipe.holding(state.files.read(state.path(path)));
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    state.err(`${name}: ${unopened(state, name, path, error)}\n`);
    return null;
  }
}

/** Which file cannot be opened, and why, in the words of the one system and of the other. */
function unopened(state: ShellState, name: string, path: string, { code, message }: FileFailure): string {
  const isBusybox = state.machine.image?.system === "busybox";
  if (name === "cat" && isBusybox)
    return code === "EISDIR" ? `read error: ${message}` : `can't open '${path}': ${message}`;
  return name === "head" && !isBusybox
    ? `cannot open '${path}' for reading: ${message}`
    : `${path}: ${message}`;
}

/** Control characters as `^X`. */
function visible(line: string, tabs: boolean): string {
  return line.replace(/[\x00-\x1f\x7f]/g, (c) =>
    c === "\t" && !tabs ? c : c === "\x7f" ? "^?" : `^${String.fromCharCode(c.charCodeAt(0) + 64)}`,
  );
}

export function* cat(state: ShellState, args: readonly string[]): Run<number> {
  const options = args.filter((word) => /^-./.test(word)).join("");
  const unknown = /[^-nbsEAuvTet]/.exec(options.replace(/--\w+/g, ""));
  if (unknown !== null) {
    state.err(`cat: invalid option -- '${unknown[0]}'\nTry 'cat --help' for more information.\n`);
    return 1;
  }
  const operands = args.filter((word) => !/^-./.test(word));
  let status = 0;
  let number = 0;
  for (const operand of operands.length === 0 ? ["-"] : operands) {
    const input = open(state, "cat", operand);
    if (input === null) {
      status = 1;
      continue;
    }
    if (!/[nbEAvtTe]/.test(options)) {
      if (input instanceof Zeros && state.stream(1)?.pipe == null) {
        state.err("cat: this never ends: only into a pipe (head -c 100 /dev/zero)\n");
        return 1;
      }
      for (;;) {
        if (input.available !== "") yield* write(state, input.take(input.available.length));
        if (input.closed && input.available === "") break;
        if (input.available === "") yield { on: [input.arrived], until: FOREVER };
      }
      continue;
    }
    for (let part = yield* readLine(input); part !== null; part = yield* readLine(input)) {
      const counted = options.includes("n") || (options.includes("b") && part.line !== "");
      if (counted || options.includes("n")) number++;
      const line = /[AvtTe]/.test(options) ? visible(part.line, /[AtT]/.test(options)) : part.line;
      const head = counted ? `${`${number}`.padStart(6)}\t` : "";
      yield* write(
        state,
        `${head}${line}${/[EAe]/.test(options) && part.whole ? "$" : ""}${part.whole ? "\n" : ""}`,
      );
    }
  }
  return status;
}

/** Passes on so many characters of the input, or as many as there are. */
function* copy(state: ShellState, input: Input, length: number): Run<void> {
  for (let left = length; left > 0; ) {
    if (input.available === "") {
      if (input.closed) return;
      yield { on: [input.arrived], until: FOREVER };
      continue;
    }
    const some = input.take(Math.min(left, input.available.length));
    left -= some.length;
    yield* write(state, some);
  }
}

/** `head` ends when it has enough; whoever still writes to it gets SIGPIPE. */
export function* head(state: ShellState, args: readonly string[]): Run<number> {
  let lines = 10;
  let bytes: number | null = null;
  let quiet = false;
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const short = /^-([nc])(.*)$/.exec(word);
    if (short !== null || word === "--lines" || word === "--bytes") {
      const value = short?.[2] || args[++i] || "";
      const which = short?.[1] ?? (word === "--lines" ? "n" : "c");
      if (!/^-?\d+$/.test(value)) {
        state.err(`head: invalid number of ${which === "n" ? "lines" : "bytes"}: ‘${value}’\n`);
        return 1;
      }
      if (which === "n") lines = Number(value);
      else bytes = Number(value);
    } else if (/^-\d+$/.test(word)) lines = Number(word.slice(1));
    else if (word === "-q") quiet = true;
    else operands.push(word);
  }
  let status = 0;
  for (const [i, operand] of (operands.length === 0 ? ["-"] : operands).entries()) {
    const input = open(state, "head", operand);
    if (input === null) {
      status = 1;
      continue;
    }
    if (operands.length > 1 && !quiet) state.out(`${i > 0 ? "\n" : ""}==> ${operand} <==\n`);
    if (bytes !== null) {
      if (bytes < 0) state.out((yield* readAll(input)).slice(0, bytes));
      else yield* copy(state, input, bytes);
      continue;
    }
    const all: string[] = [];
    for (let count = 0; lines < 0 || count < lines; count++) {
      const part = yield* readLine(input);
      if (part === null) break;
      const text = part.line + (part.whole ? "\n" : "");
      if (lines < 0) all.push(text);
      else state.out(text);
    }
    if (lines < 0) state.out(all.slice(0, lines).join(""));
  }
  return status;
}

export function* tee(state: ShellState, args: readonly string[]): Run<number> {
  const append = args.includes("-a");
  const paths = args.filter((word) => !/^-./.test(word));
  let status = 0;
  const targets: string[] = [];
  for (const path of paths) {
    try {
      const absolute = state.path(path);
      if (!append && !state.files.isLazy(absolute)) state.files.write(absolute, "");
      targets.push(absolute);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      state.err(`tee: ${path}: ${error.message}\n`);
      status = 1;
    }
  }
  const input = inputOf(state);
  for (;;) {
    if (input.available !== "") {
      const text = input.take(input.available.length);
      for (const target of targets) {
        try {
          state.files.append(target, text);
        } catch (error) {
          if (!(error instanceof FileFailure)) throw error;
          state.err(`tee: ${target}: ${error.message}\n`);
          status = 1;
        }
      }
      yield* write(state, text);
    }
    if (input.closed && input.available === "") return status;
    if (input.available === "") yield { on: [input.arrived], until: FOREVER };
  }
}

export function* yes(state: ShellState, args: readonly string[]): Run<number> {
  const line = `${args.length === 0 ? "y" : args.join(" ")}\n`;
  if (state.stream(1)?.pipe == null) {
    state.err("yes: this never ends: only into a pipe (yes | head)\n");
    return 1;
  }
  for (;;) yield* write(state, line.repeat(64));
}

/** `wc [-lwcm] [FILE ...]` */
export function* wc(state: ShellState, args: readonly string[]): Run<number> {
  const options = args.filter((word) => /^-[lwcm]+$/.test(word)).join("");
  const operands = args.filter((word) => !/^-[lwcm]+$/.test(word));
  const encoder = new TextEncoder();
  const rows: { name: string; counts: number[] }[] = [];
  let status = 0;
  for (const operand of operands.length === 0 ? [""] : operands) {
    const input = open(state, "wc", operand === "" ? "-" : operand);
    if (input === null) {
      status = 1;
      continue;
    }
    const text = yield* readAll(input);
    const counts: number[] = [];
    const wants = (letter: string): boolean => (options === "" ? "lwc" : options).includes(letter);
    if (wants("l")) counts.push(text.split("\n").length - 1);
    if (wants("w")) counts.push(text.split(/\s+/).filter((word) => word !== "").length);
    if (wants("m")) counts.push([...text].length);
    if (wants("c")) counts.push(encoder.encode(text).length);
    rows.push({ name: operand, counts });
  }
  if (operands.length > 1) {
    const counts = rows.reduce<number[]>(
      (sum, row) => row.counts.map((count, i) => count + (sum[i] ?? 0)),
      [],
    );
    rows.push({ name: "total", counts });
  }
  // One number of one text stands alone; several are as wide as the largest, from a pipe at least 7.
  const widest = Math.max(...rows.flatMap((row) => row.counts.map((count) => `${count}`.length)));
  const width = rows[0]?.counts.length === 1 && operands.length < 2 ? 1 : operands.length === 0 ? 7 : widest;
  for (const row of rows) {
    const numbers = row.counts.map((count) => `${count}`.padStart(width)).join(" ");
    state.out(`${numbers}${row.name === "" ? "" : ` ${row.name}`}\n`);
  }
  return status;
}
