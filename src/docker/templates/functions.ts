import { goPrintf, goText } from "./go-format.ts";
import { goJson } from "./go-json.ts";
import { utf8Length } from "./go-quote.ts";
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
  isTrue,
  typeName,
  unwrap,
} from "./go-value.ts";

/** A function fails: Go adds which one it was. */
export class CallError extends Error {
  override readonly name = "CallError";
}

/** What a function takes, by the names of Go's types; `any` is an interface, a last `...` repeats the one before it. */
export interface GoFunction {
  readonly arguments: readonly string[];
  call(...values: GoValue[]): GoValue;
}

function fn(args: string, call: (...values: never[]) => GoValue): GoFunction {
  return { arguments: args === "" ? [] : args.split(","), call: call as GoFunction["call"] };
}

const COMPARISONS = {
  eq: fn("value,value,...", (...values: GoValue[]) => equals(values)),
  ne: fn("value,value", (a: GoValue, b: GoValue) => !equals([a, b])),
  lt: fn("value,value", (a: GoValue, b: GoValue) => compare(a, b) < 0),
  le: fn("value,value", (a: GoValue, b: GoValue) => compare(a, b) <= 0),
  gt: fn("value,value", (a: GoValue, b: GoValue) => compare(a, b) > 0),
  ge: fn("value,value", (a: GoValue, b: GoValue) => compare(a, b) >= 0),
};

/** The functions of text/template and those that the client adds to them. `and` and `or` are the evaluator's own. */
export const FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  ...COMPARISONS,
  and: fn("value,...", () => null),
  or: fn("value,...", () => null),
  not: fn("value", (value: GoValue) => !isTrue(value)),
  len: fn("value", (value: GoValue) => length(value)),
  index: fn("value,...", (of: GoValue, ...keys: GoValue[]) => keys.reduce(element, of)),
  slice: fn("value,...", (of: GoValue, ...bounds: GoValue[]) => slice(of, bounds)),
  print: fn("any,...", (...values: GoValue[]) => print(values)),
  printf: fn("string,any,...", (format: string, ...values: GoValue[]) => goPrintf(format, values)),
  println: fn("any,...", (...values: GoValue[]) => `${values.map((value) => goText(value)).join(" ")}\n`),
  html: fn("any,...", (...values: GoValue[]) => escapeHtml(printed(values))),
  js: fn("any,...", (...values: GoValue[]) => escapeJs(printed(values))),
  urlquery: fn("any,...", (...values: GoValue[]) =>
    encodeURIComponent(printed(values))
      .replace(/%20/g, "+")
      .replace(/[!'()*]/g, percent),
  ),
  call: fn("value,...", (of: GoValue) => {
    throw new CallError(`non-function of type ${typeName(unwrap(of))}`);
  }),
  json: fn("any", (value: GoValue) => goJson(value)),
  split: fn("string,string", (text: string, by: string) => new GoSlice(text.split(by), "[]string")),
  join: fn("[]string,string", (list: GoSlice | GoNil, by: string) =>
    list instanceof GoNil ? "" : list.items.map((item) => goText(item)).join(by),
  ),
  title: fn("string", (text: string) =>
    text.replace(
      /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  ),
  lower: fn("string", (text: string) => text.toLowerCase()),
  upper: fn("string", (text: string) => text.toUpperCase()),
  pad: fn("string,int,int", (text: string, before: number, after: number) => {
    if (text === "") return "";
    if (before < 0 || after < 0) throw new CallError("strings: negative Repeat count");
    return " ".repeat(before) + text + " ".repeat(after);
  }),
  truncate: fn("string,int", (text: string, size: number) => {
    if (size < 0) throw new CallError(`runtime error: slice bounds out of range [:${size}]`);
    return text.slice(0, size);
  }),
};

/** What the client's functions make of a table's head: the names of columns stay as they are. */
export const HEADER_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  ...FUNCTIONS,
  json: fn("string", (text: string) => text),
  split: fn("string,string", (text: string) => text),
  join: fn("string,string", (text: string) => text),
  title: fn("string", (text: string) => text),
  lower: fn("string", (text: string) => text),
  upper: fn("string", (text: string) => text),
  truncate: fn("string,int", (text: string) => text),
};

export const FUNCTION_NAMES: ReadonlySet<string> = new Set(Object.keys(FUNCTIONS));

/** fmt.Sprint: a blank between two values neither of which is a text. */
function print(values: readonly GoValue[]): string {
  let text = "";
  for (const [at, value] of values.entries()) {
    const isText = typeof unwrap(value) === "string";
    if (at > 0 && !isText && typeof unwrap(values[at - 1]) !== "string") text += " ";
    text += goText(value);
  }
  return text;
}

/** What the escaping functions take for a text; one nil is no value to them. */
function printed(values: readonly GoValue[]): string {
  return values.length === 1 && (values[0] === null || values[0] === undefined)
    ? "<no value>"
    : print(values);
}

type Kind = "bool" | "int" | "float" | "string" | "other";

function kindOf(value: GoValue): Kind {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "int";
  if (value instanceof GoFloat) return "float";
  return typeof value === "string" || value instanceof GoNamed || value instanceof GoNumber
    ? "string"
    : "other";
}

function scalar(value: GoValue): boolean | number | string | null {
  if (value instanceof GoFloat) return value.value;
  if (value instanceof GoNumber || value instanceof GoNamed) return value.text;
  return typeof value === "boolean" || typeof value === "number" || typeof value === "string" ? value : null;
}

function equals(values: readonly GoValue[]): boolean {
  const [first, ...others] = values.map(unwrap);
  if (isIncomparable(first)) throw new CallError(`non-comparable type ${goText(first)}: ${typeName(first)}`);
  if (others.length === 0) throw new CallError("missing argument for comparison");
  for (const other of others) {
    if (kindOf(first) !== kindOf(other)) {
      const nothing = first === null || first === undefined || other === null || other === undefined;
      if (nothing) continue;
      throw new CallError("incompatible types for comparison");
    }
    if (isIncomparable(other))
      throw new CallError(`non-comparable type ${goText(other)}: ${typeName(other)}`);
    if (kindOf(first) === "other" ? first === other : scalar(first) === scalar(other)) return true;
  }
  return false;
}

function isIncomparable(value: GoValue): boolean {
  return (
    value instanceof GoSlice ||
    value instanceof GoMap ||
    (value instanceof GoNil && !value.type.startsWith("*"))
  );
}

function compare(left: GoValue, right: GoValue): number {
  const [a, b] = [unwrap(left), unwrap(right)];
  if (kindOf(a) !== kindOf(b)) throw new CallError("incompatible types for comparison");
  const [x, y] = [scalar(a), scalar(b)];
  if (x === null || y === null || typeof x === "boolean") throw new CallError("invalid type for comparison");
  return x < y! ? -1 : x > y! ? 1 : 0;
}

function length(of: GoValue): number {
  const value = unwrap(of);
  if (value === null || value === undefined) throw new CallError("len of untyped nil");
  if (value instanceof GoNil && !value.type.startsWith("*")) return 0;
  if (value instanceof GoNil) throw new CallError("len of nil pointer");
  if (typeof value === "string") return utf8Length(value);
  if (value instanceof GoNumber || value instanceof GoNamed) return utf8Length(value.text);
  if (value instanceof GoSlice) return value.items.length;
  if (value instanceof GoMap) return value.entries.size;
  throw new CallError(`len of type ${typeName(value)}`);
}

function element(of: GoValue, by: GoValue): GoValue {
  const value = unwrap(of);
  const key = unwrap(by);
  if (value === null || value === undefined) throw new CallError("index of untyped nil");
  if (value instanceof GoNil && value.type.startsWith("*")) throw new CallError("index of nil pointer");
  const isMap = value instanceof GoMap || (value instanceof GoNil && value.type.startsWith("map["));
  if (isMap) {
    if (key === null || key === undefined) throw new CallError("value is nil; should be of type string");
    const keyType = /^map\[([^\]]*)\]/.exec(value.type)![1]!;
    if (typeName(key) !== keyType) {
      throw new CallError(`value has type ${typeName(key)}; should be ${keyType}`);
    }
    const found = value instanceof GoMap ? value.entries.get(goText(key)) : undefined;
    if (found !== undefined) return found;
    return value instanceof GoMap ? value.zero : "";
  }
  if (value instanceof GoSlice || value instanceof GoNil || typeof value === "string") {
    const size = length(value);
    if (typeof key !== "number") {
      if (key === null || key === undefined) throw new CallError("cannot index slice/array with nil");
      throw new CallError(`cannot index slice/array with type ${typeName(key)}`);
    }
    if (key < 0 || key >= size) throw new CallError(`index out of range: ${key}`);
    return value instanceof GoSlice ? value.items[key] : (value as string).charCodeAt(key);
  }
  throw new CallError(`can't index item of type ${typeName(value)}`);
}

