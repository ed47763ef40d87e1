import { describe, expect, test } from "vitest";
import { cases, compare, onKernel } from "./case.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`cases are not compared with the real kernel: ${reason}`);

/** One case: `CASE=k01-bridge-learning npx vitest run test/kernel/cases.test.ts`; else all. */
const asked = process.env["CASE"];
const chosen = cases.filter((name) => asked === undefined || name === asked);

/** Each case is one script that runs on the real kernel and here: tables and packets per interface must be the same. */
describe.skipIf(reason !== null)("cases on both sides", IN_REAL_TIME, () => {
  test.each(chosen)("%s", async (name) => {
    const kernel = await onKernel(name);
    const found = await compare(name, kernel);
    const again = `CASE=${name} npx vitest run test/kernel/cases.test.ts`;
    expect(found === null ? "" : `${found}\n  again: ${again}`).toBe("");
    // An empty case would always agree.
    expect(kernel.commands.length).toBeGreaterThan(0);
  });
});
