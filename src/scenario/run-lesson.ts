import type { Place } from "../base/user-error.ts";
import { checkExpectation } from "./check-expectation.ts";
import { describeExpectation } from "./expectation.ts";
import { align, formatDiff, holds, outputLines } from "./expected-text.ts";
import type { ConsoleCommand, Lesson } from "./lesson.ts";
import type { Journey, LessonWorld } from "./lesson-world.ts";

export type StepResult = CommandResult | ExpectResult | ProseResult;

/** A heading or text of the lesson on the way: reports show where in it one is. */
export interface ProseResult {
  readonly kind: "prose";
  readonly place: Place;
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** A command that was typed. */
export interface CommandResult {
  readonly kind: "command";
  readonly place: Place;
  /** Where it was typed: on several hosts when it held on all of them and printed the same. */
  readonly hosts: readonly string[];
  readonly command: ConsoleCommand;
  /** Without trailing blanks. */
  readonly output: readonly string[];
  readonly status: number;
  /** Virtual nanoseconds at which it was typed, and at which the prompt was back. */
  readonly began: number;
  readonly ended: number;
  /** Empty when the expectation held; else what is wrong, line by line, a diff included. */
  readonly problems: readonly string[];
  /** Packets that began while it ran, in order. */
  readonly journeys: readonly Journey[];
}

/** A claim of an `expect` block. */
export interface ExpectResult {
  readonly kind: "expect";
  readonly place: Place;
  readonly claim: string;
  readonly problems: readonly string[];
  /** Journeys that explain why it does not hold. */
  readonly journeys: readonly Journey[];
}

/** All that came of a lesson, as plain values. */
export interface LessonResult {
  readonly file: string;
  readonly title: string;
  readonly parts: readonly string[];
  readonly seed: number;
  readonly steps: readonly StepResult[];
  /** What does not add up at the end, in sentences: frames that vanished, counters that disagree. */
  readonly accounts: readonly string[];
  /** Virtual nanoseconds that the lesson took. */
  readonly ended: number;
  /** True when every expectation held and everything adds up. */
  readonly held: boolean;
}

function problemsOf(command: ConsoleCommand, output: readonly string[], status: number): string[] {
  const problems: string[] = [];
  if (status !== command.exitStatus) problems.push(`exit status ${status}, expected ${command.exitStatus}`);
  if (!holds(command.expected, output)) {
    problems.push(
      "the output is not as expected:",
      ...formatDiff(align(command.expected, output)).map((l) => `  ${l}`),
    );
  } else if (problems.length > 0 && output.length > 0) {
    problems.push(...output.map((line) => `   ${line}`));
  }
  return problems;
}

/** Types one command and holds what comes back against its expectation. */
async function runCommand(host: string, command: ConsoleCommand, world: LessonWorld): Promise<CommandResult> {
  const began = world.now;
  const typed = await world.type(host, command.text, `${command.place.file}:${command.place.line}`);
  const output = outputLines(typed.output);
  return {
    kind: "command",
    place: command.place,
    hosts: [host],
    command,
    output,
    status: typed.status,
    began,
    ended: world.now,
    problems: problemsOf(command, output, typed.status),
    journeys: world.questions.journeys(began),
  };
}

/** Results of one command on several hosts: one when there is nothing to tell between them, else each of its own. */
function merged(results: readonly CommandResult[]): readonly CommandResult[] {
  const [first] = results;
  if (first === undefined || results.length === 1) return results;
  const said = ({ output, status }: CommandResult): string => `${status} ${output.join("\n")}`;
  if (results.some((one) => one.problems.length > 0 || said(one) !== said(first))) return results;
  return [
    {
      ...first,
      hosts: results.flatMap((one) => one.hosts),
      ended: results.at(-1)!.ended,
      journeys: results.flatMap((one) => one.journeys),
    },
  ];
}

/**
 * Runs a lesson from its first line to its last, whatever fails on the way: a reader wants to know all of it. `seed` is
 * the one that the world was made with. `onStep` hears of each step as it is done.
 */
export async function runLesson(
  lesson: Lesson,
  world: LessonWorld,
  seed: number,
  onStep: (step: StepResult) => void = () => {},
): Promise<LessonResult> {
  const steps: StepResult[] = [];
  const done = (step: StepResult): void => {
    steps.push(step);
    onStep(step);
  };
  for (const block of lesson.blocks) {
    if (block.kind === "prose") {
      done({ kind: "prose", place: block.place, lines: block.lines, problems: [] });
    } else if (block.kind === "console") {
      for (const command of block.commands) {
        const results: CommandResult[] = [];
        for (const host of block.hosts) results.push(await runCommand(host, command, world));
        merged(results).forEach(done);
      }
    } else {
      for (const expectation of block.expectations) {
        const outcome = checkExpectation(expectation, world.questions);
        done({
          kind: "expect",
          place: expectation.place,
          claim: describeExpectation(expectation),
          ...outcome,
        });
      }
    }
  }
  const accounts = world.accounts();
  const held = accounts.length === 0 && steps.every((step) => step.problems.length === 0);
  const { file, title, parts } = lesson;
  return { file, title, parts, seed, steps, accounts, ended: world.now, held };
}
