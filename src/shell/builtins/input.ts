import { assign } from "../arithmetic-shell.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { readLine } from "../stream.ts";
import { parseDuration } from "../times.ts";
import type { Builtins } from "./builtin.ts";

interface ReadOptions {
  raw: boolean;
  array: string | null;
  delimiter: string;
  count: number | null;
  timeout: number;
  fd: number;
  prompt: string;
}

function* read(state: ShellState, args: readonly string[]): Run<number> {
  const options: ReadOptions = {
    raw: false,
    array: null,
    delimiter: "\n",
    count: null,
    timeout: Number.POSITIVE_INFINITY,
    fd: 0,
    prompt: "",
  };
  let i = 0;
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    if (word === "--") {
      i++;
      break;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      if (letter === "r") options.raw = true;
      else if (letter === "s" || letter === "e") continue;
      else if ("adnNtupi".includes(letter)) {
        const value = word.slice(at + 1) || (args[++i] ?? "");
        if (letter === "a") options.array = value;
        else if (letter === "d") options.delimiter = value === "" ? "\0" : value[0]!;
        else if (letter === "p" || letter === "i") options.prompt = value;
        else {
          const wrong = wrongNumber(letter, value);
          if (wrong !== null) return state.complain(`read: ${value}: invalid ${wrong}`);
          if (letter === "u") options.fd = Number(value);
          else if (letter === "t") options.timeout = state.now + (parseDuration(value) ?? 0);
          else options.count = Number(value);
        }
        break;
      } else {
        state.complain(`read: -${letter}: invalid option`);
        state.err(
          "read: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]\n",
        );
        return 2;
      }
    }
  }
  return yield* readInto(state, options, args.slice(i));
}

/** What a number of `read -n`, `-N`, `-t` or `-u` is called when it is none; null for a right one. */
function wrongNumber(letter: string, value: string): string | null {
  if (letter === "t") return /^(\d+\.?\d*|\.\d+)$/.test(value) ? null : "timeout specification";
  if (/^\d+$/.test(value)) return null;
  return letter === "u" ? "file descriptor specification" : "number";
}

function* readInto(state: ShellState, options: ReadOptions, names: readonly string[]): Run<number> {
  const input = state.stream(options.fd)?.input;
  if (input == null)
    return state.complain(`read: ${options.fd}: invalid file descriptor: Bad file descriptor`);
  let text = "";
  let whole = false;
  if (options.count !== null) {
    while (input.available.length < options.count && !input.closed) {
      if (state.now >= options.timeout) return 142;
      yield { on: [input.arrived], until: options.timeout };
    }
    text = input.take(options.count);
    whole = text.length === options.count;
  } else {
    for (;;) {
      const part = yield* readLine(input, options.delimiter, options.timeout, () => state.now);
      if (part === null) {
        if (!input.closed) return 142;
        break;
      }
      text += part.line;
      whole = part.whole;
      // Without -r a backslash at the end of the line joins the next one.
      if (options.raw || !whole || !/(^|[^\\])(\\\\)*\\$/.test(text)) break;
      text = text.slice(0, -1);
    }
  }
  if (options.array !== null) {
    state.variables.unset(options.array);
    state.variables.setArray(options.array, splitLine(state, text, Number.POSITIVE_INFINITY, options.raw));
  } else if (names.length === 0)
    assign(state, "REPLY", null, options.raw ? text : text.replace(/\\(.)/g, "$1"));
  else {
    const words = splitLine(state, text, names.length, options.raw);
    for (const [at, name] of names.entries()) assign(state, name, null, words[at] ?? "");
  }
  return whole ? 0 : 1;
}

/** Splits as `read` does: the last name takes the rest of the line. */
function splitLine(state: ShellState, text: string, names: number, raw: boolean): string[] {
  const ifs = state.variables.get("IFS") ?? " \t\n";
  const blank = [...ifs].filter((c) => /\s/.test(c)).join("");
  const isBlank = (c: string | undefined): boolean => c !== undefined && blank.includes(c);
  const words: string[] = [];
  let at = 0;
  while (isBlank(text[at])) at++;
  while (at < text.length) {
    if (words.length === names - 1) {
      let rest = text.slice(at);
      while (rest !== "" && isBlank(rest[rest.length - 1])) rest = rest.slice(0, -1);
      // One separator at the end of the last word does not count.
      const last = rest[rest.length - 1];
      if (last !== undefined && ifs.includes(last) && ![...rest.slice(0, -1)].some((c) => ifs.includes(c)))
        rest = rest.slice(0, -1);
      words.push(raw ? rest : rest.replace(/\\(.)/g, "$1"));
      return words;
    }
    let word = "";
    while (at < text.length && !ifs.includes(text[at]!)) {
      if (!raw && text[at] === "\\") at++;
      word += text[at++] ?? "";
    }
    words.push(word);
    while (isBlank(text[at])) at++;
    if (at < text.length && ifs.includes(text[at]!) && !isBlank(text[at])) {
      at++;
      while (isBlank(text[at])) at++;
    }
  }
  return words;
}

