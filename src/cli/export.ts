import { exportScript } from "../scenario/export-script.ts";
import { afterLesson } from "./explain.ts";
import { readLesson } from "./lesson-files.ts";
import { print, Status } from "./talk.ts";

/** `overmesh export`: runs a lesson and prints the world as it then is as a bash script for a real Linux. */
export async function exportWorld(
  file: string,
  options: { readonly seed?: number | undefined },
): Promise<number> {
  const lesson = readLesson(file);
  if (lesson === null) return Status.misuse;
  const world = await afterLesson(lesson, options.seed);
  print([exportScript(lesson.title, lesson.topology, world.toolbox.applied).trimEnd()]);
  return Status.held;
}
