import { DaemonError } from "./api/daemon-error.ts";
import type { Filters } from "./api/docker-api.ts";
import { BadValue } from "./go-parse.ts";

/** Refuses a key that nobody knows there (moby api/types/filters, Validate). @throws {DaemonError} 400 */
export function checkFilterKeys(filters: Filters, known: readonly string[]): void {
  for (const key of Object.keys(filters))
    if (!known.includes(key)) throw new DaemonError(400, `Invalid filter '${key}'`);
}

/**
 * What a filter says that is true or false; undefined when it says nothing. Of both, true counts.
 * @param [yes, no] the texts that stand for them
 * @throws {DaemonError} 400
 */
export function truthFilter(
  filters: Filters,
  key: string,
  [yes, no]: readonly [yes: readonly string[], no: readonly string[]] = [["true"], ["false"]],
): boolean | undefined {
  const values = filters[key] ?? [];
  if (values.length === 0) return undefined;
  if (values.some((value) => yes.includes(value))) return true;
  if (values.some((value) => no.includes(value))) return false;
  throw new DaemonError(400, `Invalid filter '${key}=[${values.join(" ")}]'`);
}

/** What Go reads a filter's value as. @param words what stands in front of its refusal @throws {DaemonError} 500 */
export function filterValue<T>(parse: () => T, words = ""): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new DaemonError(500, `${words}${error.message}`);
  }
}

/** A name, or an expression that is found in it (moby api/types/filters, Match); what is no expression is just a name. */
export function matches(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  try {
    return new RegExp(pattern).test(text);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
