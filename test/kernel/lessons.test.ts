import { describe, expect, test } from "vitest";
import { type LessonFile, lessonFiles, linesOf, problemOf } from "./lesson-files.ts";
import { IN_REAL_TIME, RealKernel, whyNoKernel } from "./real-kernel.ts";

/** Lessons, and what programs say word for word; what needs a module of its own is typed in uml.test.ts. */
const files = lessonFiles("scenarios", "test/programs").filter(({ lesson }) => lesson.needs.length === 0);
const reason = whyNoKernel();
if (reason !== null) console.warn(`the lessons are not compared with the real kernel: ${reason}`);
for (const { file, lesson } of files)
  if (lesson.real !== null) console.warn(`${file} is not typed on the real kernel: ${lesson.real}`);

/** What a lesson claims, Linux does: each line is typed on the real kernel and held against the same text. */
describe.skipIf(reason !== null)("lessons on the real kernel", IN_REAL_TIME, () => {
  test.each(files.filter(({ lesson }) => lesson.real === null))("$file", async (file) => {
    expect((await problemsOf(file)).join("\n")).toBe("");
  });
});

async function problemsOf({ lesson }: LessonFile): Promise<string[]> {
  const kernel = await RealKernel.start(lesson.topology);
  const problems: string[] = [];
  try {
    for (const line of linesOf(lesson)) {
      const problem = problemOf(line, await kernel.type(line.host, line.text));
      if (problem !== null) problems.push(problem);
    }
  } finally {
    kernel.stop();
  }
  return problems;
}
