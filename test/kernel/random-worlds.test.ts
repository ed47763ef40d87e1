import { describe, expect, test } from "vitest";
import { Lab } from "../../src/lab/lab.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import { type Line, randomWorld } from "./random-world.ts";
import { IN_REAL_TIME, RealKernel, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`random worlds are not compared with the real kernel: ${reason}`);

/** One seed: `SEED=7 npx vitest run test/kernel/random-worlds.test.ts`; else a dozen. */
const asked = process.env["SEED"];
const seeds = asked === undefined ? Array.from({ length: 12 }, (_, i) => i + 1) : [Number(asked)];

/** What ping says, without how long it took. */
function masked(output: string): string {
  return output
    .replaceAll(/time[= ][\d.]+ ?ms/g, "time=T")
    .replaceAll(/^rtt .*$/gm, "rtt T")
    .replaceAll(/, pipe \d+/g, "");
}

/** Lines that follow each other on one host are typed at once: each typing is a process of the machine. */
function together(lines: readonly Line[]): readonly Line[] {
  const blocks: Line[] = [];
  for (const { host, text } of lines) {
    const last = blocks.at(-1);
    if (last?.host === host) blocks[blocks.length - 1] = { host, text: `${last.text}\n${text}` };
    else blocks.push({ host, text });
  }
  return blocks;
}

describe.skipIf(reason !== null)("random worlds on both sides", IN_REAL_TIME, () => {
  test.each(seeds)("seed %i: who received what, and who was told what", async (seed) => {
    const world = randomWorld(seed);
    const kernel = await RealKernel.start(world.topology);
    const ours = new LabWorld(new Lab(world.topology, { seed }));
    try {
      const said: string[] = [];
      const expected: string[] = [];
      for (const { host, text } of together([...world.build, ...world.probes, ...world.questions])) {
        const real = await kernel.type(host, text);
        const simulated = await ours.type(host, text);
        expected.push(`${host}$ ${text}\n${masked(real.output)}[${real.status}]`);
        said.push(`${host}$ ${text}\n${masked(simulated.output)}[${simulated.status}]`);
      }
      expect(said, `SEED=${seed} npx vitest run test/kernel/random-worlds.test.ts`).toEqual(expected);
      expect(ours.accounts()).toEqual([]);
    } finally {
      kernel.stop();
    }
  });
});
