import { own } from "../../base/own.ts";
import {
  BadValue,
  parseBool,
  parseCpus,
  parseCsv,
  parseDuration,
  parseFloat64,
  parseInt64,
  parseSize,
  parseUint,
} from "../go-parse.ts";
import type { OptionSpec } from "./command-spec.ts";
import { readGpuRequest, readMount, readNetwork, readUlimit } from "./compound-values.ts";
import { labelsOf } from "./plain-values.ts";
import { checkValue } from "./value-checks.ts";

/** The options of one command line: what was given, and what holds where nothing was. */
export class OptionValues {
  readonly #specs: ReadonlyMap<string, OptionSpec>;
  readonly #env: ReadonlyMap<string, string>;
  readonly #values: Map<string, unknown> = new Map();
  readonly #given: Set<string> = new Set();

  constructor(specs: readonly OptionSpec[], env: ReadonlyMap<string, string>) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#env = env;
  }

  /** Takes one `--name value`. @throws {BadValue} */
  set(spec: OptionSpec, text: string): void {
    const name = spec.hiddenAliasOf ?? spec.name;
    this.#values.set(name, readValue(spec, text, this.#values.get(name), this.#env));
    this.#given.add(spec.name);
  }

  /** Whether it was given, whatever its value. */
  given(name: string): boolean {
    return this.#given.has(name);
  }

  flag(name: string): boolean {
    return (this.#values.get(name) as boolean | undefined) ?? this.#initial(name) === "true";
  }

  text(name: string): string {
    return (this.#values.get(name) as string | undefined) ?? this.#initial(name);
  }

  number(name: string): number {
    return (this.#values.get(name) as number | undefined) ?? Number(this.#initial(name) || 0);
  }

  list(name: string): readonly string[] {
    return (this.#values.get(name) as string[] | undefined) ?? [];
  }

  map(name: string): Readonly<Record<string, string>> {
    return (this.#values.get(name) as Record<string, string> | undefined) ?? {};
  }

  filters(): Record<string, string[]> {
    return (this.#values.get("filter") as Record<string, string[]> | undefined) ?? {};
  }

  /** Values of the compound kinds (`compound-values.ts`). */
  objects<T>(name: string): readonly T[] {
    return (this.#values.get(name) as T[] | undefined) ?? [];
  }

  #initial(name: string): string {
    return this.#specs.get(name)?.initial ?? "";
  }
}

function readValue(
  spec: OptionSpec,
  text: string,
  before: unknown,
  env: ReadonlyMap<string, string>,
): unknown {
  const value = spec.check === null ? text : checkValue(spec.check, text, env);
  switch (spec.type) {
    case "bool":
      return parseBool(value);
    case "int":
      return parseInt64(value);
    case "uint":
      return parseUint(value, 64);
    case "uint16":
      return parseUint(value, 16);
    case "uint32":
      return parseUint(value, 32);
    case "float":
      return parseFloat64(value);
    case "duration":
      return parseDuration(value);
    case "decimal":
      return parseCpus(value);
    case "bytes":
      return spec.name === "memory-swap" && value === "-1" ? -1 : parseSize(value);
    case "list":
      return [...((before as string[] | undefined) ?? []), value];
    case "strings":
      return [...((before as string[] | undefined) ?? []), ...(value === "" ? [] : parseCsv(value))];
    case "map":
    case "stringToString":
      return { ...(before as Record<string, string> | undefined), ...labelsOf([value]) };
    case "filter":
      return addFilter((before as Record<string, string[]> | undefined) ?? {}, value);
    case "mount":
      return [...((before as unknown[] | undefined) ?? []), readMount(value)];
    case "network":
      return [...((before as unknown[] | undefined) ?? []), readNetwork(value)];
    case "ulimit":
      return addUlimit((before as { Name: string }[] | undefined) ?? [], readUlimit(value));
    case "gpu-request":
      return [...((before as unknown[] | undefined) ?? []), readGpuRequest(value)];
    default:
      return value;
  }
}

function addFilter(filters: Record<string, string[]>, text: string): Record<string, string[]> {
  if (text === "") return filters;
  const equals = text.indexOf("=");
  if (equals < 0) throw new BadValue("bad format of filter (expected name=value)");
  const name = text.slice(0, equals).trim().toLowerCase();
  const value = text.slice(equals + 1).trim();
  const values = own(filters, name) ?? [];
  return { ...filters, [name]: values.includes(value) ? values : [...values, value] };
}

function addUlimit<T extends { Name: string }>(ulimits: readonly T[], added: T): T[] {
  return [...ulimits.filter(({ Name }) => Name !== added.Name), added].sort((a, b) =>
    a.Name < b.Name ? -1 : 1,
  );
}
