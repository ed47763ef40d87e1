import type { Lab } from "../../src/lab/lab.ts";
import { Verdict } from "../../src/sim/verdict.ts";
import { FrameNames, frameLine } from "./frame-line.ts";

/** The frames that passed devices since a step of the record, in order: a name for the device, and the frame in words. */
export function framesPassing(lab: Lab, since: number, names: ReadonlyMap<string, string>): string[] {
  const recorder = lab.record();
  const random = new FrameNames();
  const lines: string[] = [];
  for (const step of recorder.steps(since)) {
    if (step.verdict !== Verdict.received && step.verdict !== Verdict.transmitted) continue;
    // What a loopback device sends it gets at once; a capture shows it once.
    if (step.verdict === Verdict.transmitted && lab.world.placeName(step.place).endsWith("/lo")) continue;
    const name = names.get(lab.world.placeName(step.place));
    if (name === undefined) continue;
    lines.push(`${name.padEnd(26)} ${frameLine(recorder.bytes(step.index)!, random)}`);
  }
  return lines;
}
