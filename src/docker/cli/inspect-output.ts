import { evaluate } from "../templates/evaluate.ts";
import { FUNCTION_NAMES } from "../templates/functions.ts";
import { indentedJson } from "../templates/go-json.ts";
import { rawValue } from "../templates/go-value.ts";
import type { Template } from "../templates/nodes.ts";
import { parseTemplate } from "../templates/parser.ts";
import { TemplateError } from "../templates/template-error.ts";
import { typedAnswer } from "./api-values.ts";
import { refusal } from "./ask.ts";
import { type ClientContext, ClientError } from "./client-context.ts";

/** What an `inspect` found: the answer, and the Go type that the client reads it into. */
export interface Inspected {
  readonly type: string;
  readonly answer: unknown;
}

/** Prints what was found, as JSON or by a template; refusals come last. @throws {ClientError} */
export function inspectAll(
  context: ClientContext,
  refs: readonly string[],
  format: string,
  find: (ref: string) => Inspected,
): number {
  const template = format === "" ? null : parse(format);
  const found: Inspected[] = [];
  const texts: string[] = [];
  const refusals: string[] = [];
  for (const ref of refs) {
    try {
      const inspected = find(ref);
      found.push(inspected);
      if (template !== null) texts.push(templateText(template, inspected));
    } catch (error) {
      refusals.push(refusal(error));
    }
  }
  if (template === null) context.out(`${indentedJson(found.map(({ answer }) => answer))}\n`);
  else context.out(texts.length === 0 ? "\n" : texts.join(""));
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}

function parse(format: string): Template {
  try {
    return parseTemplate(format, FUNCTION_NAMES);
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

/** A template that the typed answer does not fit may fit the raw JSON, whose keys are the API's names. */
function templateText(template: Template, { type, answer }: Inspected): string {
  try {
    return `${evaluate(template, typedAnswer(type, answer))}\n`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  try {
    return `${evaluate(template, rawValue(answer), { missingKeyFails: true })}\n`;
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(`template parsing error: ${error.message}`);
    throw error;
  }
}
