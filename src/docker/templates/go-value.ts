/**
 * Values as Go sees them, as far as templates can tell the difference. Plain ones are JavaScript's: a boolean, a string,
 * a number (an int); null is a nil interface and undefined is reflect's invalid value, which prints as `<no value>`.
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | string
  | number
  | GoFloat
  | GoNumber
  | GoNamed
  | GoTime
  | GoSlice
  | GoMap
  | GoStruct
  | GoObject
  | GoNil
  | GoInterface;

export class GoFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** encoding/json's Number: a number of raw JSON, which is a text to Go. */
export class GoNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A text of a type of its own, as nat.Port is: it compares with texts, and does not stand where one is wanted. */
export class GoNamed {
  readonly text: string;
  readonly type: string;

  constructor(text: string, type: string) {
    this.text = text;
    this.type = type;
  }
}

/** time.Duration: a number of nanoseconds that prints as `1m30s`. */
export class GoDuration extends GoNamed {
  readonly nanos: number;

  constructor(nanos: number) {
    super(durationText(nanos), "time.Duration");
    this.nanos = nanos;
  }
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];

/** `1m30s`, as Go's Duration.String has it. */
export function durationText(nanos: number): string {
  if (nanos === 0) return "0s";
  if (nanos < 0) return `-${durationText(-nanos)}`;
  const small = nanos < 1e9 ? UNITS.find(([unit]) => nanos >= unit) : undefined;
  if (small !== undefined) return `${nanos / small[0]}${small[1]}`;
  const minutes = Math.floor(nanos / 60e9);
  const seconds = `${(nanos - minutes * 60e9) / 1e9}s`;
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${hours}h` : ""}${minutes % 60}m${seconds}`;
}

/** time.Time, from RFC 3339. */
export class GoTime {
  readonly rfc3339: string;

  constructor(rfc3339: string) {
    this.rfc3339 = rfc3339;
  }
}

export class GoSlice {
  readonly items: readonly GoValue[];
  /** `[]string` */
  readonly type: string;

  constructor(items: readonly GoValue[], type: string) {
    this.items = items;
    this.type = type;
  }
}

export class GoMap {
  readonly entries: ReadonlyMap<string, GoValue>;
  /** `map[string]string` */
  readonly type: string;
  /** What `index` gives for a key that is not there. */
  readonly zero: GoValue;

  constructor(entries: ReadonlyMap<string, GoValue>, type: string, zero: GoValue = null) {
    this.entries = entries;
    this.type = type;
    this.zero = zero;
  }

  /** In Go's order of printing and ranging. */
  sorted(): [string, GoValue][] {
    return [...this.entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

export interface GoField {
  readonly name: string;
  /** Empty: it stands for its own fields, as an embedded struct does. */
  readonly json: string;
  readonly omitEmpty: boolean;
  readonly value: GoValue;
}

/** A struct, or a pointer to one. */
export class GoStruct {
  readonly type: string;
  readonly pointer: boolean;
  readonly fields: readonly GoField[];

  constructor(type: string, pointer: boolean, fields: readonly GoField[]) {
    this.type = type;
    this.pointer = pointer;
    this.fields = fields;
  }

  field(name: string): GoField | null {
    for (const field of this.fields) {
      if (field.name === name) return field;
    }
    for (const field of this.fields) {
      const inner = field.json === "" && field.value instanceof GoStruct ? field.value.field(name) : null;
      if (inner !== null) return inner;
    }
    return null;
  }
}

/** A method that templates may call: `{{.Label "x"}}`. */
export interface GoMethod {
  readonly arguments: readonly string[];
  call(...values: GoValue[]): GoValue;
}

/** A pointer to a struct with methods and no fields that can be seen: what a line of a list is to its template. */
export class GoObject {
  /** `*formatter.ContainerContext` */
  readonly type: string;
  readonly methods: Readonly<Record<string, GoMethod>>;
  /** A map with methods has entries too. */
  readonly map: GoMap | null;

  constructor(type: string, methods: Readonly<Record<string, GoMethod>>, map: GoMap | null = null) {
    this.type = type;
    this.methods = methods;
    this.map = map;
  }
}

/** A nil pointer, slice or map of a type. */
export class GoNil {
  readonly type: string;

  constructor(type: string) {
    this.type = type;
  }
}

/** A value seen through `interface {}`: an element of raw JSON. */
export class GoInterface {
  readonly inner: GoValue;

  constructor(inner: GoValue) {
    this.inner = inner;
  }
}

export function unwrap(value: GoValue): Exclude<GoValue, GoInterface> {
  return value instanceof GoInterface ? unwrap(value.inner) : value;
}

/** The name of a value's type, as Go's messages give it. */
export function typeName(value: GoValue): string {
  if (value === null || value instanceof GoInterface) return "interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "int";
  if (value instanceof GoFloat) return "float64";
  if (value instanceof GoNumber) return "json.Number";
  if (value instanceof GoTime) return "time.Time";
  if (value === undefined) return "<nil>";
  if (value instanceof GoStruct) return value.pointer ? `*${value.type}` : value.type;
  return value.type;
}

/** What `if`, `and`, `or` and `not` take as true. */
export function isTrue(value: GoValue): boolean {
  const plain = unwrap(value);
  if (plain === undefined || plain === null || plain instanceof GoNil) return false;
  if (typeof plain === "boolean") return plain;
  if (typeof plain === "string") return plain !== "";
  if (typeof plain === "number") return plain !== 0;
  if (plain instanceof GoFloat) return plain.value !== 0;
  if (plain instanceof GoNumber || plain instanceof GoNamed) return plain.text !== "";
  if (plain instanceof GoSlice) return plain.items.length > 0;
  if (plain instanceof GoMap) return plain.entries.size > 0;
  return true;
}

/** Raw JSON as Go reads it into `interface {}` with numbers kept as text. */
export function rawValue(json: unknown): GoValue {
  if (json === null || json === undefined) return null;
  if (typeof json === "boolean" || typeof json === "string") return json;
  if (typeof json === "number") return new GoNumber(String(json));
  if (Array.isArray(json)) {
    return new GoSlice(
      json.map((item) => new GoInterface(rawValue(item))),
      "[]interface {}",
    );
  }
  const entries = Object.entries(json as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return new GoMap(
    new Map(entries.map(([key, value]) => [key, new GoInterface(rawValue(value))])),
    "map[string]interface {}",
  );
}
