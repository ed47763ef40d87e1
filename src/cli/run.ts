import { writeFileSync } from "node:fs";
import { UserError } from "../base/user-error.ts";
import { headingsOf } from "../scenario/headings.ts";
import type { Lesson } from "../scenario/lesson.ts";
import { hintFor } from "../scenario/nearest.ts";
import { reportJson } from "../scenario/report-json.ts";
import { checkJunit, reportJunit } from "../scenario/report-junit.ts";
import { StepReport } from "../scenario/report-steps.ts";
import {
  footerLines,
  headerLines,
  ReportFlow,
  type ReportOptions,
  shortLines,
} from "../scenario/report-text.ts";
import { type LessonResult, runLesson } from "../scenario/run-lesson.ts";
import { updateLesson } from "../scenario/update-lesson.ts";
import type { CliWorld, MakeWorld } from "./cli-world.ts";
import { readLessons, sayBroken } from "./lesson-files.ts";
import { Progress, paintFor, print, Status, say } from "./talk.ts";

export interface RunOptions {
  readonly seed?: number | undefined;
  readonly capture?: string | undefined;
  readonly journeys?: boolean | undefined;
  readonly journeysIn?: string | undefined;
  readonly report: "text" | "json" | "junit";
  readonly update?: boolean | undefined;
}

const DEFAULT_SEED = 1;

/** The seed for a lesson: its own if it holds under no other. */
export function seedFor(lesson: Lesson, asked: number | undefined): number {
  return lesson.seed ?? asked ?? DEFAULT_SEED;
}

function writeCapture(path: string, world: CliWorld): void {
  const bytes = world.pcapng();
  writeFileSync(path, bytes);
  say(`wrote ${path} (${bytes.length} bytes)`);
}

function writeUpdate(lesson: Lesson, result: LessonResult): void {
  const text = updateLesson(lesson, result);
  if (text === lesson.text) return;
  writeFileSync(lesson.file, text);
  say(`rewrote ${lesson.file}: look at the difference before you keep it`);
}

/** The heading below which journeys are wanted, or null. @throws {UserError} when a lesson has no such heading. */
function journeysIn(heading: string | undefined, lessons: readonly Lesson[]): string | null {
  if (heading === undefined) return null;
  const known = lessons.flatMap((lesson) =>
    lesson.blocks.flatMap((block) => (block.kind === "prose" ? headingsOf(block.lines) : [])),
  );
  if (known.includes(heading)) return heading;
  throw new UserError("HEADING", `no lesson has the heading "${heading}"`, null, hintFor(heading, known));
}

/** `overmesh run`: exit status 0 when all held, 1 when an expectation did not. */
export async function run(
  paths: readonly string[],
  options: RunOptions,
  makeWorld: MakeWorld,
): Promise<number> {
  const { lessons, broken } = readLessons(paths);
  // A CI system wants to hear of all files; a person mends the broken ones first.
  if (sayBroken(broken) && options.report !== "junit") return Status.misuse;
  if (options.capture !== undefined && lessons.length !== 1) {
    throw new UserError("CAPTURE", `--capture wants one lesson, not ${lessons.length}`);
  }
  const paint = paintFor(process.stdout);
  const report: ReportOptions = { paint, journeys: options.journeys ?? false };
  const heading = journeysIn(options.journeysIn, lessons);
  const whole = options.report === "text" && lessons.length === 1;
  const progress = new Progress();
  const results: LessonResult[] = [];
  for (const [n, lesson] of lessons.entries()) {
    if (!whole) progress.show(`${n + 1}/${lessons.length} ${lesson.file}`);
    const seed = seedFor(lesson, options.seed);
    const world = await makeWorld({ topology: lesson.topology, seed, interactive: false });
    const flow = new ReportFlow();
    const shown = new StepReport({ ...report, title: lesson.title, journeysIn: heading });
    if (whole) print(flow.next(headerLines({ ...lesson, seed }, paint)));
    const result = await runLesson(lesson, world, seed, (step) => {
      if (whole) print(flow.next(shown.lines(step)));
    });
    results.push(result);
    progress.clear();
    if (whole) print(flow.next(footerLines(result, report)));
    else if (options.report === "text") print(shortLines(result, report));
    if (options.capture !== undefined) writeCapture(options.capture, world);
    if (options.update) writeUpdate(lesson, result);
  }
  if (options.report === "json")
    print([JSON.stringify(reportJson(results, report.journeys || heading !== null), null, 2)]);
  else if (options.report === "junit") print([reportJunit(results, broken)]);
  else if (!whole) print(["", summary(results, report)]);
  if (broken.length > 0) return Status.misuse;
  return results.every((result) => result.held) ? Status.held : Status.failed;
}

function summary(results: readonly LessonResult[], { paint }: ReportOptions): string {
  const failed = results.filter((result) => !result.held).length;
  const count = results.length;
  if (failed === 0) return paint.green(`all ${count} lessons held`);
  return paint.red(`${failed} of ${count} lessons failed`);
}

/** `overmesh check`: parses only. */
export function check(paths: readonly string[], report: "text" | "junit" = "text"): number {
  const { lessons, broken, pages } = readLessons(paths);
  if (report === "junit") {
    const files = lessons.map((lesson) => lesson.file);
    print([checkJunit(files, broken)]);
  } else tellLessons(lessons);
  for (const page of pages) say(`${page}: a page, not a lesson: it has no front matter`);
  if (!sayBroken(broken)) return Status.held;
  const count = lessons.length + broken.length;
  if (count > 1) say(`${broken.length} of ${count} files ${broken.length === 1 ? "is" : "are"} wrong`);
  return Status.misuse;
}

function tellLessons(lessons: readonly Lesson[]): void {
  for (const lesson of lessons) {
    const commands = lesson.blocks.flatMap((block) =>
      block.kind === "console" ? block.commands : [],
    ).length;
    const claims = lesson.blocks.flatMap((block) =>
      block.kind === "expect" ? block.expectations : [],
    ).length;
    const hosts = lesson.topology.hosts.map((host) => host.name).join(", ");
    const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
    print([
      `${lesson.file}: ${lesson.title}; hosts ${hosts}; ${counted(commands, "command")}, ${counted(claims, "claim")}`,
    ]);
  }
}
