import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import * as overmesh from "../src/index.ts";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { parseFile } from "../src/scenario/parse-file.ts";
import { runLesson } from "../src/scenario/run-lesson.ts";

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

test("the README's ten lines of library run and show the way of a ping", async () => {
  const source = block("```ts").replace(/^import (\{.*\}) from "overmesh";$/m, "const $1 = overmesh;");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const said: unknown[][] = [];
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction("overmesh", "console", outputText)(overmesh, {
    log: (...words: unknown[]) => said.push(words),
  });
  const [output, steps] = said[0] as [string, string[]];
  expect(output).toContain("1 packets transmitted, 1 received, 0% packet loss");
  expect(steps).toContain("b/eth0 transmitted");
  expect(steps.at(-1)).toBe("a delivered");
});

test("every command of the README's command line is one that there is", () => {
  const program = readFileSync(new URL("../src/cli/program.ts", import.meta.url), "utf8");
  for (const [, command] of block("## The command line\n\n```sh").matchAll(/^overmesh (\w+)/gm)) {
    expect(program).toContain(`command("${command}"`);
  }
});
