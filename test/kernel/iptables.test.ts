import { describe, test } from "vitest";
import { typeOnBothSides } from "./both-sides.ts";
import { build, randomLines, topology } from "./random-rules.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`rules of iptables are not compared with the real kernel: ${reason}`);

/** One seed: `SEED=7 npx vitest run test/kernel/iptables.test.ts`; else a few. */
const asked = process.env["SEED"];
const seeds = asked === undefined ? Array.from({ length: 10 }, (_, i) => i + 1) : [Number(asked)];

const QUESTIONS: readonly string[] = ["r", "c1", "c2"].flatMap((ns) => [
  `ip netns exec ${ns} iptables-save -c`,
  ...["filter", "mangle", "raw", "nat"].map((table) => `ip netns exec ${ns} iptables -t ${table} -nvxL`),
]);

describe.skipIf(reason !== null)("rules of iptables on both sides", IN_REAL_TIME, () => {
  test.each(seeds)("seed %i: the same packets pass, and each rule counts the same", async (seed) => {
    const { rules, probes } = randomLines(seed);
    const lines = [...build, ...rules, ...probes, ...QUESTIONS].map((text) => ({ host: "a", text }));
    await typeOnBothSides(topology, seed, lines, `SEED=${seed} npx vitest run test/kernel/iptables.test.ts`);
  });
});