function slice(of: GoValue, bounds: readonly GoValue[]): GoValue {
  const value = unwrap(of);
  if (value === null || value === undefined) throw new CallError("slice of untyped nil");
  if (bounds.length > 3) throw new CallError(`too many slice indexes: ${bounds.length}`);
  if (typeof value !== "string" && !(value instanceof GoSlice)) {
    throw new CallError(`can't slice item of type ${typeName(value)}`);
  }
  if (typeof value === "string" && bounds.length === 3) throw new CallError("cannot 3-index slice a string");
  const size = length(value);
  const ends = [0, size];
  for (const [at, bound] of bounds.entries()) {
    const end = unwrap(bound);
    if (typeof end !== "number") throw new CallError(`cannot index slice/array with type ${typeName(end)}`);
    if (end < 0 || end > size) throw new CallError(`index out of range: ${end}`);
    if (at < 2) ends[at] = end;
  }
  if (ends[0]! > ends[1]!) throw new CallError(`invalid slice index: ${ends[0]} > ${ends[1]}`);
  if (typeof value === "string") return value.slice(ends[0], ends[1]);
  return new GoSlice(value.items.slice(ends[0], ends[1]), value.type);
}

const HTML: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

function escapeHtml(text: string): string {
  return text.replace(/["'&<>]/g, (char) => HTML[char]!);
}

function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\x00-\x1f]/g, (char) => {
    if (char === "\\" || char === "'" || char === '"') return `\\${char}`;
    return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Whether a value is what an argument of that type takes. */
export function fits(value: GoValue, type: string): boolean {
  if (type === "value" || type === "any") return true;
  if (value instanceof GoNil) return value.type === type;
  if (type === "string") return typeof value === "string";
  if (type === "int") return typeof value === "number";
  if (value instanceof GoSlice) return value.type === type;
  if (value instanceof GoStruct || value instanceof GoObject || value instanceof GoTime)
    return typeName(value) === type;
  return false;
}
