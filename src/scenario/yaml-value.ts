import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { type Place, UserError } from "../base/user-error.ts";
import { hintFor } from "./nearest.ts";
import { failure, type Outcome, success } from "./outcome.ts";

/** A piece of YAML inside a file. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  /** The line of the file, from 1, on which `text` begins. */
  readonly firstLine: number;
}

export type Path = readonly PropertyKey[];

/** A value of the schema's type that remembers where each of its parts was written. */
export interface YamlValue<T> {
  readonly value: T;
  /** The place of the value at `path`, or of the nearest thing above it that was written down. */
  placeOf(path: Path): Place;
  /** The place of the key at `path`. */
  placeOfKey(path: Path): Place;
}

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** Between a message and its hint: zod hands on one text only. */
const HINT = "\n";

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
  undefined: "nothing",
};

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return `the text "${value}"`;
  return `the ${typeof value} ${value}`;
}

/** Our words for zod's findings. */
function wording(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      if (issue.input === undefined) return `${KINDS[issue.expected] ?? issue.expected} is missing`;
      return `expected ${KINDS[issue.expected] ?? issue.expected}, found ${describe(issue.input)}`;
    }
    case "unrecognized_keys": {
      const def = issue.inst?._zod.def as { shape?: object } | undefined;
      return Object.keys(def?.shape ?? {}).join(HINT);
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      return `${describe(issue.input)} is not allowed here${HINT}${hintFor(String(issue.input), values)}`;
    }
    case "invalid_union": {
      const { discriminator, options } = issue as { discriminator?: string; options?: readonly unknown[] };
      if (discriminator === undefined || options === undefined) return undefined;
      const given = (issue.input as Record<string, unknown>)[discriminator];
      if (given === undefined)
        return `the key "${discriminator}" is missing${HINT}one of: ${options.join(", ")}`;
      return `${describe(given)} is not allowed here${HINT}${hintFor(String(given), options.map(String))}`;
    }
    case "too_small":
      if (issue.origin === "number" || issue.origin === "int") return `must be at least ${issue.minimum}`;
      return issue.origin === "string" ? "the text is empty" : "must not be empty";
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

interface Finding {
  readonly path: Path;
  readonly message: string;
  /** Unknown keys and bad names stand at the key, everything else at the value. */
  readonly atKey: boolean;
  /** From a rule of ours over the whole of a value. */
  readonly general?: boolean;
}

/** A union's issue is replaced by those of the branch that the writer meant: the one whose outer shape fits. */
function flatten(issue: Issue, above: Path): Finding[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const meant = issue.errors.find(
      (branch) => !branch.some((i) => i.code === "invalid_type" && i.path.length === 0),
    );
    if (meant !== undefined) return meant.flatMap((inner) => flatten(inner, path));
    const expected = issue.errors.map(
      (branch) => /^expected (.*), found/.exec(branch[0]!.message)?.[1] ?? "something else",
    );
    const found = /, found (.*)$/.exec(issue.errors[0]![0]!.message)?.[1] ?? "something else";
    return [{ path, message: `expected ${expected.join(" or ")}, found ${found}`, atKey: false }];
  }
  if (issue.code === "invalid_key") return [{ path, message: issue.issues[0]!.message, atKey: true }];
  if (issue.code === "unrecognized_keys") {
    // zod words all unknown keys of a map as one issue, and our wording put the known ones there; each gets its line.
    const known = issue.message.split(HINT);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"${HINT}${hintFor(key, known)}`,
      atKey: true,
    }));
  }
  if (issue.code === "invalid_type" && issue.message.endsWith(" is missing") && path.length > 0) {
    return [{ path: path.slice(0, -1), message: `the key "${String(path.at(-1))}" is missing`, atKey: true }];
  }
  return [{ path, message: issue.message, atKey: false, general: issue.code === "custom" }];
}

class Locator {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #source: YamlSource;

  constructor(document: Document, lines: LineCounter, source: YamlSource) {
    this.#document = document;
    this.#lines = lines;
    this.#source = source;
  }

  at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#source.file, line: line + this.#source.firstLine - 1, column: col };
  }

  value(path: Path): Place {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.at(node.range[0]);
    }
    return this.at(0);
  }

  key(path: Path): Place {
    const parent = path.length <= 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (path.length > 0 && isMap(parent)) {
      const pair = parent.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)),
      );
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return this.at(pair.key.range[0]);
    }
    return this.value(path);
  }
}

/** Reads YAML 1.2 (with `<<` merges) and holds it against a schema; every mistake has its place in the file. */
export function readYaml<T>(source: YamlSource, schema: z.ZodType<T>): Outcome<YamlValue<T>> {
  const lines = new LineCounter();
  const document = parseDocument(source.text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: "error",
  });
  const locate = new Locator(document, lines, source);
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    // One mistake of syntax makes the parser stumble over all that follows: only the first says something true.
    const first = problems[0]!;
    return failure([new UserError("YAML", `not valid YAML: ${first.message}`, locate.at(first.pos[0]))]);
  }
  let plain: unknown;
  try {
    plain = document.toJS();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return failure([new UserError("YAML", `not valid YAML: ${message}`, locate.at(0))]);
  }
  const result = schema.safeParse(plain ?? {}, { error: wording });
  if (result.success) {
    return success({
      value: result.data,
      placeOf: (path) => locate.value(path),
      placeOfKey: (path) => locate.key(path),
    });
  }
  // Unknown keys first: what is missing is most often one of them, misspelt.
  const order = (issue: Issue): number => (issue.code === "unrecognized_keys" ? 0 : 1);
  const issues = [...result.error.issues].sort((a, b) => order(a) - order(b));
  const found = issues.flatMap((issue) => flatten(issue, []));
  const errors: UserError[] = [];
  for (const { path, message, atKey, general } of found) {
    const [text, hint] = message.split(HINT);
    const place = atKey ? locate.key(path) : locate.value(path);
    const said = errors.some(({ place: at }) => at!.line === place.line && at!.column === place.column);
    // What a rule over the whole says of a spot only repeats in other words what is wrong with its parts.
    if (!general || !said) errors.push(new UserError("SCHEMA", text!, place, hint ?? ""));
  }
  return failure(errors);
}
