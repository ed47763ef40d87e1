import { updatedExpectation } from "./expected-text.ts";
import type { Lesson } from "./lesson.ts";
import type { LessonResult } from "./run-lesson.ts";

/**
 * The lesson's text with the expectations that failed rewritten to what really came. Lines with `...` that still match
 * stay, and so does everything else of the file, letter for letter.
 */
export function updateLesson(lesson: Lesson, result: LessonResult): string {
  const lines = lesson.text.split("\n");
  const ending = lines[0]?.endsWith("\r") ? "\r" : "";
  // From the end to the beginning, so that line numbers above stay true.
  for (const step of [...result.steps].reverse()) {
    if (step.kind !== "command" || step.problems.length === 0 || step.command.expectedAt === null) continue;
    const { line, count } = step.command.expectedAt;
    const wanted = updatedExpectation(step.command.expected, step.output);
    if (step.status !== 0) wanted.push(`[exit ${step.status}]`);
    const indent = /^ */.exec(lines[line - 2]!)![0];
    lines.splice(line - 1, count, ...wanted.map((text) => (text === "" ? "" : indent + text) + ending));
  }
  return lines.join("\n");
}
