import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../src/docker/images/catalogue.ts";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { parseLesson } from "../src/scenario/parse-lesson.ts";
import { runLesson } from "../src/scenario/run-lesson.ts";
import { runExample } from "./helpers/run-example.ts";

const page: string = readFileSync(join(import.meta.dirname, "../docs/images.md"), "utf8");

describe("docs/images.md", () => {
  it("has a lesson that holds", async () => {
    const text = /^````markdown\n([\s\S]*?)^````$/m.exec(page)![1]!;
    const lesson = parseLesson("images.md", text);
    if (!lesson.ok) throw lesson.errors[0]!;
    const result = await runLesson(lesson.value, new LabWorld(new Lab(lesson.value.topology)), 1);
    expect([...result.steps.flatMap((step) => step.problems), ...result.accounts]).toEqual([]);
  });

  it("has programs in TypeScript that run", async () => {
    const source = /^```ts\n([\s\S]*?)^```$/m.exec(page)![1]!;
    expect(await runExample(source)).toBe(1);
  });

  it("tells of every image that is there", () => {
    const names = CATALOGUE.map(({ names: [first] }) => first!.replace(/:latest$/, ""));
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
