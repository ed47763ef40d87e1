import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/user-error.ts";
import type { Lesson } from "../scenario/lesson.ts";
import { parseFile } from "../scenario/parse-file.ts";
import type { BrokenFile } from "../scenario/report-junit.ts";
import { say } from "./talk.ts";

/** A Markdown page without front matter is documentation that lies between the lessons. */
function isLesson(path: string): boolean {
  return (
    path.endsWith(".sh") || (path.endsWith(".md") && /^\uFEFF?---\s*\n/.test(readFileSync(path, "utf8")))
  );
}

/** What is hidden, or was installed, is nobody's lesson. */
const ELSEWHERE = /(^|[\\/])(\.[^\\/]+|node_modules)([\\/]|$)/;

/**
 * The files that files and folders stand for, and the pages of folders that are no lessons; folders are searched to their depth,
 * in the order of names.
 */
function findLessons(paths: readonly string[]): { files: string[]; pages: string[] } {
  const files: string[] = [];
  const pages: string[] = [];
  for (const path of paths) {
    if (!statSync(path).isDirectory()) {
      files.push(path);
      continue;
    }
    const names = readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(md|sh)$/.test(name) && !ELSEWHERE.test(name))
      .map((name) => join(path, name))
      .filter((name) => statSync(name).isFile())
      .sort();
    const found = names.filter(isLesson);
    if (found.length === 0)
      throw new UserError("NO_LESSONS", `${path} holds no lessons (.md) and no scripts (.sh)`);
    files.push(...found);
    pages.push(...names.filter((name) => !found.includes(name)));
  }
  return { files, pages };
}

interface ReadLessons {
  readonly lessons: readonly Lesson[];
  readonly broken: readonly BrokenFile[];
  /** Markdown without front matter that lies between the lessons of a folder. */
  readonly pages: readonly string[];
}

/** Reads and parses lessons; all mistakes of all files come together. */
export function readLessons(paths: readonly string[]): ReadLessons {
  const lessons: Lesson[] = [];
  const broken: BrokenFile[] = [];
  const { files, pages } = findLessons(paths);
  for (const file of files) {
    const outcome = parseFile(file, readFileSync(file, "utf8"));
    if (outcome.ok) lessons.push(outcome.value);
    else broken.push({ file, errors: outcome.errors });
  }
  return { lessons, broken, pages };
}

/** Says all mistakes, a line each; true if there are any. */
export function sayBroken(broken: readonly BrokenFile[]): boolean {
  for (const { errors } of broken) for (const error of errors) say(error.line());
  return broken.length > 0;
}

/** The one lesson that a path stands for; null when it is broken, which has been said. @throws {UserError} for several */
export function readLesson(path: string): Lesson | null {
  const { lessons, broken } = readLessons([path]);
  if (sayBroken(broken)) return null;
  if (lessons.length !== 1)
    throw new UserError("LESSONS", `${path} holds ${lessons.length} lessons`, null, "name one");
  return lessons[0]!;
}
