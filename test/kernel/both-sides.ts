import { expect } from "vitest";
import { Lab } from "../../src/lab/lab.ts";
import type { Topology } from "../../src/lab/topology.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import { RealKernel } from "./real-kernel.ts";

/** A line, or several, to type on a host. */
export interface Line {
  readonly host: string;
  readonly text: string;
}

/** What cannot be the same: the time of day, and how long answers took. */
function masked(output: string): string {
  return output
    .replaceAll(/^# (Generated|Completed) .*$/gm, "# $1")
    .replaceAll(/time[= ][\d.]+ ?ms/g, "time=T")
    .replaceAll(/^rtt .*$/gm, "rtt T")
    .replaceAll(/, pipe \d+/g, "");
}

/** Types lines on the real kernel and here: both say the same, and here every frame is accounted for. `again`: how to do it again. */
export async function typeOnBothSides(
  topology: Topology,
  seed: number,
  lines: readonly Line[],
  again: string,
): Promise<void> {
  const kernel = await RealKernel.start(topology);
  const ours = new LabWorld(new Lab(topology, { seed }));
  try {
    const said: string[] = [];
    const expected: string[] = [];
    for (const { host, text } of lines) {
      const real = await kernel.type(host, text);
      const simulated = await ours.type(host, text);
      expected.push(`${host}$ ${text}\n${masked(real.output)}[${real.status}]`);
      said.push(`${host}$ ${text}\n${masked(simulated.output)}[${simulated.status}]`);
    }
    expect(said, again).toEqual(expected);
    expect(ours.accounts()).toEqual([]);
  } finally {
    kernel.stop();
  }
}
