import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

function run(mode: string): Promise<string> {
  const script = join(import.meta.dirname, "shell-run.ts");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ["--import", "tsx", script, mode], (error, stdout, stderr) => {
      if (error !== null) reject(error);
      else if (stderr !== "") reject(new Error(stderr));
      else resolve(stdout);
    });
  });
}

test("the same lines in a cold process, a warm one and a slow one: every piece of output at the same instant", async () => {
  const [cold, warm, slow] = await Promise.all(["cold", "warm", "slow"].map(run));
  expect(cold!.split("\n").length).toBeGreaterThan(30);
  expect(warm).toBe(cold);
  expect(slow).toBe(cold);
});
