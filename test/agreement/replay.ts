import type { LabWorld } from "../../src/scenario/lab-world.ts";
import { compare, type Disagreement } from "./compare.ts";
import { Identities } from "./mask.ts";
import { recordedWorld } from "./recorded-world.ts";
import type { RecordedCommand, Session } from "./records.ts";

const SECOND = 1_000_000_000;
/** A recorded machine had run for half a minute when its session began. */
const HEAD_START = 30 * SECOND;

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
  for (const command of session) {
    waitUntil(world, began + HEAD_START + command.at * SECOND);
    const said = await world.type(command.node, command.command);
    outcomes.push({ command, found: compare(command, said, identities) });
  }
  return outcomes;
}

function waitUntil(world: LabWorld, time: number): void {
  if (time > world.now) world.advance(Math.round(time - world.now));
}
