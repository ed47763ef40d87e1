import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import { CommandTable } from "../src/shell/command.ts";
import { Machine } from "../src/shell/machine.ts";
import { Shell } from "../src/shell/shell.ts";
import { World } from "../src/sim/world.ts";

/** A line, and what bash 5.2 printed (both streams) and gave as its status. */
interface Case {
  readonly line: string;
  readonly output: string;
  readonly status: number;
}

/** A record is `$ line`, `> more of it`, the output, `[exit N]`; a last `\` says that the output has no line end. */
function readCases(text: string): Case[] {
  const records = text.split(/\]\n\n?(?=\$ |$)/).filter((record) => record !== "");
  return records.map((record) => {
    const match = /^\$ ([\s\S]*?)\n((?:(?!> )[\s\S])*?)\[exit (\d+)$/.exec(record.replace(/\n> /g, "\u0000"));
    if (match === null) throw new Error(`test/shell-cases.txt: no [exit N] ends this record:\n${record}`);
    const output = match[2]!.replace(/\u0000/g, "\n> ").replace(/\\\n$/, "");
    return { line: match[1]!.replace(/\u0000/g, "\n"), output, status: Number(match[3]) };
  });
}

const cases: readonly Case[] = readCases(readFileSync(join(import.meta.dirname, "shell-cases.txt"), "utf8"));

/** The folder that both work in appears in some texts, and pids are whatever they are. */
async function ours(line: string): Promise<{ output: string; status: number }> {
  const host = new Host(new World(1), new Kernel(), "a");
  const machine = new Machine({ host, commands: new CommandTable() });
  machine.files.view(host.root).makeDirectory("/tmp/w", true);
  const shell = new Shell(machine);
  await shell.type("cd /tmp/w");
  const typed = await shell.type(line);
  if (shell.ended) return typed;
  const end = await shell.end();
  return { output: typed.output + end.output, status: end.status };
}

describe("our bash says what bash 5.2 says:", () => {
  test("the record was read", () => {
    expect(cases.length).toBeGreaterThan(80);
  });

  test.each(cases)("$line", async ({ line, output, status }) => {
    const { output: printed, status: gave } = await ours(line);
    expect({ output: printed, status: gave }).toEqual({ output, status });
  });
});

const version: string = spawnSync("bash", ["--version"], { encoding: "utf8" }).stdout ?? "";

describe("the record is true of the bash on this machine:", () => {
  test.runIf(version.includes("version 5.2")).each(cases)("$line", ({ line, output, status }) => {
    const folder = mkdtempSync(join(tmpdir(), "overmesh-"));
    const home = mkdtempSync(join(tmpdir(), "overmesh-home-"));
    try {
      const script = 'set -o pipefail; bash -c "$1" 2>&1 < /dev/null | cat';
      const run = spawnSync("bash", ["-c", script, "record", line], {
        cwd: folder,
        encoding: "utf8",
        // An empty home: a login shell of the record reads nobody's startup files.
        env: { PATH: process.env["PATH"], HOME: home, LC_ALL: "C.UTF-8" },
      });
      const printed = run.stdout.replaceAll(home, "/root").replaceAll(folder, "/tmp/w");
      expect({ output: printed, status: run.status }).toEqual({ output, status });
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(home, { recursive: true });
    }
  });
});
