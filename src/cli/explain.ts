import { UserError } from "../base/user-error.ts";
import { Lab } from "../lab/lab.ts";
import { entryHistories } from "../scenario/entry-history.ts";
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
  const asksWay = options.from !== undefined && options.to !== undefined;
  if (asksWay === (options.why !== undefined) || (!asksWay && options.from !== undefined)) {
    throw new UserError("EXPLAIN", "explain what?", null, "--from NAMESPACE --to ADDRESS, or --why ENTRY");
  }
  const world = await afterLesson(lesson, options.seed);
  return asksWay ? showWay(world, options) : showHistory(world, options);
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
  if (histories.length === 0) throw new UserError("EXPLAIN", `there is and was no entry like "${why}"`);
  if (json) {
    print([JSON.stringify(histories, null, 2)]);
    return Status.held;
  }
  const paint = paintFor(process.stdout);
  for (const { kind, where, entry, there, events } of histories) {
    print([`${paint.bold(`${where}  ${entry}`)}  (${kind}${there ? "" : ", gone"})`]);
    for (const event of events) {
      const text = event.entry === entry || event.entry === "" ? "" : `  ${event.entry}`;
      print([
        `  ${formatDuration(event.at).padStart(10)}  ${event.what.padEnd(7)}  ${event.cause}${paint.dim(text)}`,
      ]);
    }
  }
  return Status.held;
}
