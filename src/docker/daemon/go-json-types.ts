import { JsonNumber } from "./go-json-syntax.ts";

/** A type of Go that a JSON value is read into, by the name that Go's mistakes give it. */
export type GoType =
  | { readonly name: "string" | "bool" | "int" | "int64" }
  /** A type that reads a text (TextUnmarshaler), or whatever stands there (Unmarshaler), itself; what they throw goes on. */
  | { readonly name: string; readonly text: (text: string) => unknown }
  | { readonly name: string; readonly any: (value: unknown) => unknown }
  | { readonly name: string; readonly list: GoType }
  | { readonly name: string; readonly map: GoType }
  | GoStruct;

interface GoStruct {
  readonly name: string;
  readonly fields: Readonly<Record<string, GoType>>;
  /** Where JSON says null, it is null. */
  readonly pointer?: boolean;
  /** Mistakes inside name the place of the whole. */
  readonly apart?: boolean;
}

/** Where a value stands: in which struct, and by which fields from the outermost. */
interface Place {
  readonly struct: string;
  readonly fields: readonly string[];
}

/** A value that is not of its type, in the words of Go's encoding/json. */
export class WrongType extends Error {
  override readonly name = "WrongType";
}

const LARGEST = 2n ** 63n;

/**
 * A JSON value as a type has it: numbers as numbers, null as that type's zero, of objects what has a field.
 * @throws {WrongType}
 */
export function goValue(type: GoType, value: unknown, place: Place): unknown {
  if (value === null) return zeroOf(type);
  const refuse = (what = kindOf(value)): never => {
    const { struct, fields } = place;
    const field = `${struct}.${fields.join(".")}`;
    throw new WrongType(`json: cannot unmarshal ${what} into Go struct field ${field} of type ${type.name}`);
  };
  if ("text" in type) return typeof value === "string" ? type.text(value) : refuse();
  if ("any" in type) return type.any(value);
  if ("list" in type)
    return Array.isArray(value) ? value.map((one) => goValue(type.list, one, place)) : refuse();
  if ("map" in type) {
    if (!isObject(value)) return refuse();
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, goValue(type.map, inner, place)]),
    );
  }
  if ("fields" in type) return isObject(value) ? structOf(type, value, place) : refuse();
  if (type.name === "string") return typeof value === "string" ? value : refuse();
  if (type.name === "bool") return typeof value === "boolean" ? value : refuse();
  if (!(value instanceof JsonNumber)) return refuse();
  return isInteger(value.text) ? Number(value.text) : refuse(`number ${value.text}`);
}

function structOf(
  { name, fields, apart = false }: GoStruct,
  value: Readonly<Record<string, unknown>>,
  place: Place,
): Record<string, unknown> {
  const struct = name.slice(name.indexOf(".") + 1);
  const found: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    // Capital and small letters are the same to Go.
    const field = Object.keys(fields).find((one) => one.toLowerCase() === key.toLowerCase());
    if (field === undefined || inner === null) continue;
    found[field] = goValue(
      fields[field]!,
      inner,
      apart ? place : { struct, fields: [...place.fields, field] },
    );
  }
  return found;
}

function zeroOf(type: GoType): unknown {
  if (type.name === "string") return "";
  if (type.name === "bool") return false;
  if (type.name === "int" || type.name === "int64") return 0;
  return "fields" in type && type.pointer !== true ? {} : null;
}

function isInteger(text: string): boolean {
  if (!/^-?\d+$/.test(text)) return false;
  const value = BigInt(text);
  return value >= -LARGEST && value < LARGEST;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}

/** What JSON calls a value in Go's mistakes. */
export function kindOf(value: unknown): string {
  if (value instanceof JsonNumber) return "number";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