const MAPFILE_USAGE =
  "usage: mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]";

/** `mapfile [-t] [-d DELIM] [-n COUNT] [-O ORIGIN] [-s COUNT] [-u FD] [ARRAY]`; callbacks are not simulated. */
function* mapfile(state: ShellState, args: readonly string[], called: string): Run<number> {
  const given = new Map<string, string>();
  let i = 0;
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    if (word === "--") {
      i++;
      break;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      if (letter === "t") given.set("t", "");
      else if ("dnOsu".includes(letter)) {
        given.set(letter, word.slice(at + 1) || (args[++i] ?? ""));
        break;
      } else if (letter === "C" || letter === "c")
        return state.complain(`${called}: -${letter} is not simulated`, 2);
      else {
        state.complain(`${called}: -${letter}: invalid option`);
        state.err(`${called}: ${MAPFILE_USAGE.replace("mapfile", called)}\n`);
        return 2;
      }
    }
  }
  for (const [letter, what] of [
    ["n", "line count"],
    ["O", "array origin"],
    ["s", "line count"],
    ["u", "file descriptor specification"],
  ] as const) {
    const value = given.get(letter);
    if (value !== undefined && !/^\d+$/.test(value))
      return state.complain(`${called}: ${value}: invalid ${what}`);
  }
  const name = args[i] ?? "MAPFILE";
  const delimiter = given.has("d") ? (given.get("d")![0] ?? "\0") : "\n";
  const most = Number(given.get("n") ?? 0) || Number.POSITIVE_INFINITY;
  const origin = given.get("O");
  const input = state.stream(Number(given.get("u") ?? 0))?.input;
  if (input == null)
    return state.complain(`${called}: ${given.get("u") ?? 0}: invalid file descriptor: Bad file descriptor`);
  if (origin === undefined) {
    state.variables.unset(name);
    state.variables.setArray(name, []);
  }
  let skip = Number(given.get("s") ?? 0);
  for (let count = 0; count < most; ) {
    const part = yield* readLine(input, delimiter);
    if (part === null) break;
    if (skip-- > 0) continue;
    // No text in bash holds a NUL.
    const text = part.line + (given.has("t") || !part.whole || delimiter === "\0" ? "" : delimiter);
    assign(state, name, `${Number(origin ?? 0) + count++}`, text);
  }
  return 0;
}

/** Who complains of a wrong option: `$0`. */
function caller({ naming }: ShellState): string {
  return naming.kind === "prompt" ? "bash" : naming.name;
}

function getopts(state: ShellState, args: readonly string[]): number {
  const [spec, name, ...given] = args;
  if (spec === undefined || name === undefined)
    return state.complain("getopts: usage: getopts optstring name [arg ...]", 2);
  const words = given.length > 0 ? given : state.positional;
  const index = Number(state.variables.get("OPTIND") ?? "1");
  const place = Number(state.variables.get("__OPTPLACE") ?? "1");
  const word = words[index - 1];
  const done = (): number => {
    state.variables.set(name, "?");
    state.variables.unset("__OPTPLACE");
    return 1;
  };
  if (word === undefined || !/^-./.test(word)) return done();
  if (word === "--") {
    state.variables.set("OPTIND", `${index + 1}`);
    return done();
  }
  const letter = word[place]!;
  const last = place + 1 >= word.length;
  const step = (by: number): void => {
    state.variables.set("OPTIND", `${index + by}`);
    state.variables.set("__OPTPLACE", "1");
  };
  const at = spec.replace(/^:/, "").indexOf(letter);
  const silent = spec.startsWith(":");
  state.variables.unset("OPTARG");
  if (at < 0 || letter === ":") {
    if (last) step(1);
    else state.variables.set("__OPTPLACE", `${place + 1}`);
    state.variables.set(name, "?");
    if (silent) state.variables.set("OPTARG", letter);
    else state.err(`${caller(state)}: illegal option -- ${letter}\n`);
    return 0;
  }
  if (spec.replace(/^:/, "")[at + 1] !== ":") {
    if (last) step(1);
    else state.variables.set("__OPTPLACE", `${place + 1}`);
    state.variables.set(name, letter);
    return 0;
  }
  const value = last ? words[index] : word.slice(place + 1);
  step(last ? 2 : 1);
  if (value === undefined) {
    state.variables.set(name, silent ? ":" : "?");
    if (silent) state.variables.set("OPTARG", letter);
    else state.err(`${caller(state)}: option requires an argument -- ${letter}\n`);
    return 0;
  }
  state.variables.set(name, letter);
  state.variables.set("OPTARG", value);
  return 0;
}

export const inputBuiltins: Builtins = { read, mapfile, readarray: mapfile, getopts };
