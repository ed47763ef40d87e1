import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseFile } from "../../src/scenario/parse-file.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const top: string = join(import.meta.dirname, "../..");
// The reference check lies beside the repository where the project is built, and reads lessons with its own eyes.
const reference: string = join(top, "../shared/real-lesson.py");
const missing: string | null =
  whyNoKernel() ?? (existsSync(reference) ? null : "no reference check lies beside");
if (missing !== null) console.warn(`lessons are not given to the reference check: ${missing}`);

const lessons: string[] = readdirSync(join(top, "scenarios"), { recursive: true, encoding: "utf8" })
  // Those of IPVS need a kernel that has it: uml.test.ts types them on one.
  .filter((name) => name.endsWith(".md") && !name.startsWith("ipvs/"))
  .filter((name) => {
    const parsed = parseFile(name, readFileSync(join(top, "scenarios", name), "utf8"));
    return parsed.ok && parsed.value.real === null;
  });

function check(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("python3", [reference, path], (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe.skipIf(missing !== null)("the reference check of lessons", IN_REAL_TIME, () => {
  test.each(lessons)("agrees with %s", async (name) => {
    expect(await check(join(top, "scenarios", name))).toMatch(
      /^\d+ commands on the real kernel, 0 differ\n$/,
    );
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
