import { UserError } from "../base/user-error.ts";
import { Lab } from "../lab/lab.ts";
import { type EntryHistoryEvent, entryHistories } from "../scenario/entry-history.ts";
import { journeyLines } from "../scenario/journey-text.ts";
import { LabWorld } from "../scenario/lab-world.ts";
import type { Lesson } from "../scenario/lesson.ts";
import { formatDuration } from "../scenario/quantity.ts";
import { runLesson } from "../scenario/run-lesson.ts";
import { parseTarget, sendPacket } from "../scenario/send-packet.ts";
import { readLesson } from "./lesson-files.ts";
import { seedFor } from "./run.ts";
import { paintFor, print, Status, say } from "./talk.ts";

export interface ExplainOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly why?: string | undefined;
  readonly size?: number | undefined;
  readonly json?: boolean | undefined;
  readonly seed?: number | undefined;
}

/** `overmesh explain`: runs a lesson, then sends one packet and shows its way, or tells an entry's history. */
export async function explain(file: string, options: ExplainOptions): Promise<number> {
  const lesson = readLesson(file);
  if (lesson === null) return Status.misuse;
  const problem = misuse(options);
  if (problem !== null) throw problem;
  const world = await afterLesson(lesson, options.seed);
  return options.why === undefined ? showWay(world, options) : showHistory(world, options);
}

/** What is wrong with the question, before anything runs; null when nothing is. */
function misuse({ from, to, why, size }: ExplainOptions): UserError | null {
  const wrong = (message: string, hint: string): UserError => new UserError("EXPLAIN", message, null, hint);
  const both = "--from NAMESPACE --to ADDRESS, or --why ENTRY";
  if (why !== undefined) {
    if (from !== undefined || to !== undefined || size !== undefined)
      return wrong("a packet or an entry, one at a time", both);
    return why.trim() === "" ? wrong("--why names no entry", "words of one: --why '10.3.0.0/24 a/c1'") : null;
  }
  if (!from && !to) return wrong("explain what?", both);
  if (!from) return wrong("who sends it?", "--from HOST or --from HOST/NAMESPACE");
  if (!to) return wrong(`where does ${from} send it?`, "--to ADDRESS or --to ADDRESS:PORT/udp");
  parseTarget(to);
  return null;
}

/** The world as a lesson leaves it; a lesson that does not hold is told of, and explained all the same. */
export async function afterLesson(lesson: Lesson, asked: number | undefined): Promise<LabWorld> {
  const seed = seedFor(lesson, asked);
  const world = new LabWorld(new Lab(lesson.topology, { seed }));
  const result = await runLesson(lesson, world, seed);
  if (!result.held) say(`${lesson.file} does not hold: overmesh run says where`);
  return world;
}

function showWay(world: LabWorld, { from, to, size, json }: ExplainOptions): number {
  const request = { from: from!, ...parseTarget(to!), ...(size === undefined ? {} : { size }) };
  const { journey } = sendPacket(world.lab, request);
  if (json) print([JSON.stringify(journey, null, 2)]);
  else print(journeyLines(journey, paintFor(process.stdout)));
  return Status.held;
}

function showHistory(world: LabWorld, { why, json }: ExplainOptions): number {
  const histories = entryHistories(world.lab, why!);
  if (histories.length === 0) {
    const hint = "every word must be in its table, place or text: --why 'route a 10.0.0.0/24'";
    throw new UserError("EXPLAIN", `there is and was no entry like "${why}"`, null, hint);
  }
  if (json) {
    print([JSON.stringify(histories, null, 2)]);
    return Status.held;
  }
  const paint = paintFor(process.stdout);
  for (const { kind, where, entry, there, events } of histories) {
    print([`${paint.bold(`${where}  ${entry}`)}  (${kind}${there ? "" : ", gone"})`]);
    for (const { event, more } of withoutRepetition(events)) {
      const text = event.entry === entry || event.entry === "" ? "" : `  ${event.entry}`;
      print([
        `  ${formatDuration(event.at).padStart(10)}  ${event.what.padEnd(7)}  ${event.cause}${paint.dim(text)}`,
        ...(more > 0 ? [`  ${"".padStart(10)}  and ${more} times more without a difference`] : []),
      ]);
    }
  }
  return Status.held;
}

/** Of changes in a row that leave an entry as it is and have one kind of cause, the first, and how many there were more. */
function withoutRepetition(
  events: readonly EntryHistoryEvent[],
): { event: EntryHistoryEvent; more: number }[] {
  const runs: { event: EntryHistoryEvent; more: number }[] = [];
  // What a frame was is another each time: whose word it is counts.
  const kindOf = ({ what, entry, cause }: EntryHistoryEvent): string =>
    `${what} ${entry} ${cause.replace(/^((learned from|needed by) frame) .*/s, "$1")}`;
  for (const event of events) {
    const last = runs.at(-1);
    if (last !== undefined && event.what === "changed" && kindOf(last.event) === kindOf(event)) last.more++;
    else runs.push({ event, more: 0 });
  }
  return runs;
}
