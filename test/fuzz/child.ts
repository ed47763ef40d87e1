/** One target in a process of its own, told by `main.ts`: `child.ts KEY SEED FROM RUNS`. */
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

const [key, seed, from, runs] = process.argv.slice(2);
const target = targets.find((one) => one.key === key)!;
try {
  await fuzz(target, { seed: Number(seed), from: Number(from), runs: Number(runs) }, (done) => {
    process.send!({ done, bytes: process.memoryUsage.rss() });
  });
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
}
process.disconnect();
