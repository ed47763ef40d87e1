import { COMMAND_TIME } from "../command.ts";
import { formatFloat, pad } from "../format-float.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { gnuOptions } from "./gnu-options.ts";
import { write } from "./streams.ts";

const OPTIONS = {
  letters: "f:s:w",
  long: { format: "f", separator: "s", "equal-width": "w" },
};
const NUMBER = /^[-+]?(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf(?:inity)?|nan)$/i;
/** Text that is written at once: a pipe takes the next when there is room. */
const PIECE = 8192;

/** One of seq's numbers: its value, the digits behind its point, and how wide it was written. */
interface Operand {
  readonly value: number;
  /** Null: it is not written with fixed digits. */
  readonly precision: number | null;
  readonly width: number;
}

/** A `%` directive among literal text. */
interface Format {
  readonly before: string;
  readonly after: string;
  print(value: number): string;
}

/** `seq [-w] [-f FORMAT] [-s STRING] [FIRST [INCREMENT]] LAST` (GNU coreutils). */
export function* seq(state: ShellState, args: readonly string[]): Run<number> {
  const wrong = (message: string, more = true): number => {
    state.err(`seq: ${message}\n${more ? "Try 'seq --help' for more information.\n" : ""}`);
    return 1;
  };
  const sorted = gnuOptions(state, "seq", args, OPTIONS, (word) => /^-[\d.]/.test(word));
  if (sorted === null) return 1;
  const { options, operands } = sorted;
  if (operands.length === 0) return wrong("missing operand");
  if (operands.length > 3) return wrong(`extra operand ‘${operands[3]}’`);
  const given = options.get("f");
  const format = given === undefined ? null : parseFormat(given);
  if (typeof format === "string") return wrong(format, false);
  if (format !== null && options.has("w"))
    return wrong("format string may not be specified when printing equal width strings");
  const numbers: Operand[] = [];
  for (const word of operands) {
    if (!NUMBER.test(word)) return wrong(`invalid floating point argument: ‘${word}’`);
    if (/nan$/i.test(word)) return wrong(`invalid ‘not-a-number’ argument: ‘${word}’`);
    numbers.push(read(word));
  }
  const one: Operand = { value: 1, precision: 0, width: 1 };
  const last = numbers.at(-1)!;
  const first = numbers.length > 1 ? numbers[0]! : one;
  const step = numbers.length > 2 ? numbers[1]! : one;
  if (step.value === 0) return wrong(`invalid Zero increment value: ‘${operands[1]}’`);
  const print = format ?? ordinary(first, step, last, options.has("w"));
  const separator = options.get("s") ?? "\n";
  let text = "";
  for (let i = 0; ; i++) {
    const value = i === 0 ? first.value : first.value + i * step.value;
    const shown = print.print(value);
    // What is printed like the last number is not behind it, whatever its last bits say.
    const behind = step.value > 0 ? value > last.value : value < last.value;
    if (behind && Number(print.print(last.value)) !== Number(shown)) break;
    if (behind && i > 0 && print.print(value - step.value) === shown) break;
    text += `${i > 0 ? separator : ""}${print.before}${shown}${print.after}`;
    if (text.length >= PIECE) {
      yield* write(state, text);
      text = "";
      if (!Number.isFinite(last.value) && state.stream(1)?.pipe == null)
        return wrong("this never ends: only into a pipe", false);
    }
    if (behind) break;
  }
  const empty = step.value > 0 ? first.value > last.value : first.value < last.value;
  yield* write(state, empty ? "" : `${text}\n`);
  yield { on: [], until: state.now + COMMAND_TIME };
  return 0;
}

function read(word: string): Operand {
  const fixed = /^[-+]?\d*\.?(\d*)$/.exec(word);
  const value = /inf/i.test(word)
    ? word.startsWith("-")
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
    : /0x/i.test(word)
      ? Number(word.replace(/^[-+]/, "")) * (word.startsWith("-") ? -1 : 1)
      : Number(word);
  const power = /^[-+]?\d*\.?(\d*)e([-+]?\d+)$/i.exec(word);
  const precision =
    fixed !== null
      ? fixed[1]!.length
      : power !== null
        ? Math.max(0, power[1]!.length - Number(power[2]))
        : null;
  const digits = fixed === null ? value.toFixed(precision ?? 0) : word.replace(/^\+/, "").replace(/\.$/, "");
  return { value, precision: /^[-+]?0x/i.test(word) ? 0 : precision, width: digits.length };
}

/** As many digits behind the point as the first number and the step have, or `%g`. */
function ordinary(first: Operand, step: Operand, last: Operand, equalWidth: boolean): Format {
  if (first.precision === null || step.precision === null || last.precision === null)
    return { before: "", after: "", print: (value) => formatFloat(value, "g", 6, "") };
  const precision = Math.max(first.precision, step.precision);
  // Each is as wide as it is with these digits behind its point.
  const wide = ({ width, precision: own }: Operand): number =>
    width - (own! > 0 ? own! + 1 : 0) + (precision > 0 ? precision + 1 : 0);
  const width = equalWidth ? Math.max(wide(first), wide(last)) : 0;
  const negativeZero = Object.is(first.value, -0);
  return {
    before: "",
    after: "",
    print: (value) => {
      const text = formatFloat(value, "f", precision, "");
      return pad(negativeZero && Object.is(value, -0) ? `-${text}` : text, width, "0", true);
    },
  };
}

const DIRECTIVE = /^%([-+#0 ']*)(\d*)(?:\.(\d*))?L?(.?)/s;

/** Reads a format with exactly one directive; a text says what is wrong with it. */
function parseFormat(format: string): Format | string {
  const quoted = `‘${format}’`;
  const at = nextDirective(format, 0);
  if (at < 0) return `format ${quoted} has no % directive`;
  const match = DIRECTIVE.exec(format.slice(at))!;
  const kind = match[4]!;
  if (kind === "") return `format ${quoted} ends in %`;
  if (!"aefgAEFG".includes(kind)) return `format ${quoted} has unknown %${kind} directive`;
  const end = at + match[0].length;
  if (nextDirective(format, end) >= 0) return `format ${quoted} has too many % directives`;
  if (kind === "a" || kind === "A") return `overmesh: the directive %${kind} is not simulated`;
  const [, flags = "", width = "", precision] = match;
  const digits = precision === undefined ? 6 : Number(precision);
  return {
    before: format.slice(0, at).replaceAll("%%", "%"),
    after: format.slice(end).replaceAll("%%", "%"),
    print: (value) => pad(formatFloat(value, kind, digits, flags), Number(width), flags, true),
  };
}

/** Where the next `%` stands that is not one of a pair; -1: nowhere. */
function nextDirective(format: string, from: number): number {
  for (let i = format.indexOf("%", from); i >= 0; i = format.indexOf("%", i + 2))
    if (format[i + 1] !== "%") return i;
  return -1;
}
