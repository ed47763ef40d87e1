import { expect, test } from "vitest";
import { parseFile } from "./parse-file.ts";
import { reportJunit } from "./report-junit.ts";
import { runLesson } from "./run-lesson.ts";

const LESSON = `---
title: A & B
hosts: { a: 10.0.0.1 }
---
\`\`\`console a
$ good
yes
$ bad <in>
no
\`\`\`
`;

test("a suite a lesson, a case a step, the diff of a failure, all escaped", async () => {
  const parsed = parseFile("l.md", LESSON);
  if (!parsed.ok) throw parsed.errors[0];
  const world = {
    now: 0,
    questions: { journeys: () => [], counters: () => null, entries: () => null, frames: () => 0 },
    type: () => Promise.resolve({ output: "yes\n", status: 0 }),
    accounts: () => [],
  };
  const xml = reportJunit([await runLesson(parsed.value, world, 1)]);
  expect(xml.split("\n")).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    '  <testsuite name="A &amp; B" file="l.md" tests="2" failures="1" time="0.000000000">',
    '    <testcase classname="l.md" name="a$ good" line="6" time="0.000000000"/>',
    '    <testcase classname="l.md" name="a$ bad &lt;in&gt;" line="8" time="0.000000000">',
    '      <failure message="the output is not as expected:">the output is not as expected:',
    "  -no",
    "  +yes</failure>",
    "    </testcase>",
    "  </testsuite>",
    "</testsuites>",
  ]);
});
