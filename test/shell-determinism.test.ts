import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

function run(mode: string): string {
  const script = join(import.meta.dirname, "shell-run.ts");
  const child = spawnSync(process.execPath, ["--import", "tsx", script, mode], { encoding: "utf8" });
  expect(child.stderr).toBe("");
  expect(child.status).toBe(0);
  return child.stdout;
}

test("the same lines in a cold process, a warm one and a slow one: every piece of output at the same instant", () => {
  const cold = run("cold");
  expect(cold.split("\n").length).toBeGreaterThan(30);
  expect(run("warm")).toBe(cold);
  expect(run("slow")).toBe(cold);
});
