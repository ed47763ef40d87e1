import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import type { Lesson } from "../src/scenario/lesson.ts";
import { parseFile } from "../src/scenario/parse-file.ts";
import { runLesson } from "../src/scenario/run-lesson.ts";

const page: string = readFileSync(join(import.meta.dirname, "../docs/lessons.md"), "utf8");

/** Texts of the blocks that are opened with four backticks and the word markdown: whole lessons. */
const examples: string[] = [...page.matchAll(/^````markdown\n([\s\S]*?)^````$/gm)].map((match) => match[1]!);

function parsed(text: string, file = "example.md"): Lesson {
  const outcome = parseFile(file, text);
  if (!outcome.ok) throw new Error(outcome.errors.map((error) => error.line()).join("\n"));
  return outcome.value;
}

describe("docs/lessons.md", () => {
  test("its examples are lessons", () => {
    expect(examples.map((text) => parsed(text).title)).toEqual([
      "Two hosts",
      "Output and exit status",
      "Two subnets and a router",
      "Claims",
    ]);
  });

  test.each(examples.map((text) => [parsed(text).title, text]))(
    "its example %s holds",
    async (_title, text) => {
      const lesson = parsed(text);
      const result = await runLesson(lesson, new LabWorld(new Lab(lesson.topology)), 1);
      expect(result.steps.flatMap((step) => step.problems)).toEqual([]);
      expect(result.accounts).toEqual([]);
    },
  );

  test("its first example is the shortest lesson of scenarios/", () => {
    expect(examples[0]).toBe(readFileSync(join(import.meta.dirname, "../scenarios/two-hosts.md"), "utf8"));
  });

  test("its script is one", () => {
    const script = /^```sh\n(# hosts[\s\S]*?)^```$/m.exec(page)![1]!;
    expect(parsed(script, "s.sh").topology.hosts.map((host) => host.name)).toEqual(["a", "b"]);
  });

  test("the mistakes that it shows are worded as it says", () => {
    const shown = /^```text\n([\s\S]*?\(a line ```\))\n```$/m.exec(page)![1]!.split("\n");
    const front = "---\ntitle: T\nhosts: { a: 172.10.0 }\n---\n";
    const keys = "---\ntitle: T\nhosts: { a: 172.10.0.1 }\nswitchs: [u0]\n---\n";
    const body =
      "---\ntitle: T\nhosts: { a: 10.0.0.1 }\n---\n\n\n\n\n```console c\n$ true\n```\n\n\n```console a\n$ true\n";
    const mistakes = [front, keys, body].flatMap((text) => {
      const outcome = parseFile("lesson.md", text);
      return outcome.ok ? [] : outcome.errors.map((error) => error.line());
    });
    for (const line of shown) expect(mistakes).toContain(line);
  });
});
