import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { parseFile } from "../src/scenario/parse-file.ts";
import { runLesson } from "../src/scenario/run-lesson.ts";
import { runExample } from "./helpers/run-example.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The fenced block of that kind, the first one. */
function block(fence: string): string {
  const match = new RegExp(`^${fence}\\n([\\s\\S]*?)\\n\`{${fence.match(/`+/)![0].length}}$`, "m").exec(
    readme,
  );
  if (match === null) throw new Error(`the README has no ${fence} block`);
  return match[1]!;
}

test("the README's lesson holds", async () => {
  const parsed = parseFile("README.md", block("````markdown"));
  if (!parsed.ok) throw parsed.errors[0];
  const result = await runLesson(parsed.value, new LabWorld(new Lab(parsed.value.topology)), 1);
  expect(result.steps.flatMap((step) => step.problems)).toEqual([]);
  expect(result.held).toBe(true);
});

test("the README's five lines of library assert on a routing decision", async () => {
  expect(await runExample(block("```ts"))).toBe(1);
});

test("every command of the README's command line is one that there is", () => {
  const program = readFileSync(new URL("../src/cli/program.ts", import.meta.url), "utf8");
  for (const [, command] of block("## The command line\n\n```sh").matchAll(/^overmesh (\w+)/gm)) {
    expect(program).toContain(`command("${command}"`);
  }
});
