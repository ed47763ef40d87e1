import { own } from "../../base/own.ts";
import { evaluate } from "../templates/evaluate.ts";
import { FUNCTION_NAMES, HEADER_FUNCTIONS } from "../templates/functions.ts";
import { GoMap, type GoMethod, GoObject, type GoValue } from "../templates/go-value.ts";
import type { Template } from "../templates/nodes.ts";
import { parseTemplate } from "../templates/parser.ts";
import { alignTabs } from "../templates/tab-writer.ts";
import { TemplateError } from "../templates/template-error.ts";
import { ClientError } from "./client-context.ts";

/** What a list shows of its items, as a template sees one of them. */
export interface Listing<T> {
  /** The Go type that messages name: `*formatter.ContainerContext`. */
  readonly type: string;
  /** The heads of the columns, by the names of the fields. */
  readonly heads: Readonly<Record<string, string>>;
  /** The fields of an item: texts, or methods with arguments. */
  fields(item: T): Readonly<Record<string, GoValue | (() => GoValue) | GoMethod>>;
}

/** The text that a format makes of items; `table ...` has heads and columns. @throws {ClientError} */
export function listText<T>(format: string, items: readonly T[], listing: Listing<T>): string {
  const isTable = format.startsWith("table");
  const source = (isTable ? format.slice("table".length) : format)
    .replace(/^ +| +$/g, "")
    .replaceAll("\\t", "\t")
    .replaceAll("\\n", "\n");
  const template = parse(source);
  let body = "";
  for (const item of items) {
    try {
      body += `${evaluate(template, itemValue(listing, item))}\n`;
    } catch (error) {
      if (error instanceof TemplateError) throw new ClientError(`template parsing error: ${error.message}`);
      throw error;
    }
  }
  if (!isTable) return body;
  return alignTabs(`${headText(template, listing.heads)}\n${body}`, 10, 3);
}

/** Evaluates a format as it stands on an item, for what it uses. @throws {ClientError} */
export function tryFormat<T>(format: string, item: T, listing: Listing<T>): void {
  let template: Template;
  try {
    template = parseTemplate(format, FUNCTION_NAMES);
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(`failed to parse template: ${error.message}`);
    throw error;
  }
  try {
    evaluate(template, itemValue(listing, item));
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(`failed to execute template: ${error.message}`);
    throw error;
  }
}

function parse(source: string): Template {
  try {
    return parseTemplate(source, FUNCTION_NAMES);
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(`template parsing error: ${error.message}`);
    throw error;
  }
}

function headText(template: Template, heads: Readonly<Record<string, string>>): string {
  const label: GoMethod = { arguments: ["string"], call: (name) => columnName(String(name)) };
  const fields = new GoMap(new Map(Object.entries(heads)), "formatter.SubHeaderContext", "");
  const head = new GoObject("formatter.SubHeaderContext", { Label: label }, fields);
  try {
    return evaluate(template, head, { functions: HEADER_FUNCTIONS });
  } catch (error) {
    // A format that only its items understand has a head that ends where the client stumbled.
    if (error instanceof TemplateError) return error.written;
    throw error;
  }
}

/** The head of `{{.Label "com.example.some-label"}}`. */
function columnName(label: string): string {
  return label.split(".").at(-1)!.replace(/[-_]/g, " ");
}

function itemValue<T>(listing: Listing<T>, item: T): GoObject {
  const methods: Record<string, GoMethod> = {};
  for (const [name, field] of Object.entries(listing.fields(item))) {
    if (typeof field === "function") methods[name] = { arguments: [], call: field };
    else if (isMethod(field)) methods[name] = field;
    else methods[name] = { arguments: [], call: () => field };
  }
  return new GoObject(listing.type, methods);
}

function isMethod(field: GoValue | GoMethod): field is GoMethod {
  return typeof field === "object" && field !== null && "arguments" in field && "call" in field;
}

/** `{{.Label "x"}}` of an item. */
export function labelMethod(labels: Readonly<Record<string, string>> | null | undefined): GoMethod {
  return { arguments: ["string"], call: (name) => own(labels ?? {}, String(name)) ?? "" };
}

/** `a=1,b=2` */
export function labelsText(labels: Readonly<Record<string, string>> | null | undefined): string {
  return Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** A text of at most so many columns, with an ellipsis where it was cut. */
export function ellipsis(text: string, columns: number): string {
  const chars = [...text];
  return chars.length <= columns ? text : `${chars.slice(0, columns - 1).join("")}…`;
}
