import { describe, expect, test } from "vitest";
import { Lab } from "../../src/lab/lab.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import { build, randomLines, topology } from "./random-rules.ts";
import { IN_REAL_TIME, RealKernel, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`rules of iptables are not compared with the real kernel: ${reason}`);

/** One seed: `SEED=7 npx vitest run test/kernel/iptables.test.ts`; else a few. */
const asked = process.env["SEED"];
const seeds = asked === undefined ? Array.from({ length: 10 }, (_, i) => i + 1) : [Number(asked)];

/** What cannot be the same: the time of day, and how long answers took. */
function masked(output: string): string {
  return output
    .replaceAll(/^# (Generated|Completed) .*$/gm, "# $1")
    .replaceAll(/time[= ][\d.]+ ?ms/g, "time=T")
    .replaceAll(/^rtt .*$/gm, "rtt T")
    .replaceAll(/, pipe \d+/g, "");
}

describe.skipIf(reason !== null)("rules of iptables on both sides", IN_REAL_TIME, () => {
  test.each(seeds)("seed %i: the same packets pass, and each rule counts the same", async (seed) => {
    const { rules, probes } = randomLines(seed);
    const kernel = await RealKernel.start(topology);
    const ours = new LabWorld(new Lab(topology, { seed }));
    const questions = ["r", "c1", "c2"].flatMap((ns) => [
      `ip netns exec ${ns} iptables-save -c`,
      ...["filter", "mangle", "raw"].map((table) => `ip netns exec ${ns} iptables -t ${table} -nvxL`),
    ]);
    try {
      const said: string[] = [];
      const expected: string[] = [];
      for (const text of [...build, ...rules, ...probes, ...questions]) {
        const real = await kernel.type("a", text);
        const simulated = await ours.type("a", text);
        expected.push(`$ ${text}\n${masked(real.output)}[${real.status}]`);
        said.push(`$ ${text}\n${masked(simulated.output)}[${simulated.status}]`);
      }
      expect(said, `SEED=${seed} npx vitest run test/kernel/iptables.test.ts`).toEqual(expected);
      expect(ours.accounts()).toEqual([]);
    } finally {
      kernel.stop();
    }
  });
});
