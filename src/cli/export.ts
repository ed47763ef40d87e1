import { UserError } from "../base/user-error.ts";
import { exportScript } from "../scenario/export-script.ts";
import { afterLesson } from "./explain.ts";
import { readLessons } from "./lesson-files.ts";
import { print, Status, say } from "./talk.ts";

/** `overmesh export`: runs a lesson and prints the world as it then is as a bash script for a real Linux. */
export async function exportWorld(
  file: string,
  options: { readonly seed?: number | undefined },
): Promise<number> {
  const { lessons, errors } = readLessons([file]);
  for (const error of errors) say(error.line());
  if (errors.length > 0) return Status.misuse;
  if (lessons.length !== 1)
    throw new UserError("EXPORT", `${file} holds ${lessons.length} lessons`, null, "name one");
  const lesson = lessons[0]!;
  const world = await afterLesson(lesson, options.seed);
  print([exportScript(lesson.title, lesson.topology, world.toolbox.applied).trimEnd()]);
  return Status.held;
}
