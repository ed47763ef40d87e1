/** Values as iproute2 prints them with `-json`. */
export type Json = string | number | boolean | null | FixedNumber | readonly Json[] | JsonObject;

/** A number with its decimals written out, as in `0.00`. */
export class FixedNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The text of iproute2's JSON writer, with the newline that ends it. Absent members (undefined) are left out. */
export function printJson(value: Json, pretty: boolean): string {
  return `${pretty ? indented(value, 0) : compact(value)}\n`;
}

function compact(value: Json): string {
  if (value instanceof FixedNumber) return value.text;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(compact).join(",")}]`;
  const members = Object.entries(value as JsonObject).filter((entry) => entry[1] !== undefined);
  return `{${members.map(([key, v]) => `${JSON.stringify(key)}:${compact(v!)}`).join(",")}}`;
}

/** Members stand on lines of their own, four blanks deeper; the elements of an array stand on one line. */
function indented(value: Json, depth: number): string {
  if (value instanceof FixedNumber) return value.text;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => indented(item, depth + 1)).join(",");
    return items === "" ? "[ ]" : `[ ${items} ]`;
  }
  const members = Object.entries(value as JsonObject).filter((entry) => entry[1] !== undefined);
  if (members.length === 0) return "{}";
  const inner = "    ".repeat(depth + 1);
  const lines = members.map(([key, v]) => `\n${inner}${JSON.stringify(key)}: ${indented(v!, depth + 1)}`);
  return `{${lines.join(",")}\n${"    ".repeat(depth)}}`;
}
