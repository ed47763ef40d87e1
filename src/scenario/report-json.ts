import { tally } from "./report-text.ts";
import type { LessonResult } from "./run-lesson.ts";

/**
 * Results as plain JSON values for other programs; times are virtual nanoseconds. The shape only ever grows.
 */
export function reportJson(results: readonly LessonResult[], journeys: boolean): object {
  return {
    held: results.every((result) => result.held),
    lessons: results.map((result) => ({
      file: result.file,
      title: result.title,
      parts: result.parts,
      seed: result.seed,
      held: result.held,
      steps: tally(result),
      virtualNanoseconds: result.ended,
      accounts: result.accounts,
      results: result.steps
        .filter((step) => step.kind !== "prose")
        .map((step) => {
          const common = {
            kind: step.kind,
            line: step.place.line,
            held: step.problems.length === 0,
            problems: step.problems,
          };
          const packets = journeys || step.problems.length > 0 ? { journeys: step.journeys } : {};
          if (step.kind === "expect") return { ...common, claim: step.claim, ...packets };
          const { hosts, status, output, began, ended } = step;
          return {
            ...common,
            host: hosts[0],
            hosts,
            command: step.command.text,
            status,
            output,
            began,
            ended,
            ...packets,
          };
        }),
    })),
  };
}
