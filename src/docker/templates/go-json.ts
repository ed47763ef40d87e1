import {
  GoDuration,
  GoFloat,
  GoInterface,
  GoMap,
  GoNamed,
  GoNil,
  GoNumber,
  GoObject,
  GoSlice,
  GoStruct,
  GoTime,
  type GoValue,
} from "./go-value.ts";

/** Text as encoding/json writes it; `<`, `>` and `&` are escaped where HTML is minded. */
function jsonString(text: string, escapeHtml = false): string {
  let quoted = "";
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (char === '"' || char === "\\") quoted += `\\${char}`;
    else if (char === "\n") quoted += "\\n";
    else if (char === "\r") quoted += "\\r";
    else if (char === "\t") quoted += "\\t";
    else if (code < 0x20 || code === 0x2028 || code === 0x2029 || (escapeHtml && "<>&".includes(char))) {
      quoted += `\\u${code.toString(16).padStart(4, "0")}`;
    } else quoted += char;
  }
  return `"${quoted}"`;
}

/** A value as encoding/json writes it: structs in the order of their fields, maps by key. @param escapeHtml for all that is in it */
export function goJson(value: GoValue, escapeHtml = false): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value === "string") return jsonString(value, escapeHtml);
  if (value instanceof GoDuration) return String(value.nanos);
  if (value instanceof GoNamed) return jsonString(value.text);
  if (value instanceof GoFloat) return floatText(value.value);
  if (value instanceof GoNumber) return value.text === "" ? "0" : value.text;
  if (value instanceof GoTime) return jsonString(value.rfc3339);
  if (value instanceof GoInterface) return goJson(value.inner, escapeHtml);
  if (value instanceof GoNil) return "null";
  if (value instanceof GoSlice) return `[${value.items.map((item) => goJson(item, escapeHtml)).join(",")}]`;
  if (value instanceof GoMap) return members(value.sorted(), escapeHtml);
  if (value instanceof GoObject) {
    const plain = Object.entries(value.methods).filter(([, method]) => method.arguments.length === 0);
    // Its own MarshalJSON minds HTML, whatever its caller asked for.
    return members(
      plain.map(([name, method]) => [name, method.call()] as [string, GoValue]).sort(byKey),
      true,
    );
  }
  return members(structMembers(value), escapeHtml);
}

function structMembers(value: GoStruct): [string, GoValue][] {
  const found: [string, GoValue][] = [];
  for (const { json, omitEmpty, value: inner } of value.fields) {
    if (json === "-") continue;
    if (json === "" && inner instanceof GoStruct) found.push(...structMembers(inner));
    else if (json !== "" && !(omitEmpty && isEmpty(inner))) found.push([json, inner]);
  }
  return found;
}

function isEmpty(value: GoValue): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  if (value instanceof GoDuration) return value.nanos === 0;
  if (value instanceof GoNamed) return value.text === "";
  if (value instanceof GoNil) return true;
  if (value instanceof GoFloat) return value.value === 0;
  if (value instanceof GoSlice) return value.items.length === 0;
  return value instanceof GoMap && value.entries.size === 0;
}

function members(entries: readonly [string, GoValue][], escapeHtml = false): string {
  return `{${entries.map(([key, value]) => `${jsonString(key, escapeHtml)}:${goJson(value, escapeHtml)}`).join(",")}}`;
}

function byKey([a]: [string, GoValue], [b]: [string, GoValue]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function floatText(value: number): string {
  const text = String(value);
  return /e[+-]\d$/.test(text) ? text.replace(/e([+-])(\d)$/, "e$10$2") : text;
}

/** A plain value as the engine sends it and json.Indent lays it out, four columns a level. */
export function indentedJson(value: unknown, indent = "    ", margin = ""): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return jsonString(value);
  if (typeof value !== "object") return String(value);
  const inner = margin + indent;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + indentedJson(item, indent, inner)).join(",\n")}\n${margin}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return "{}";
  const lines = entries.map(
    ([key, item]) => `${inner}${jsonString(key)}: ${indentedJson(item, indent, inner)}`,
  );
  return `{\n${lines.join(",\n")}\n${margin}}`;
}
