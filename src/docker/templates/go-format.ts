import { encode } from "../../wire/utf8.ts";
import { goQuote, goQuoteRune } from "./go-quote.ts";
import {
  GoFloat,
  GoMap,
  GoNamed,
  GoNil,
  GoNumber,
  GoObject,
  GoSlice,
  GoStruct,
  GoTime,
  type GoValue,
  typeName,
  unwrap,
} from "./go-value.ts";

/** A value as `%v` prints it. @param plus as `%+v`, with the names of fields */
export function goText(value: GoValue, plus = false): string {
  const plain = unwrap(value);
  if (plain === undefined || plain === null) return "<nil>";
  if (typeof plain === "string") return plain;
  if (typeof plain === "boolean" || typeof plain === "number") return String(plain);
  if (plain instanceof GoFloat) return floatText(plain.value, "g", -1);
  if (plain instanceof GoNumber || plain instanceof GoNamed) return plain.text;
  if (plain instanceof GoTime) return timeText(plain.rfc3339);
  if (plain instanceof GoSlice) return `[${plain.items.map((item) => goText(item, plus)).join(" ")}]`;
  if (plain instanceof GoMap) {
    return `map[${plain
      .sorted()
      .map(([key, item]) => `${key}:${goText(item, plus)}`)
      .join(" ")}]`;
  }
  if (plain instanceof GoStruct) {
    const fields = plain.fields.map(
      ({ name, value: inner }) => (plus ? `${name}:` : "") + goText(inner, plus),
    );
    return `${plain.pointer ? "&" : ""}{${fields.join(" ")}}`;
  }
  if (plain instanceof GoObject) return `&{${plain.type}}`;
  if (plain instanceof GoNil) {
    if (plain.type.startsWith("[]")) return "[]";
    return plain.type.startsWith("map[") ? "map[]" : "<nil>";
  }
  return "";
}

/** `2026-11-22T18:52:41.282544718Z` as time.Time prints itself: `2026-11-22 18:52:41.282544718 +0000 UTC`. */
export function timeText(rfc3339: string): string {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)$/.exec(rfc3339);
  if (found === null) return rfc3339;
  const [, day, time, zone] = found;
  const trimmed = time!.includes(".") ? time!.replace(/\.?0+$/, "") : time!;
  return `${day} ${trimmed} ${zone === "Z" ? "+0000 UTC" : `${zone!.replace(":", "")} ${zone!.replace(":", "")}`}`;
}

