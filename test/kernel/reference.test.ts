import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lessonFiles } from "./lesson-files.ts";
import { IN_REAL_TIME, ON_TIME, whyNoKernel } from "./real-kernel.ts";

const top: string = join(import.meta.dirname, "../..");
// The reference check lies beside the repository where the project is built, and reads lessons with its own eyes.
const reference: string = join(top, "../shared/real-lesson.py");
const missing: string | null =
  whyNoKernel() ?? (existsSync(reference) ? null : "no reference check lies beside");
if (missing !== null) console.warn(`lessons are not given to the reference check: ${missing}`);

// Those that need a module of their own are typed on a kernel that has it: uml.test.ts.
const lessons: string[] = lessonFiles("scenarios")
  .filter(({ lesson }) => lesson.needs.length === 0 && lesson.real === null)
  .map(({ file }) => file);

/**
 * Files below /tmp are its own, as other tests type the same lesson at the same time. What it needs may lie there as well,
 * when the project does.
 */
const ALONE = `script=$(cat "$1") && text=$(cat "$2") && mount -t tmpfs none /tmp && cd /tmp &&
  printf '%s\n' "$script" > check.py && printf '%s\n' "$text" > lesson.md && exec python3 check.py lesson.md`;

/** Mounts and processes of its own: what a lesson leaves running ends with its check. */
const APART = ["-m", "--propagation", "private", "-p", "-f", "--kill-child", "--mount-proc"];

function check(path: string): Promise<string> {
  const args = [...APART, "bash", "-c", ALONE, "check", reference, path];
  const [command, ...words] = [...ON_TIME, "unshare", ...args];
  return new Promise((resolve) => execFile(command!, words, (_, stdout, stderr) => resolve(stdout + stderr)));
}

describe.skipIf(missing !== null)("the reference check of lessons", IN_REAL_TIME, () => {
  test.each(lessons)("agrees with %s", async (name) => {
    expect(await check(join(top, name))).toMatch(/^\d+ commands on the real kernel, 0 differ\n$/);
  });

  test("finds a wrong text and a wrong status, so that its word counts", async () => {
    const path = join(tmpdir(), `overmesh-wrong-${process.pid}.md`);
    const body = "```console a\n$ hostname\nb\n$ true\n[exit 1]\n$ hostname\na\n```\n";
    writeFileSync(path, `---\ntitle: Wrong\nhosts: { a: 10.0.0.1 }\n---\n${body}`);
    try {
      expect(await check(path)).toMatch(/3 commands on the real kernel, 2 differ\n$/);
    } finally {
      rmSync(path);
    }
  });
});
