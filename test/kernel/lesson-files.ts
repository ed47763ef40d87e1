import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { align, formatDiff, holds, outputLines } from "../../src/scenario/expected-text.ts";
import type { ConsoleCommand, Lesson } from "../../src/scenario/lesson.ts";
import type { Typed } from "../../src/scenario/lesson-world.ts";
import { parseFile } from "../../src/scenario/parse-file.ts";

const top: string = join(import.meta.dirname, "../..");

/** A lesson by its path from the top of the repository. */
export interface LessonFile {
  readonly file: string;
  readonly lesson: Lesson;
}

/** All lessons below the named folders, in order of their names, those that no real kernel can check included. */
export function lessonFiles(...folders: readonly string[]): LessonFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .sort()
      .map((name) => readLesson(join(folder, name))),
  );
}

function readLesson(file: string): LessonFile {
  const parsed = parseFile(file, readFileSync(join(top, file), "utf8"));
  if (!parsed.ok) throw parsed.errors[0];
  return { file, lesson: parsed.value };
}

/** Its lines in the order in which they are typed, with the host of each. */
export function linesOf(lesson: Lesson): (ConsoleCommand & { readonly host: string })[] {
  return lesson.blocks.flatMap((block) =>
    block.kind === "console"
      ? block.commands.flatMap((command) => block.hosts.map((host) => ({ ...command, host })))
      : [],
  );
}

/** What is wrong with what a kernel said to a line, with file and line; null when it is what the lesson says. */
export function problemOf(
  line: ConsoleCommand & { readonly host: string },
  { output, status }: Typed,
): string | null {
  const lines = outputLines(output);
  const where = `${line.place.file}:${line.place.line}: [${line.host}] $ ${line.text}`;
  if (status !== line.exitStatus) return `${where}\n  exit status ${status}\n  ${lines.join("\n  ")}`;
  if (holds(line.expected, lines)) return null;
  return [where, ...formatDiff(align(line.expected, lines))].join("\n  ");
}

/** Lets so many run at a time: what types on a real kernel mostly sleeps. */
export function atOnce(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
