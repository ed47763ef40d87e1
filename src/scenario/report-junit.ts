import type { UserError } from "../base/user-error.ts";
import { SECOND } from "../sim/time.ts";
import { tally } from "./report-text.ts";
import type { CommandResult, ExpectResult, LessonResult } from "./run-lesson.ts";

/** A file that is no lesson, and why. */
export interface BrokenFile {
  readonly file: string;
  readonly errors: readonly UserError[];
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly time: number;
  readonly text: string;
}

/**
 * Results as JUnit XML, which CI systems read: a suite a lesson, a case a command or claim; a file that is no lesson is a suite
 * with an error. Times are virtual seconds.
 */
export function reportJunit(results: readonly LessonResult[], broken: readonly BrokenFile[] = []): string {
  return document([...results.map(lessonSuite), ...broken.map(brokenSuite)]);
}

/** What `overmesh check` found, in the same form: a suite a file, with one case. */
export function checkJunit(files: readonly string[], broken: readonly BrokenFile[]): string {
  const good = files.map((file) => {
    const read = `    ${element("testcase", { classname: file, name: IS_LESSON, file, time: "0" })}/>`;
    return suite(file, file, 0, { tests: 1, failures: 0, errors: 0 }, [read]);
  });
  return document([...good, ...broken.map(brokenSuite)]);
}

const IS_LESSON = "is a lesson";

function document(suites: readonly Suite[]): string {
  const sum = (of: (one: Suite) => number): number => suites.reduce((total, one) => total + of(one), 0);
  const attributes = {
    name: "overmesh",
    tests: sum((one) => one.tests),
    failures: sum((one) => one.failures),
    errors: sum((one) => one.errors),
    time: seconds(sum((one) => one.time)),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `${element("testsuites", attributes)}>`,
    ...suites.map((one) => one.text),
    "</testsuites>",
  ].join("\n");
}

function suite(
  name: string,
  file: string,
  time: number,
  counts: Pick<Suite, "tests" | "failures" | "errors">,
  cases: readonly string[],
): Suite {
  const open = element("testsuite", { name, file, ...counts, skipped: 0, time: seconds(time) });
  return { ...counts, time, text: [`  ${open}>`, ...cases, "  </testsuite>"].join("\n") };
}

function brokenSuite({ file, errors }: BrokenFile): Suite {
  const [first] = errors;
  const attributes = { classname: file, name: IS_LESSON, file, line: first?.place?.line ?? 1, time: "0" };
  const text = errors.map((error) => error.line()).join("\n");
  const inner = problem("error", "UserError", first?.message ?? "", text);
  return suite(file, file, 0, { tests: 1, failures: 0, errors: 1 }, [testCase(attributes, inner)]);
}

function lessonSuite(result: LessonResult): Suite {
  const { held, failed } = tally(result);
  const { file, accounts } = result;
  const names = new Set<string>();
  const cases = result.steps.flatMap((step) => (step.kind === "prose" ? [] : [stepCase(step, file, names)]));
  if (accounts.length > 0) {
    const inner = problem("failure", "accounts", "something does not add up", accounts.join("\n"));
    cases.push(testCase({ classname: file, name: "accounts", file, time: "0" }, inner));
  }
  const failures = failed + (accounts.length > 0 ? 1 : 0);
  return suite(result.title, file, result.ended, { tests: held + failures, failures, errors: 0 }, cases);
}

function stepCase(step: CommandResult | ExpectResult, file: string, names: Set<string>): string {
  const command = step.kind === "command";
  const { line } = step.place;
  const words = command ? `${step.hosts.join(" ")}$ ${step.command.text}` : `expect ${step.claim}`;
  // CI systems take two cases of one name for one: the second of a kind says where it stands.
  const name = names.has(words) ? `${words} (line ${line})` : words;
  names.add(words);
  const time = command ? seconds(step.ended - step.began) : "0";
  const attributes = { classname: file, name, file, line, time };
  if (step.problems.length === 0) return `    ${element("testcase", attributes)}/>`;
  const message = step.problems[0]!.replace(/:$/, "");
  const text = `${file}:${line}: ${step.problems.join("\n")}`;
  return testCase(attributes, problem("failure", step.kind, message, text));
}

type Attributes = Readonly<Record<string, string | number>>;

function testCase(attributes: Attributes, inner: string): string {
  return `    ${element("testcase", attributes)}>\n      ${inner}\n    </testcase>`;
}

function problem(kind: "failure" | "error", type: string, message: string, text: string): string {
  return `${element(kind, { message, type })}>${escapeXml(text)}</${kind}>`;
}

function seconds(nanoseconds: number): string {
  return (nanoseconds / SECOND).toFixed(9);
}

/** An opening tag without its end. A line end in an attribute is written as a number, else it is read as a blank. */
function element(name: string, attributes: Attributes): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = escapeXml(String(value)).replaceAll(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
    return ` ${key}="${text}"`;
  });
  return `<${name}${written.join("")}`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no place for control characters besides tab and line ends, for half a pair of surrogates, and for U+FFFE and U+FFFF. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (c) => entities[c]!)
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "?");
}
