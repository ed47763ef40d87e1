import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user-error.ts";
import type { Lesson } from "../scenario/lesson.ts";
import { parseFile } from "../scenario/parse-file.ts";

/** A Markdown page without front matter is documentation that lies between the lessons. */
function isLesson(path: string): boolean {
  return (
    path.endsWith(".sh") || (path.endsWith(".md") && /^\uFEFF?---\s*\n/.test(readFileSync(path, "utf8")))
  );
}

/** The lessons that files and folders stand for; folders are searched to their depth, in the order of names. */
export function findLessons(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path];
    const found = readdirSync(path, { recursive: true, encoding: "utf8" })
      .map((name) => join(path, name))
      .filter((name) => /\.(md|sh)$/.test(name) && statSync(name).isFile() && isLesson(name))
      .sort();
    if (found.length === 0)
      throw new UserError("NO_LESSONS", `${path} holds no lessons (.md) and no scripts (.sh)`);
    return found;
  });
}

/** Reads and parses lessons; all mistakes of all files come together. */
export function readLessons(paths: readonly string[]): { lessons: Lesson[]; errors: UserError[] } {
  const lessons: Lesson[] = [];
  const errors: UserError[] = [];
  for (const path of findLessons(paths)) {
    const outcome = parseFile(path, readFileSync(path, "utf8"));
    if (outcome.ok) lessons.push(outcome.value);
    else errors.push(...outcome.errors);
  }
  return { lessons, errors };
}
