import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CaseResult, compare, inOrder, masked } from "./kernel/case.ts";

const folder = join(import.meta.dirname, "recorded");

/** What a real kernel did, as it was recorded: the case of the same name in `kernel/cases` repeats it. */
interface Recording {
  readonly case: string;
  readonly commands: readonly RecordedCommand[];
  readonly packets: Readonly<Record<string, readonly string[]>>;
  readonly facts: readonly { readonly id: string; readonly statement: string; readonly value: string }[];
}

interface RecordedCommand {
  readonly ns: string;
  readonly cmd: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

const recordings: readonly Recording[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .sort()
  .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Recording);

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function outputOf({ stdout, stderr, status }: RecordedCommand): string[] {
  const said = linesOf(stdout).filter((line) => !line.startsWith("nc: "));
  const errors = linesOf(stderr).map((line) => `2> ${line}`);
  const end = status === 0 ? [] : [`(exit status ${status})`];
  return [...said, ...errors, ...end].map(masked);
}

/** What takes TCP is left out: these commands, or what the case types in their place, and all segments. */
const NEEDS_TCP: ReadonlyMap<string, string | null> = new Map([
  ["wget -q -T 3 -O /dev/null http://10.3.0.5/hostname; echo $?", null],
  [
    'busybox nc -w 5 10.0.0.78 80 2>&1 & ping -c 1 -W 4 10.0.0.77 2>&1 | sed -E "s/time [0-9]+ms/time N ms/"; wait',
    'ping -c 1 -W 4 10.0.0.77 2>&1 | sed -E "s/time [0-9]+ms/time N ms/"; wait',
  ],
]);

/** An interface's packets. The recording names what is random over all interfaces, a case for each of its own. */
function packetsOf(lines: readonly string[]): string[] {
  const names = new Map<string, string>();
  const counts: Record<string, number> = {};
  const named = (_: string, prefix: string, number: string): string => {
    const key = prefix + number;
    if (!names.has(key)) {
      counts[prefix] = (counts[prefix] ?? 0) + 1;
      names.set(key, `${prefix}${counts[prefix]}`);
    }
    return names.get(key)!;
  };
  const kept = lines.filter((line) => !/ tcp \w+>\w+ /.test(line));
  return inOrder(kept.map((line) => line.replaceAll(/\b(eph|id)(\d+)\b/g, named)));
}

/** What the recording says, in the shape of a case's result. */
function resultOf(recording: Recording): CaseResult {
  return {
    commands: recording.commands
      .filter(({ cmd }) => NEEDS_TCP.get(cmd) !== null)
      .map((command) => ({
        ns: command.ns,
        text: NEEDS_TCP.get(command.cmd) ?? command.cmd,
        output: outputOf(command),
      })),
    packets: new Map(Object.entries(recording.packets).map(([device, lines]) => [device, packetsOf(lines)])),
    stray: recording.facts.filter(({ id }) => id === "state.incomplete").map(({ value }) => masked(value)),
  };
}

test.each(recordings)("$case: every command and every packet as it was recorded", async (recording) => {
  expect(await compare(recording.case, resultOf(recording))).toBe(null);
});
