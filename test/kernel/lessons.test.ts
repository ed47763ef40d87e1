import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { align, formatDiff, holds, outputLines } from "../../src/scenario/expected-text.ts";
import { parseFile } from "../../src/scenario/parse-file.ts";
import { IN_REAL_TIME, RealKernel, whyNoKernel } from "./real-kernel.ts";

const top = new URL("../../", import.meta.url).pathname;
/** Lessons, and what programs say word for word. */
const files = ["scenarios", "test/programs"].flatMap((folder) =>
  readdirSync(join(top, folder), { recursive: true, encoding: "utf8" })
    // IP Virtual Server takes a kernel of its own: uml.test.ts.
    .filter((file) => file.endsWith(".md") && !file.startsWith("ipvs/"))
    .sort()
    .map((file) => join(folder, file)),
);
const reason = whyNoKernel();
if (reason !== null) console.warn(`the lessons are not compared with the real kernel: ${reason}`);

/** What a lesson claims, Linux does: each line is typed on the real kernel and held against the same text. */
describe.skipIf(reason !== null)("lessons on the real kernel", IN_REAL_TIME, () => {
  test.each(files)("%s", async (file) => {
    const parsed = parseFile(file, readFileSync(join(top, file), "utf8"));
    if (!parsed.ok) throw parsed.errors[0];
    const lesson = parsed.value;
    if (lesson.real !== null) {
      console.warn(`${file} is not typed on the real kernel: ${lesson.real}`);
      return;
    }
    const kernel = await RealKernel.start(lesson.topology);
    const problems: string[] = [];
    try {
      for (const block of lesson.blocks) {
        if (block.kind !== "console") continue;
        for (const command of block.commands) {
          const { output, status } = await kernel.type(block.host, command.text);
          const lines = outputLines(output);
          const where = `${file}:${command.place.line}: [${block.host}] $ ${command.text}`;
          if (status !== command.exitStatus)
            problems.push(`${where}\n  exit status ${status}\n  ${lines.join("\n  ")}`);
          else if (!holds(command.expected, lines)) {
            problems.push([where, ...formatDiff(align(command.expected, lines))].join("\n  "));
          }
        }
      }
    } finally {
      kernel.stop();
    }
    expect(problems.join("\n")).toBe("");
  });
});
