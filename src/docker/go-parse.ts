import { goQuote } from "./templates/go-quote.ts";

/** Go's readers of numbers, times, sizes and lists, with the words in which Go refuses; client and engine read texts with them. */

/** A text that is no such value; the message is Go's. */
export class BadValue extends Error {
  override readonly name = "BadValue";
}

const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

export function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new BadValue(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

/** A signed number of 64 bits. With `base` 0 also `0x1f`, `0b1`, `0o7`, `017` and `1_000`. */
export function parseInt64(text: string, base: 0 | 10 = 0, by = "ParseInt"): number {
  const negative = text.startsWith("-");
  const digits = negative || text.startsWith("+") ? text.slice(1) : text;
  const value = wholeNumber(digits, base);
  if (value === null) throw new BadValue(`strconv.${by}: parsing ${goQuote(text)}: invalid syntax`);
  const limit = 1n << 63n;
  if (negative ? value > limit : value >= limit) {
    throw new BadValue(`strconv.${by}: parsing ${goQuote(text)}: value out of range`);
  }
  return Number(negative ? -value : value);
}

/** A number without a sign, of so many bits. */
export function parseUint(text: string, bits: number, base: 0 | 8 | 10 = 0): number {
  const value = wholeNumber(text, base);
  if (value === null) throw new BadValue(`strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`);
  if (value >= 1n << BigInt(bits)) {
    throw new BadValue(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`);
  }
  return Number(value);
}

function wholeNumber(digits: string, base: 0 | 8 | 10): bigint | null {
  if (base === 10) return /^[0-9]+$/.test(digits) ? BigInt(digits) : null;
  if (base === 8) return /^[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : null;
  if (!/^[0-9a-zA-Z]+(_[0-9a-zA-Z]+)*$/.test(digits)) return null;
  const plain = digits.replaceAll("_", "");
  if (/^0[xX][0-9a-fA-F]+$|^0[bB][01]+$|^0[oO][0-7]+$|^(0|[1-9][0-9]*)$/.test(plain)) return BigInt(plain);
  return /^0[0-7]+$/.test(plain) ? BigInt(`0o${plain.slice(1)}`) : null;
}

export function parseFloat64(text: string): number {
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) {
    throw new BadValue(`strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`);
  }
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

/** A time like `1h30m` or `1.5s`, in nanoseconds. */
export function parseDuration(text: string): number {
  const invalid = new BadValue(`time: invalid duration ${goQuote(text)}`);
  const sign = text.startsWith("-") ? -1 : 1;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0;
  if (rest === "") throw invalid;
  let total = 0;
  while (rest !== "") {
    const found = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest)!;
    if (found[1] === "" && (found[2] ?? "") === "") throw invalid;
    rest = rest.slice(found[0].length);
    const unit = /^[^0-9.]*/.exec(rest)![0];
    if (unit === "") throw new BadValue(`time: missing unit in duration ${goQuote(text)}`);
    const scale = UNITS[unit];
    if (scale === undefined) {
      throw new BadValue(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    }
    rest = rest.slice(unit.length);
    total += Number(`${found[1] || "0"}.${found[2] || "0"}`) * scale;
  }
  return sign * Math.trunc(total);
}

const SIZE_UNITS = "kmgtp";

/** A size like `512m`, in bytes; units are powers of 1024. */
export function parseSize(text: string): number {
  const found = /^(\d+(?:\.\d+)*) ?([kKmMgGtTpP])?[iI]?[bB]?$/.exec(text);
  if (found === null) throw new BadValue(`invalid size: '${text}'`);
  const unit = (found[2] ?? "").toLowerCase();
  return Math.trunc(parseFloat64(found[1]!) * 1024 ** (unit === "" ? 0 : SIZE_UNITS.indexOf(unit) + 1));
}

/** Processors as billionths of one: `1.5`. */
export function parseCpus(text: string): number {
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) {
    throw new BadValue(`failed to parse ${text} as a rational number`);
  }
  const nanos = Number(text) * 1e9;
  if (Math.abs(nanos - Math.round(nanos)) > 1e-6) throw new BadValue("value is too precise");
  return Math.round(nanos);
}

/** The fields of one line of comma-separated values, as encoding/csv reads it. */
export function parseCsv(line: string): string[] {
  if (line === "") throw new BadValue("EOF");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let field = "";
      at++;
      for (;;) {
        const close = line.indexOf('"', at);
        if (close < 0) {
          throw new BadValue(
            `record on line 1; parse error on line 2, column 0: extraneous or missing " in quoted-field`,
          );
        }
        field += line.slice(at, close);
        at = close + 1;
        if (line[at] !== '"') break;
        field += '"';
        at++;
      }
      if (at < line.length && line[at] !== ",") {
        throw new BadValue(`parse error on line 1, column ${at}: extraneous or missing " in quoted-field`);
      }
      fields.push(field);
    } else {
      const comma = line.indexOf(",", at);
      const field = line.slice(at, comma < 0 ? line.length : comma);
      const quote = field.indexOf('"');
      if (quote >= 0) {
        throw new BadValue(`parse error on line 1, column ${at + quote + 1}: bare " in non-quoted-field`);
      }
      fields.push(field);
      at += field.length;
    }
    if (at >= line.length) return fields;
    at++;
  }
}
