import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atOnce, type LessonFile, lessonFiles, linesOf, problemOf } from "./lesson-files.ts";
import { IN_REAL_TIME } from "./real-kernel.ts";
import { UmlKernel, whyNoUml } from "./uml-kernel.ts";

const files = lessonFiles("scenarios").filter(
  ({ lesson }) => lesson.needs.length > 0 && lesson.real === null,
);
const reason = whyNoUml();
if (reason !== null)
  console.warn(`lessons of IP Virtual Server are not compared with the real kernel: ${reason}`);
/** They mostly sleep, but a kernel that runs as a program is slow. */
const turn = atOnce(4);

/** What a lesson of IPVS claims, Linux with ip_vs does; the machine's own kernel need not have it. */
describe.skipIf(reason !== null)("lessons of IPVS on a kernel of their own", IN_REAL_TIME, () => {
  let kernel: UmlKernel;
  beforeAll(async () => {
    kernel = await UmlKernel.start();
  });
  afterAll(() => kernel?.stop());

  test.each(files)("$file", { timeout: 600_000 }, async (file) => {
    expect(await turn(() => problemsOf(file, kernel))).toBe("");
  });
});

/** Where the kernel says something else than the lesson, in words. */
async function problemsOf({ lesson }: LessonFile, kernel: UmlKernel): Promise<string> {
  const lines = linesOf(lesson);
  const typed = await kernel.type(
    lesson.topology,
    lines.map(({ host, text }) => ({ host, text })),
  );
  return lines
    .map((line, i) => problemOf(line, typed[i]!))
    .filter((problem) => problem !== null)
    .join("\n");
}
