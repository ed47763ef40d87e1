import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Lab } from "../../src/lab/lab.ts";
import { exportScript } from "../../src/scenario/export-script.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import { runLesson } from "../../src/scenario/run-lesson.ts";
import { lessonFiles } from "./lesson-files.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const files = lessonFiles("scenarios").filter(({ lesson }) => lesson.real === null);
const reason = whyNoKernel();

function runScript(args: readonly string[]): Promise<{ readonly status: number; readonly stderr: string }> {
  return new Promise((resolve) => {
    // In a process namespace of its own: what a world leaves running ends with it.
    const words = ["-p", "-f", "--kill-child", "--mount-proc", "bash", ...args];
    execFile("unshare", words, { timeout: 50_000 }, (error, _, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === "number" ? code : 255, stderr });
    });
  });
}

/** The world of each lesson is built on the real kernel, and the last ping that worked in it fares there as it does here. */
describe.skipIf(reason !== null)("exported worlds on the real kernel", IN_REAL_TIME, () => {
  test.each(files)("$file", async ({ lesson }) => {
    const world = new LabWorld(new Lab(lesson.topology, { seed: lesson.seed ?? 1 }));
    const result = await runLesson(lesson, world, lesson.seed ?? 1);
    const ping = result.steps
      .filter((step) => step.kind === "command" && step.status === 0 && /\bping\b/.test(step.command.text))
      .at(-1);
    const dir = mkdtempSync(join(tmpdir(), "overmesh-"));
    try {
      const script = join(dir, "world.sh");
      writeFileSync(script, exportScript(lesson.title, lesson.topology, world.toolbox.applied));
      const [host, text] =
        ping?.kind === "command"
          ? [ping.hosts[0]!, ping.command.text]
          : [lesson.topology.hosts[0]!.name, "true"];
      // What the lesson did later may have ended what worked: so our world is asked once more as well.
      const { status } = await world.type(host, text);
      const real = await runScript([script, host, text]);
      expect(`${text}: ${real.status}\n${real.stderr}`).toMatch(`${text}: ${status}\n`);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
