import {
  GoDuration,
  type GoField,
  GoMap,
  GoNamed,
  GoNil,
  GoNumber,
  GoSlice,
  GoStruct,
  GoTime,
  type GoValue,
  rawValue,
} from "../templates/go-value.ts";
import { API_SCHEMA } from "./api-schema.ts";

/** The API's answers as the values of Go types that templates see. */

interface FieldType {
  readonly name: string;
  readonly json: string;
  readonly omitEmpty: boolean;
  readonly type: string;
}

const STRUCTS: ReadonlyMap<string, readonly FieldType[]> = readSchema(API_SCHEMA);

function readSchema(schema: string): Map<string, FieldType[]> {
  const structs = new Map<string, FieldType[]>();
  for (const block of schema.trim().split(/\n(?=\S)/)) {
    const [name, ...lines] = block.split("\n");
    const fields = lines.join(" ").split(";");
    structs.set(
      name!,
      fields.map((field) => readField(field.trim())),
    );
  }
  return structs;
}

function readField(text: string): FieldType {
  const [head, type] = text.split(" ") as [string, string];
  if (head === "embed") return { name: type.replace(/^.*\./, ""), json: "", omitEmpty: false, type };
  const [, name, optional, json] = /^(\w+)(\??)(?::(\w+))?$/.exec(head)!;
  return { name: name!, json: json ?? name!, omitEmpty: optional === "?", type };
}

/** @param type `types.ContainerJSON`; the answer is decoded into that struct, or one that is pointed to. */
export function typedAnswer(type: string, answer: unknown, pointer = false): GoStruct {
  return typed(pointer ? `*${type}` : type, answer) as GoStruct;
}

function typed(type: string, json: unknown): GoValue {
  const given = json !== undefined && json !== null;
  if (type.startsWith("*")) return typedPointer(type, json, given);
  if (type === "[2]int") return new GoSlice((given ? (json as number[]) : [0, 0]).map(Number), "[2]uint");
  if (type.startsWith("[]")) {
    const of = type.slice(2);
    if (!given) return new GoNil(type);
    return new GoSlice(
      (json as unknown[]).map((item) => typed(of, item)),
      goType(type),
    );
  }
  if (type.startsWith("map[")) {
    if (!given) return new GoNil(goType(type));
    const of = type.slice(type.indexOf("]") + 1);
    const entries = Object.entries(json as Record<string, unknown>).map(
      ([key, item]) => [key, typed(of, item)] as const,
    );
    return new GoMap(new Map(entries), goType(type), typed(of, undefined));
  }
  if (type.endsWith("~string")) return new GoNamed(given ? String(json) : "", type.slice(0, -7));
  switch (type) {
    case "string":
      return given ? String(json) : "";
    case "int":
      // Nanoseconds since 1970 are more than a JavaScript number holds.
      if (typeof json === "bigint") return new GoNumber(json.toString());
      return given ? Number(json) : 0;
    case "bool":
      return given && json === true;
    case "duration":
      return new GoDuration(given ? Number(json) : 0);
    case "time":
      return new GoTime(given ? String(json) : "0001-01-01T00:00:00Z");
    case "any":
      return rawValue(json);
    case "struct{}":
      return new GoStruct("struct {}", false, []);
  }
  return typedStruct(type, given ? (json as Record<string, unknown>) : {}, false);
}

function typedPointer(type: string, json: unknown, given: boolean): GoValue {
  const of = type.slice(1);
  if (STRUCTS.has(of))
    return given ? typedStruct(of, json as Record<string, unknown>, true) : new GoNil(type);
  return given ? typed(of, json) : new GoNil(type);
}

function typedStruct(type: string, json: Record<string, unknown>, pointer: boolean): GoStruct {
  const fields = STRUCTS.get(type)!.map(({ name, json: key, omitEmpty, type: of }): GoField => {
    // An embedded struct takes its fields from the same object.
    const value =
      key === "" ? typedStruct(of.replace("*", ""), json, of.startsWith("*")) : typed(of, json[key]);
    return { name, json: key, omitEmpty, value };
  });
  return new GoStruct(type, pointer, fields);
}

/** `[]*types.Health` as Go writes it. */
function goType(type: string): string {
  return type
    .replaceAll("~string", "")
    .replace(/\bany$/, "interface {}")
    .replace("struct{}", "struct {}")
    .replace(/\btime$/, "time.Time");
}
