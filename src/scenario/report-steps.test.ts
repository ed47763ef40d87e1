import { expect, test } from "vitest";
import { headingsOf } from "./headings.ts";
import { PLAIN } from "./paint.ts";
import { StepReport } from "./report-steps.ts";
import type { CommandResult, ProseResult } from "./run-lesson.ts";

const place = { file: "l.md", line: 7, column: 1 };

function prose(...lines: string[]): ProseResult {
  return { kind: "prose", place, lines, problems: [] };
}

function command(text: string, ...problems: string[]): CommandResult {
  const summary = "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64";
  return {
    kind: "command",
    place,
    hosts: ["a"],
    command: { place, text, expected: [], exitStatus: 0, expectedAt: null },
    output: [],
    status: 0,
    began: 0,
    ended: 0,
    problems,
    journeys: [{ from: "10.0.0.1", to: "10.0.0.2", protocol: "icmp", summary, steps: [] }],
  };
}

function reported(
  journeysIn: string | null,
  journeys: boolean,
  steps: (ProseResult | CommandResult)[],
): string[] {
  const report = new StepReport({ paint: PLAIN, journeys, journeysIn, title: "T" });
  return steps.flatMap((step) => report.lines(step)).filter((line) => line !== "");
}

test("what a lesson folds away is one line with its summary", () => {
  const steps = [
    prose("# T", "", "## Part", "<details>", "<summary>the dull rules</summary>", ""),
    command("one"),
    command("two"),
    prose("", "</details>", "", "## Next", "<details><summary>one more</summary>"),
    command("three"),
    prose("</details>", "<details>", "nothing is typed", "</details>"),
    command("four"),
  ];
  expect(reported(null, false, steps)).toEqual([
    "  Part",
    "  ok     the dull rules  (2 steps)",
    "  Next",
    "  ok     one more  (1 step)",
    "  ok     a$ four",
  ]);
});

test("a failed step is never folded away", () => {
  const steps = [
    prose("<details>", "<summary>rules</summary>"),
    command("one"),
    command("two", "exit status 1"),
    prose("</details>"),
  ];
  const lines = reported(null, false, steps);
  expect(lines[0]).toBe("  FAILED a$ two");
  expect(lines.at(-1)).toBe("  ok     rules  (1 step)");
});

test("journeys are shown below one heading only, when one is named", () => {
  const steps = [
    prose("## Before"),
    command("one"),
    prose("## Here"),
    command("two"),
    prose("### After"),
    command("three"),
  ];
  const shown = (lines: string[]): string[] =>
    lines.filter((line) => /IP |\$/.test(line)).map((line) => line.trim().slice(0, 12));
  expect(shown(reported("Here", false, steps))).toEqual([
    "ok     a$ on",
    "ok     a$ tw",
    "IP 10.0.0.1 ",
    "ok     a$ th",
  ]);
  expect(shown(reported(null, true, steps)).filter((line) => line.startsWith("IP"))).toHaveLength(3);
});

test("headings are told from other lines", () => {
  expect(headingsOf(["# One", "text", "#no", "### Three words here", "    # code"])).toEqual([
    "One",
    "Three words here",
  ]);
});
