import { UserError } from "../base/user-error.ts";
import type { Lesson } from "./lesson.ts";
import { failure, type Outcome } from "./outcome.ts";
import { parseLesson } from "./parse-lesson.ts";
import { parseScript } from "./parse-script.ts";

/** Parses a lesson (`.md`) or a script (`.sh`) by its name's ending. */
export function parseFile(file: string, text: string): Outcome<Lesson> {
  if (file.endsWith(".md")) return parseLesson(file, text);
  if (file.endsWith(".sh")) return parseScript(file, text);
  return failure([new UserError("FILE", `${file} is neither a lesson (.md) nor a script (.sh)`)]);
}
