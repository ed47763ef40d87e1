import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { align, formatDiff, holds, outputLines } from "../../src/scenario/expected-text.ts";
import { parseFile } from "../../src/scenario/parse-file.ts";
import { IN_REAL_TIME } from "./real-kernel.ts";
import { UmlKernel, whyNoUml } from "./uml-kernel.ts";

const folder = new URL("../../scenarios/ipvs/", import.meta.url).pathname;
/** A kernel that runs as a program is slow: these take a minute at most, and `UML_ALL=1` types all. */
const QUICK = [
  "direct-routing",
  "hashing",
  "mesh-by-mark",
  "persistence",
  "quiescing",
  "weighted-round-robin",
];
const all = readdirSync(folder).sort();
const files = process.env["UML_ALL"] === undefined ? QUICK.map((name) => `${name}.md`) : all;
/** So many lessons are typed at a time: they mostly sleep. */
const AT_ONCE = 4;
const reason = whyNoUml();
if (reason === null && files.length < all.length)
  console.warn(
    `${all.length - files.length} lessons of IPVS are typed on the real kernel with UML_ALL=1 only`,
  );
if (reason !== null) console.warn(`the lessons of IPVS are not compared with the real kernel: ${reason}`);

/** What a lesson of IPVS claims, Linux with ip_vs does; the machine's own kernel need not have it. */
describe.skipIf(reason !== null)("lessons of IPVS on a kernel of their own", IN_REAL_TIME, () => {
  let kernel: UmlKernel;
  const free: (() => void)[] = [];
  let running = 0;
  beforeAll(async () => {
    kernel = await UmlKernel.start();
  }, 90_000);
  afterAll(() => kernel?.stop());

  test.concurrent.each(files)("%s", { timeout: 150_000 }, async (file) => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => free.push(resolve));
    running++;
    try {
      expect(await problemsOf(file, kernel)).toBe("");
    } finally {
      running--;
      free.shift()?.();
    }
  });
});

/** Where the kernel says something else than the lesson, in words. */
async function problemsOf(file: string, kernel: UmlKernel): Promise<string> {
  const parsed = parseFile(file, readFileSync(join(folder, file), "utf8"));
  if (!parsed.ok) throw parsed.errors[0];
  const lesson = parsed.value;
  const commands = lesson.blocks.flatMap((block) =>
    block.kind === "console" ? block.commands.map((command) => ({ ...command, host: block.host })) : [],
  );
  const typed = await kernel.type(
    lesson.topology,
    commands.map(({ host, text }) => ({ host, text })),
  );
  const problems: string[] = [];
  commands.forEach((command, i) => {
    const { output, status } = typed[i]!;
    const lines = outputLines(output);
    const where = `${file}:${command.place.line}: [${command.host}] $ ${command.text}`;
    if (status !== command.exitStatus)
      problems.push(`${where}\n  exit status ${status}\n  ${lines.join("\n  ")}`);
    else if (!holds(command.expected, lines))
      problems.push([where, ...formatDiff(align(command.expected, lines))].join("\n  "));
  });
  return problems.join("\n");
}
