import { headingsOf } from "./headings.ts";
import { chooseJourneys, explainingJourney, journeyLines } from "./journey-text.ts";
import type { Journey } from "./lesson-world.ts";
import type { Paint } from "./paint.ts";
import { formatDuration } from "./quantity.ts";
import type { CommandResult, ExpectResult, LessonResult, StepResult } from "./run-lesson.ts";

export interface ReportOptions {
  readonly paint: Paint;
  /** Show the way of the first packet of each conversation under its command. */
  readonly journeys: boolean;
  /** The lesson's title, which its report has already shown. */
  readonly title?: string;
}

/** Longer outputs are cut in the report, never in a diff. */
const MAX_OUTPUT = 16;

const STEP = "  ";
const DETAIL = "      ";

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function mark(step: StepResult, paint: Paint): string {
  return step.problems.length === 0 ? paint.green("ok    ") : paint.red("FAILED");
}

function paintProblem(line: string, paint: Paint): string {
  if (line.startsWith("  -")) return paint.red(line);
  if (line.startsWith("  +")) return paint.green(line);
  return line;
}

function journeyBlock(journey: Journey, paint: Paint): string[] {
  return ["", ...journeyLines(journey, paint).map((line) => `${DETAIL}${line}`)];
}

function otherPackets(journeys: readonly Journey[], shown: readonly Journey[]): string {
  const counts = new Map<string, number>();
  for (const journey of journeys) {
    if (!shown.includes(journey)) counts.set(journey.protocol, (counts.get(journey.protocol) ?? 0) + 1);
  }
  return [...counts].map(([protocol, count]) => `${count} ${protocol}`).join(", ");
}

function commandLines(step: CommandResult, { paint, journeys }: ReportOptions): string[] {
  const [first = "", ...more] = step.command.text.split("\n");
  const took = step.ended - step.began;
  // Every configuring command takes its millisecond; only waiting is worth telling.
  const time = took >= 5_000_000 ? paint.dim(`  (${formatDuration(took)})`) : "";
  const lines = [
    `${STEP}${mark(step, paint)} ${paint.dim(`${step.hosts.join(" ")}$`)} ${paint.bold(first)}${time}`,
  ];
  for (const line of more) lines.push(`${DETAIL}${paint.dim(">")} ${line}`);
  if (step.problems.length === 0) {
    for (const line of step.output.slice(0, MAX_OUTPUT)) lines.push(`${DETAIL}${paint.dim(line)}`.trimEnd());
    const rest = step.output.length - MAX_OUTPUT;
    if (rest > 0) lines.push(`${DETAIL}${paint.dim(`(${plural(rest, "more line")})`)}`);
    if (step.status !== 0) lines.push(`${DETAIL}${paint.dim(`[exit ${step.status}]`)}`);
  } else {
    const { file, line } = step.place;
    lines.push(`${DETAIL}${file}:${line}: ${step.problems[0]!}`);
    for (const problem of step.problems.slice(1))
      lines.push(`${DETAIL}${paintProblem(problem, paint)}`.trimEnd());
  }
  const failed = step.problems.length > 0 ? explainingJourney(step.journeys) : null;
  const chosen = journeys ? chooseJourneys(step.journeys) : failed === null ? [] : [failed];
  for (const journey of chosen) lines.push(...journeyBlock(journey, paint));
  if (chosen.length > 0) {
    const others = otherPackets(step.journeys, chosen);
    if (others !== "") lines.push("", `${DETAIL}${paint.dim(`other packets meanwhile: ${others}`)}`);
    lines.push("");
  }
  return lines;
}

function expectLines(step: ExpectResult, { paint }: ReportOptions): string[] {
  const [claim, ...more] = step.claim.split("; ");
  const lines = [`${STEP}${mark(step, paint)} ${paint.dim("expect")} ${claim}`];
  for (const line of more) lines.push(`${DETAIL}${paint.dim(line)}`);
  for (const [n, problem] of step.problems.entries()) {
    const where = n === 0 ? `${step.place.file}:${step.place.line}: ` : "";
    lines.push(`${DETAIL}${where}${problem}`);
  }
  for (const journey of step.journeys) lines.push(...journeyBlock(journey, paint));
  if (step.journeys.length > 0) lines.push("");
  return lines;
}

/** Puts pieces of a report together: never two empty lines in a row, whichever pieces meet. */
export class ReportFlow {
  #blank = true;

  /** The lines to print next. */
  next(lines: readonly string[]): string[] {
    return lines.filter((line) => {
      const keep = line !== "" || !this.#blank;
      this.#blank = line === "";
      return keep;
    });
  }
}

/** What a report says before a lesson's steps. */
export function headerLines(
  lesson: Pick<LessonResult, "title" | "parts" | "file" | "seed">,
  paint: Paint,
): string[] {
  const parts = lesson.parts.length > 0 ? `, part ${lesson.parts.join(", ")}` : "";
  return [`${paint.bold(lesson.title)}  ${paint.dim(`${lesson.file}${parts}, seed ${lesson.seed}`)}`, ""];
}

/** One step as a report shows it; prose shows its headings, to say where in the lesson one is. */
export function stepLines(step: StepResult, options: ReportOptions): string[] {
  if (step.kind === "command") return commandLines(step, options);
  if (step.kind === "expect") return expectLines(step, options);
  // A first heading that repeats the title says nothing new.
  return headingsOf(step.lines)
    .filter((heading) => heading !== options.title)
    .flatMap((heading) => ["", `${STEP}${options.paint.cyan(heading)}`]);
}

/** Counts the steps that can hold or fail. */
export function tally(result: LessonResult): { readonly held: number; readonly failed: number } {
  const steps = result.steps.filter((step) => step.kind !== "prose");
  const failed = steps.filter((step) => step.problems.length > 0).length + result.accounts.length;
  return { held: steps.length - (failed - result.accounts.length), failed };
}

/** What a report says after a lesson's steps. */
export function footerLines(result: LessonResult, { paint }: ReportOptions): string[] {
  const lines: string[] = [];
  for (const problem of result.accounts) {
    lines.push(`${STEP}${paint.red("FAILED")} ${paint.dim("accounts")} ${result.file}: ${problem}`);
  }
  const { held, failed } = tally(result);
  const verdict =
    failed === 0
      ? paint.green(`${held > 1 ? "all " : ""}${plural(held, "step")} held`)
      : paint.red(`${failed} failed`);
  const rest = failed === 0 ? "" : `, ${held} held`;
  lines.push("", `${verdict}${rest}, ${formatDuration(result.ended)} of virtual time`);
  return lines;
}

/** A lesson among many: one line when all of it held, and below it only the steps that did not. */
export function shortLines(result: LessonResult, options: ReportOptions): string[] {
  const { paint } = options;
  const { held, failed } = tally(result);
  const status = failed === 0 ? paint.green("ok    ") : paint.red("FAILED");
  const count = failed === 0 ? plural(held, "step") : `${failed} of ${plural(held + failed, "step")} failed`;
  const lines = [`${status} ${result.file}  ${paint.dim(`${result.title}, ${count}`)}`];
  for (const step of result.steps) if (step.problems.length > 0) lines.push(...stepLines(step, options));
  for (const problem of result.accounts)
    lines.push(`${STEP}${paint.red("FAILED")} ${paint.dim("accounts")} ${problem}`);
  return lines;
}
