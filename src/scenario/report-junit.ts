import { SECOND } from "../sim/time.ts";
import { tally } from "./report-text.ts";
import type { CommandResult, ExpectResult, LessonResult } from "./run-lesson.ts";

/**
 * Results as JUnit XML, which CI systems read: a suite a lesson, a case a command or claim. Times are virtual seconds.
 */
export function reportJunit(results: readonly LessonResult[]): string {
  const suites = results.map((result) => {
    const { held, failed } = tally(result);
    const lost = result.accounts.length;
    const cases = result.steps.flatMap((step) => (step.kind === "prose" ? [] : [testCase(step, result)]));
    if (lost > 0)
      cases.push(`    ${element("testcase", { classname: result.file, name: "accounts" })}>
      ${element("failure", { message: "something does not add up" })}>${escapeXml(result.accounts.join("\n"))}</failure>
    </testcase>`);
    const failures = failed + (lost > 0 ? 1 : 0);
    const attributes = {
      name: result.title,
      file: result.file,
      tests: held + failures,
      failures,
      time: seconds(result.ended),
    };
    return [`  ${element("testsuite", attributes)}>`, ...cases, "  </testsuite>"].join("\n");
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>"].join("\n");
}

function testCase(step: CommandResult | ExpectResult, result: LessonResult): string {
  const command = step.kind === "command";
  const name = command ? `${step.host}$ ${step.command.text}` : `expect ${step.claim}`;
  const time = command ? seconds(step.ended - step.began) : "0";
  const open = element("testcase", { classname: result.file, name, line: step.place.line, time });
  if (step.problems.length === 0) return `    ${open}/>`;
  const failure = element("failure", { message: step.problems[0]! });
  return `    ${open}>\n      ${failure}>${escapeXml(step.problems.join("\n"))}</failure>\n    </testcase>`;
}

function seconds(nanoseconds: number): string {
  return (nanoseconds / SECOND).toFixed(9);
}

/** An opening tag without its end. */
function element(name: string, attributes: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return `<${name}${written.join("")}`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML has no place for control characters besides tab and line ends. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (c) => entities[c]!)
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "?");
}
