import { XtProblem } from "./xt-problem.ts";

/** What is said when `--wait-interval` is given: it does nothing any more. */
export const INTERVAL_NOTE = "Ignoring deprecated --wait-interval option.\n";

/** Reads the seconds of `-w`, null for as long as it takes; says whether the tool would wait. @throws {XtProblem} */
export function readWait(text: string | null): boolean {
  if (text !== null && !/^\s*[+-]?(0x[\da-f]|\d)/i.test(text))
    throw new XtProblem("wait seconds not numeric");
  return text === null || Number.parseInt(text, 10) !== 0;
}

/** Looks at the microseconds of `-W`. @throws {XtProblem} */
export function checkWaitInterval(text: string | null): void {
  if (text === null) throw new XtProblem("wait interval value required");
  if (!/^\s*\d/.test(text)) throw new XtProblem("wait interval not numeric");
  const microseconds = Number.parseInt(text, 10);
  if (microseconds > 999999) throw new XtProblem(`too long usec wait ${microseconds} > 999999 usec`);
}
