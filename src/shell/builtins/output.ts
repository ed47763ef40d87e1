import { assign } from "../arithmetic-shell.ts";
import { formatDate } from "../date-format.ts";
import { formatFloat, pad } from "../format-float.ts";
import { quoteForPrintf, readEscapes } from "../quote.ts";
import type { ShellState } from "../shell-state.ts";
import type { Builtins } from "./builtin.ts";

/** Bash's own output is flushed at each line's end, so that a socket gets one datagram a line. */
function write(state: ShellState, text: string): void {
  if (!state.stream(1)?.datagrams) state.out(text);
  else for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) state.out(line);
}

function echo(state: ShellState, args: readonly string[]): number {
  let newline = true;
  let escapes = state.shellOptions.has("xpg_echo");
  let i = 0;
  for (; /^-[neE]+$/.test(args[i] ?? ""); i++) {
    for (const c of args[i]!.slice(1)) {
      if (c === "n") newline = false;
      else escapes = c === "e";
    }
  }
  let text = args.slice(i).join(" ");
  if (escapes) {
    const read = readEscapes(text, true);
    text = read.text;
    if (read.stopped) newline = false;
  }
  write(state, newline ? `${text}\n` : text);
  return 0;
}

function printf(state: ShellState, args: readonly string[]): number {
  let variable: string | null = null;
  let rest = args;
  if (rest[0] === "-v") {
    variable = rest[1] ?? "";
    rest = rest.slice(2);
  }
  if (rest[0] === "--") rest = rest.slice(1);
  if (rest.length === 0) return state.complain("printf: usage: printf [-v var] format [arguments]", 2);
  const formatter = new Formatter(state, rest[0]!, rest.slice(1));
  const text = formatter.run();
  if (variable === null) write(state, text);
  else {
    const match = /^(\w+)\[(.*)\]$/.exec(variable);
    assign(state, match?.[1] ?? variable, match?.[2] ?? null, text);
  }
  return formatter.status;
}

const CONVERSION =
  /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:hh|h|ll|l|L|j|z|t)?([diouxXeEfFgGcsbq%]|\(([^)]*)\)T)/;

class Formatter {
  readonly #state: ShellState;
  readonly #format: string;
  readonly #args: readonly string[];
  #used = 0;
  status = 0;

  constructor(state: ShellState, format: string, args: readonly string[]) {
    this.#state = state;
    this.#format = format;
    this.#args = args;
  }

  /** The format is used again as long as there are arguments. */
  run(): string {
    let text = "";
    do {
      const before = this.#used;
      const pass = this.#once();
      text += pass.text;
      if (pass.stopped || this.#used === before) break;
    } while (this.#used < this.#args.length);
    return text;
  }

  #next(): string | null {
    return this.#args[this.#used++] ?? null;
  }

  #once(): { text: string; stopped: boolean } {
    let text = "";
    let rest = this.#format;
    while (rest !== "") {
      const literal = /^[^%]+/.exec(rest);
      if (literal !== null) {
        const read = readEscapes(literal[0], false);
        text += read.text;
        if (read.stopped) return { text, stopped: true };
        rest = rest.slice(literal[0].length);
        continue;
      }
      const match = CONVERSION.exec(rest);
      if (match === null) {
        this.#state.complain(`printf: \`${rest[1] ?? ""}': invalid format character`);
        this.status = 1;
        return { text, stopped: true };
      }
      rest = rest.slice(match[0].length);
      if (match[4] === "%") {
        text += "%";
        continue;
      }
      const width = match[2] === "*" ? Number(this.#next() ?? 0) : Number(match[2] ?? 0);
      const precise = /\.(\*|\d*)/.exec(match[0].replace(/\(.*$/, ""));
      const precision =
        precise === null ? null : precise[1] === "*" ? Number(this.#next() ?? 0) : Number(precise[1]);
      const one = this.#convert(match, precision);
      text += pad(one.text, width, match[1]!, one.number);
      if (one.stopped) return { text, stopped: true };
    }
    return { text, stopped: false };
  }

  #convert(
    match: RegExpExecArray,
    precision: number | null,
  ): { text: string; number: boolean; stopped: boolean } {
    const kind = match[4]!;
    const flags = match[1]!;
    const argument = this.#next();
    const done = (text: string, number = false, stopped = false) => ({ text, number, stopped });
    if (kind.startsWith("(")) {
      const seconds =
        argument === null || argument === "-1" ? this.#state.machine.clock().seconds : Number(argument);
      return done(formatDate(match[5] === "" ? "%X" : match[5]!, { seconds, nanos: 0 }));
    }
    switch (kind) {
      case "s":
        return done(precision === null ? (argument ?? "") : (argument ?? "").slice(0, precision));
      case "c":
        return done((argument ?? "").slice(0, 1));
      case "b": {
        const read = readEscapes(argument ?? "", true);
        return done(read.text, false, read.stopped);
      }
      case "q":
        return done(quoteForPrintf(argument ?? ""));
    }
    if ("eEfFgG".includes(kind)) return done(this.#float(argument, kind, precision ?? 6, flags), true);
    let value = this.#integer(argument);
    if (kind === "d" || kind === "i") {
      const digits = `${value < 0n ? -value : value}`.padStart(precision ?? 0, "0");
      const sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
      return done(sign + digits, precision === null);
    }
    if (value < 0n) value = BigInt.asUintN(64, value);
    const radix = kind === "o" ? 8 : kind === "u" ? 10 : 16;
    let digits = value.toString(radix).padStart(precision ?? 0, "0");
    if (flags.includes("#") && value !== 0n) digits = (kind === "o" ? "0" : "0x") + digits;
    return done(kind === "X" ? digits.toUpperCase() : digits, precision === null);
  }

  #integer(text: string | null): bigint {
    if (text === null || text === "") return 0n;
    if (text[0] === "'" || text[0] === '"') return BigInt(text.codePointAt(1) ?? 0);
    const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (match === null || match[0].length !== text.length) {
      const kind = /^\s*0x/i.test(text) ? "hex " : /^\s*0/.test(text) ? "octal " : "";
      this.#state.complain(`printf: ${text}: invalid ${kind}number`);
      this.status = 1;
      if (match === null) return 0n;
    }
    const digits = match[2]!;
    const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
    return match[1] === "-" ? -value : value;
  }

  #float(text: string | null, kind: string, precision: number, flags: string): string {
    const value = text === null || text === "" ? 0 : Number(text);
    if (Number.isNaN(value)) {
      this.#state.complain(`printf: ${text}: invalid number`);
      this.status = 1;
      return (0).toFixed(precision);
    }
    return formatFloat(value, kind, precision, flags);
  }
}

export const outputBuiltins: Builtins = { echo, printf };