/** As strconv.FormatFloat does for `e`, `f` and `g`; precision -1 is the shortest that reads back the same. */
export function floatText(value: number, verb: "e" | "f" | "g", precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  if (verb === "f") return precision < 0 ? plainDigits(value) : rounded(value, precision).toFixed(precision);
  if (verb === "e") return twoDigits(precision < 0 ? value.toExponential() : value.toExponential(precision));
  const significant = precision < 0 ? null : Math.max(precision, 1);
  const scientific = significant === null ? value.toExponential() : value.toExponential(significant - 1);
  const exponent = Number(scientific.slice(scientific.indexOf("e") + 1));
  if (exponent < -4 || exponent >= (significant ?? 21)) {
    return twoDigits(scientific.replace(/(\.\d*?)0+e/, "$1e").replace(".e", "e"));
  }
  if (significant === null) return plainDigits(value);
  const places = Math.max(0, significant - 1 - exponent);
  const fixed = rounded(value, places).toFixed(places);
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

/** Go rounds what lies just between two numbers to the even one, toFixed away from zero. */
function rounded(value: number, places: number): number {
  // All digits that a double can have after these places.
  const tail = value
    .toFixed(Math.min(100, places + 60))
    .split(".")[1]!
    .slice(places);
  return /^50*$/.test(tail) ? (2 * Math.round((value * 10 ** places) / 2)) / 10 ** places : value;
}

function plainDigits(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}

function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

interface Directive {
  readonly flags: string;
  readonly width: number | null;
  readonly precision: number | null;
  readonly verb: string;
}

/** fmt.Sprintf, with its complaints about wrong verbs and arguments. */
export function goPrintf(format: string, values: readonly GoValue[]): string {
  let text = "";
  let next = 0;
  let at = 0;
  // Who chooses arguments by number may leave some out.
  let reordered = false;
  const takeNumber = (): number | null => {
    const value = unwrap(values[next++]);
    return typeof value === "number" ? value : null;
  };
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    if (percent < 0) return finish(text + format.slice(at), values, reordered ? values.length : next);
    text += format.slice(at, percent);
    const found = /^%([+\-# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:\[(\d+)\])?(.?)/su.exec(format.slice(percent))!;
    const [whole, flags, wide, exact, chosen, verb] = found;
    at = percent + whole.length;
    const width = wide === "*" ? takeNumber() : wide === undefined ? null : Number(wide);
    const precision = exact === undefined ? null : exact === "*" ? takeNumber() : Number(exact || 0);
    if (chosen !== undefined) {
      next = Number(chosen) - 1;
      reordered = true;
    }
    if (verb === "") text += "%!(NOVERB)";
    else if (verb === "%") text += "%";
    else if (next >= values.length) text += `%!${verb}(MISSING)`;
    else text += formatOne({ flags: flags!, width, precision, verb: verb! }, values[next++]);
  }
  return finish(text, values, reordered ? values.length : next);
}

function finish(text: string, values: readonly GoValue[], used: number): string {
  if (used >= values.length) return text;
  const extra = values.slice(used).map((value) => {
    const plain = unwrap(value);
    return plain === null || plain === undefined ? "<nil>" : `${typeName(plain)}=${goText(plain)}`;
  });
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function formatOne(directive: Directive, value: GoValue): string {
  const { flags, width, verb } = directive;
  const plain = unwrap(value);
  const body = formatBody(directive, plain);
  if (body === null) {
    const kind = plain === null || plain === undefined ? "<nil>" : `${typeName(plain)}=${goText(plain)}`;
    return `%!${verb}(${kind})`;
  }
  const missing = (width ?? 0) - [...body].length;
  if (missing <= 0) return body;
  if (flags.includes("-")) return body + " ".repeat(missing);
  const numeric = typeof plain === "number" || plain instanceof GoFloat;
  if (!flags.includes("0")) return " ".repeat(missing) + body;
  const sign = numeric && /^[+-]/.test(body) ? body[0]! : "";
  return sign + "0".repeat(missing) + body.slice(sign.length);
}

/** What a verb makes of a value before padding; null when it does not take it. */
function formatBody(
  { flags, precision, verb }: Directive,
  value: Exclude<GoValue, undefined> | undefined,
): string | null {
  const plus = flags.includes("+");
  if (verb === "v") {
    if (flags.includes("#")) return typeof value === "string" ? goQuote(value) : goText(value);
    return plus && typeof value === "number" && value >= 0 ? `+${value}` : goText(value, plus);
  }
  if (verb === "T") return value === null || value === undefined ? "<nil>" : typeName(value);
  if (value instanceof GoSlice && verb !== "p") {
    const items = value.items.map((item) => formatOne({ flags, width: null, precision, verb }, item));
    return `[${items.join(" ")}]`;
  }
  if (value instanceof GoMap && verb !== "p") {
    const one = (item: GoValue): string => formatOne({ flags, width: null, precision, verb }, item);
    return `map[${value
      .sorted()
      .map(([key, item]) => `${one(key)}:${one(item)}`)
      .join(" ")}]`;
  }
  const text =
    value instanceof GoNumber || value instanceof GoNamed
      ? value.text
      : typeof value === "string"
        ? value
        : null;
  if (text !== null) return formatString(flags, precision, verb, text);
  if (typeof value === "boolean") return verb === "t" ? String(value) : null;
  if (typeof value === "number") return formatInt(flags, precision, verb, value);
  if (value instanceof GoFloat) {
    const kind = verb.toLowerCase();
    if (kind !== "e" && kind !== "f" && kind !== "g") return null;
    const shown = floatText(value.value, kind, precision ?? (kind === "g" ? -1 : 6));
    return plus && value.value >= 0 ? `+${shown}` : shown;
  }
  if (value instanceof GoTime && verb === "s") return goText(value);
  if (value instanceof GoStruct && (verb === "s" || verb === "d" || verb === "q")) {
    const one = ({ value: inner }: { value: GoValue }): string =>
      formatOne({ flags, width: null, precision, verb }, inner);
    return `${value.pointer ? "&" : ""}{${value.fields.map(one).join(" ")}}`;
  }
  return null;
}

function formatString(flags: string, precision: number | null, verb: string, text: string): string | null {
  const cut = precision === null ? text : [...text].slice(0, precision).join("");
  if (verb === "s") return cut;
  if (verb === "q") return flags.includes("#") && !cut.includes("`") ? `\`${cut}\`` : goQuote(cut);
  if (verb !== "x" && verb !== "X") return null;
  const bytes = [...encode(cut)].map((byte) => byte.toString(16).padStart(2, "0"));
  const hex = bytes.join(flags.includes(" ") ? " " : "");
  return verb === "x" ? hex : hex.toUpperCase();
}

function formatInt(flags: string, precision: number | null, verb: string, value: number): string | null {
  const sign = value < 0 ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const size = Math.abs(value);
  const sharp = flags.includes("#");
  const digits = (base: number): string => size.toString(base).padStart(precision ?? 0, "0");
  switch (verb) {
    case "d":
      return sign + digits(10);
    case "x":
      return `${sign}${sharp ? "0x" : ""}${digits(16)}`;
    case "X":
      return `${sign}${sharp ? "0X" : ""}${digits(16).toUpperCase()}`;
    case "o":
      return `${sign}${sharp ? "0" : ""}${digits(8)}`;
    case "O":
      return `${sign}0o${digits(8)}`;
    case "b":
      return `${sign}${sharp ? "0b" : ""}${digits(2)}`;
    case "c":
      return String.fromCodePoint(size);
    case "q":
      return goQuoteRune(String.fromCodePoint(size));
    case "U":
      return `U+${size.toString(16).toUpperCase().padStart(4, "0")}`;
  }
  return null;
}
