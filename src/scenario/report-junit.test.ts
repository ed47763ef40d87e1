import { expect, test } from "vitest";
import { UserError } from "../base/user-error.ts";
import { parseFile } from "./parse-file.ts";
import { checkJunit, reportJunit } from "./report-junit.ts";
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
    '<testsuites name="overmesh" tests="2" failures="1" errors="0" time="0.000000000">',
    '  <testsuite name="A &amp; B" file="l.md" tests="2" failures="1" errors="0" skipped="0" time="0.000000000">',
    '    <testcase classname="l.md" name="a$ good" file="l.md" line="6" time="0.000000000"/>',
    '    <testcase classname="l.md" name="a$ bad &lt;in&gt;" file="l.md" line="8" time="0.000000000">',
    '      <failure message="the output is not as expected" type="command">l.md:8: the output is not as expected:',
    "  -no",
    "  +yes</failure>",
    "    </testcase>",
    "  </testsuite>",
    "</testsuites>",
  ]);
});

test("a file that is no lesson is an error, what XML has no place for a question mark, a line end in a name a number", () => {
  const place = { file: "b.md", line: 3, column: 1 };
  const broken = [
    { file: "b.md", errors: [new UserError("SCHEMA", "no \u0007 \ud800 <bell>\nthere", place)] },
  ];
  const lines = reportJunit([], broken).split("\n");
  expect(lines[1]).toBe('<testsuites name="overmesh" tests="1" failures="0" errors="1" time="0.000000000">');
  expect(lines.slice(3, 6)).toEqual([
    '    <testcase classname="b.md" name="is a lesson" file="b.md" line="3" time="0">',
    '      <error message="no ? ? &lt;bell&gt;&#10;there" type="UserError">b.md:3:1: no ? ? &lt;bell&gt;',
    "there</error>",
  ]);
  expect(checkJunit(["a.md"], broken)).toContain('tests="2" failures="0" errors="1"');
});
