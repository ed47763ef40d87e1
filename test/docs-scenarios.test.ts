import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lessonFiles } from "./kernel/lesson-files.ts";

const docs: string = join(import.meta.dirname, "../docs");
const page: string = readFileSync(join(docs, "scenarios.md"), "utf8");
const rows: string[] = page.split("\n").filter((line) => line.startsWith("| ["));
const lessons = lessonFiles("scenarios");

describe("docs/scenarios.md", () => {
  // Lessons in a folder; one that stands alone may have a page of its own.
  test.each(lessons.filter(({ file }) => file.split("/").length > 2))(
    "lists $file, with its title and where it is checked",
    ({ file, lesson }) => {
      const mark = lesson.real !== null ? "simulated only" : lesson.needs.join(", ");
      const row = rows.find((line) => line.startsWith(`| [${lesson.title}](../${file}) | `));
      expect(row, "give it a line there").toBeDefined();
      expect(row!.split("|").at(-2)!.trim()).toBe(mark);
    },
  );

  test("lists no lesson that is not there", () => {
    const listed = rows.map((line) => /\]\(\.\.\/(\S+?)\)/.exec(line)![1]!);
    expect(listed.filter((file) => !existsSync(join(docs, "..", file)))).toEqual([]);
    expect(listed.length).toBeGreaterThan(50);
  });

  test("names for each field lesson the issue that the lesson names", () => {
    const issues = (text: string): string[] => text.match(/https:\/\/github\.com\/\S+?\/issues\/\d+/g) ?? [];
    for (const { file, lesson } of lessons.filter(({ file }) => file.includes("/field/")))
      expect(issues(rows.find((line) => line.includes(file))!)).toEqual([...new Set(issues(lesson.text))]);
  });
});
