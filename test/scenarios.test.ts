import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endedTwice } from "../src/capture/conservation.ts";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import type { Lesson } from "../src/scenario/lesson.ts";
import { parseFile } from "../src/scenario/parse-file.ts";
import { type LessonResult, runLesson } from "../src/scenario/run-lesson.ts";

const folder = new URL("../scenarios/", import.meta.url).pathname;
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(md|sh)$/.test(file))
  .sort();
const SEEDS = [1, 2, 77];

function read(file: string): Lesson {
  const parsed = parseFile(file, readFileSync(join(folder, file), "utf8"));
  if (!parsed.ok) throw parsed.errors[0];
  return parsed.value;
}

interface Run {
  readonly result: LessonResult;
  readonly pcapng: Uint8Array;
  readonly twice: readonly number[];
}

async function run(lesson: Lesson, seed: number): Promise<Run> {
  const world = new LabWorld(new Lab(lesson.topology, { seed }));
  const result = await runLesson(lesson, world, seed);
  return { result, pcapng: world.pcapng(), twice: endedTwice(world.lab.record()) };
}

const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.each(files)("%s", (file) => {
  const lesson = read(file);
  const seeds = lesson.seed === null ? SEEDS : [lesson.seed];

  test.each(seeds)("holds with seed %i, adds up, and is the same when it is run again", async (seed) => {
    const first = await run(lesson, seed);
    const failed = first.result.steps.filter((step) => step.problems.length > 0);
    expect(
      failed.map((step) => `${step.place.file}:${step.place.line}\n${step.problems.join("\n")}`),
    ).toEqual([]);
    expect(first.result.accounts).toEqual([]);
    expect(first.twice).toEqual([]);
    const second = await run(lesson, seed);
    expect(sha(second.pcapng)).toBe(sha(first.pcapng));
    expect(second.result).toEqual(first.result);
  });
});

const tshark = ((): string | null => {
  try {
    return execFileSync("which", ["tshark"], { encoding: "utf8" }).trim();
  } catch {
    console.warn("captures are not shown to tshark: it is not installed");
    return null;
  }
})();

const CHECK = ["ip", "udp", "tcp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
/** Malformed, an error in the expert's eyes, or a checksum that is wrong. */
const BAD = [
  "_ws.malformed",
  "_ws.expert.severity >= 8388608",
  ...["ip", "udp", "tcp", "icmp", "igmp"].map((protocol) => `${protocol}.checksum.status == 0`),
].join(" || ");

/** What tshark prints of a file, line by line. */
function shark(...args: readonly string[]): string[] {
  const said = execFileSync(tshark!, ["-n", ...CHECK, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return said.split("\n").filter((line) => line !== "");
}

describe.skipIf(tshark === null)("captures", () => {
  test.each(files)("tshark finds nothing wrong in the capture of %s", async (file) => {
    const lesson = read(file);
    const { pcapng } = await run(lesson, lesson.seed ?? 1);
    const dir = mkdtempSync(join(tmpdir(), "overmesh-"));
    try {
      const path = join(dir, "capture.pcapng");
      writeFileSync(path, pcapng);
      // Like Linux, IPVS leaves the checksum of what an ICMP error quotes as it was, whatever it writes into it.
      const quoted = file.startsWith("ipvs/") ? " && !(icmp.type == 3 && udp.checksum.status == 0)" : "";
      // Of a segment that an ICMP error quotes only the beginning is there, and tshark sums up that.
      const cut = " && !(icmp.type == 3 && tcp.checksum.status == 0)";
      // A sum of zero is written as all ones, of TCP too, as Linux does (skb_checksum_help): tshark expects zero.
      const ones = " && !(tcp.checksum == 0xffff)";
      const filter = `(${BAD}) && !(frame.comment contains "damaged on purpose")${quoted}${cut}${ones}`;
      // A file of many interfaces shows each segment many times, which looks like damage to one who puts streams
      // together: so whatever is found counts only when it is found in the frames of its interface alone.
      const suspects = new Set(shark("-r", path, "-Y", filter, "-T", "fields", "-e", "frame.interface_id"));
      const found: string[] = [];
      for (const id of suspects) {
        const alone = join(dir, `${id}.pcapng`);
        shark("-r", path, "-Y", `frame.interface_id == ${id}`, "-w", alone);
        found.push(...shark("-r", alone, "-Y", filter));
      }
      expect(found).toEqual([]);
      const names = shark("-r", path, "-T", "fields", "-e", "frame.interface_name");
      for (const name of names) expect(name).toMatch(/^[^/]+(\/[^/]+)+$/); // HOST/DEVICE, HOST/NAMESPACE/DEVICE
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
