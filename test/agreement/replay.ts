import type { LabWorld } from "../../src/scenario/lab-world.ts";
import { Outside } from "../../src/shell/outside.ts";
import { compare, type Disagreement, type Said } from "./compare.ts";
import { GAPS } from "./gaps.ts";
import { Identities } from "./mask.ts";
import { recordedWorld } from "./recorded-world.ts";
import type { RecordedCommand, Session } from "./records.ts";

const SECOND = 1_000_000_000;
/** A recorded machine had run for half a minute when its session began. */
const HEAD_START = 30 * SECOND;

/** How long the real engine took to start a process in a container: most of the time, unless the process took its own. */
function startTime({ command, seconds }: RecordedCommand): number {
  return /^docker (?:container )?(?:exec|run) /.test(command) ? Math.min(1.5, 0.7 * seconds) * SECOND : 0;
}

export interface Outcome {
  readonly command: RecordedCommand;
  /** Null when it said the same. */
  readonly found: Disagreement | null;
}

/** Types a session's commands at the times at which they were typed, and compares what each says. */
export async function replay(session: Session): Promise<readonly Outcome[]> {
  const world = await recordedWorld();
  const identities = new Identities();
  const outcomes: Outcome[] = [];
  const began = world.now;
  let last = 0;
  for (const command of session) {
    await fillGap(world, last, command.n);
    last = command.n;
    await waitUntil(world, began + HEAD_START + command.at * SECOND + startTime(command));
    const said = await typed(world, command);
    outcomes.push({ command, found: compare(command, said, identities) });
  }
  return outcomes;
}

/** What the simulator says; a defect that ends it is what it said. */
async function typed(world: LabWorld, { node, command }: RecordedCommand): Promise<Said> {
  try {
    return await world.type(node, command);
  } catch (error) {
    return { stdout: "", stderr: `${(error as Error).stack}`, status: -1 };
  }
}

/** Types what brings the host to where it was, if the records between two commands are not here. */
async function fillGap(world: LabWorld, last: number, next: number): Promise<void> {
  for (const { after, before, lines } of GAPS) {
    if (last !== after || next !== before) continue;
    for (const line of lines) await world.type("host", line);
  }
}

/** Lets time pass in which whatever runs goes on: shells that start meanwhile, as of health checks and restarts, too. */
async function waitUntil(world: LabWorld, time: number): Promise<void> {
  if (time > world.now) await Outside.of(world.lab.world).advance(Math.round(time - world.now));
}
