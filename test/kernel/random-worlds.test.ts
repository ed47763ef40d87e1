import { describe, test } from "vitest";
import { type Line, typeOnBothSides } from "./both-sides.ts";
import { randomWorld } from "./random-world.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`random worlds are not compared with the real kernel: ${reason}`);

/** One seed: `SEED=7 npx vitest run test/kernel/random-worlds.test.ts`; else a dozen. */
const asked = process.env["SEED"];
const seeds = asked === undefined ? Array.from({ length: 12 }, (_, i) => i + 1) : [Number(asked)];

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
    const { topology, build, probes, questions } = randomWorld(seed);
    const lines = together([...build, ...probes, ...questions]);
    await typeOnBothSides(
      topology,
      seed,
      lines,
      `SEED=${seed} npx vitest run test/kernel/random-worlds.test.ts`,
    );
  });
});
