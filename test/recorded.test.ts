import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CaseResult, compare, inOrder, masked, withoutRaces } from "./kernel/case.ts";

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

const WGET = "curl -s -m 3 -A Wget/1.21.3 -H 'Accept-Encoding: identity' -H 'Connection: Keep-Alive'";

/**
 * What a case types in the place of a recorded command: curl for GNU wget, with wget's headers, and bash or nc for socat
 * and busybox nc. The packets are the same; where what is printed differs it stands here.
 */
const IN_PLACE: ReadonlyMap<string, { readonly text: string; readonly output?: readonly string[] }> = new Map(
  [
    [
      "wget -q -T 3 -O /dev/null http://10.3.0.5/hostname; echo $?",
      { text: `${WGET} -o /dev/null http://10.3.0.5/hostname; echo $?` },
    ],
    [
      'busybox nc -w 5 10.0.0.78 80 2>&1 & ping -c 1 -W 4 10.0.0.77 2>&1 | sed -E "s/time [0-9]+ms/time N ms/"; wait',
      {
        text: 'nc -w 5 10.0.0.78 80 2>&1 & ping -c 1 -W 4 10.0.0.77 2>&1 | sed -E "s/time [0-9]+ms/time N ms/"; wait',
      },
    ],
    [
      "wget -q -T 3 -O - http://172.10.0.15:8080/hostname | wc -c",
      { text: `${WGET} http://172.10.0.15:8080/hostname | wc -c` },
    ],
    [
      "timeout 1.5 wget -q -T 1 -t 1 -O - http://172.10.0.15:8080/hostname; echo status $?",
      {
        text: `${WGET.replace("-m 3", "-m 0.9")} http://172.10.0.15:8080/hostname; echo status $?`,
        output: ["status 28"],
      },
    ],
    [
      'curl -sS -m 1 http://172.17.0.2:80/hostname 2>&1; curl -sS -m 1 http://172.17.0.3:80/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"',
      {
        text: 'curl -sS -m 0.9 http://172.17.0.2:80/hostname 2>&1; curl -sS -m 0.9 http://172.17.0.3:80/ 2>&1 | sed "s/after [0-9]* m/after N m/"',
        output: ["vm", "curl: (28) Connection timed out after N milliseconds"],
      },
    ],
    [
      "echo hello | timeout 1 socat -T1 - UDP:172.10.0.15:3000; echo status $?",
      {
        text: "exec 3>/dev/udp/172.10.0.15/3000; echo hello >&3; sleep 0.2; echo hello 2>/dev/null >&3; echo status $?",
        output: ["status 1"],
      },
    ],
    [
      'echo hello | timeout 2 socat -T1 - UDP:172.17.0.3:9999 2>&1 | grep -o "Connection refused"',
      {
        text: 'exec 3>/dev/udp/172.17.0.3/9999; echo hello >&3; sleep 0.2; echo hello 2>&1 >&3 | grep -o "Connection refused"',
      },
    ],
    [
      'timeout 3 busybox wget -O - http://172.17.0.3:81/ 2>&1; curl -sS -m 2 http://172.17.0.3:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"; busybox nc -w 2 172.17.0.3 81 2>&1; echo status $?',
      {
        text: 'timeout 3 busybox wget -O - http://172.17.0.3:81/ 2>&1; curl -sS -m 2 http://172.17.0.3:81/ 2>&1 | sed "s/after [0-9]* ms/after N ms/"; nc -w 2 172.17.0.3 81 2>&1; echo status $?',
      },
    ],
    [
      "echo hello | timeout 2 socat -T0.5 - UDP:172.17.0.3:5000",
      { text: "echo hello | nc -u -w 1 172.17.0.3 5000" },
    ],
  ],
);

/** Ports of k08 that its packets name by number: one that curl was told, and the one that a translation drew. */
const DRAWN = /(?<= (tcp |tcp \w+>))(41000|1119)\b/g;

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
  const renamed = lines.map((line) =>
    line.replaceAll(DRAWN, "eph$&").replaceAll(/\b(eph|id)(\d+)\b/g, named),
  );
  return inOrder(withoutRaces(renamed));
}

/** What the recording says, in the shape of a case's result. */
function resultOf(recording: Recording): CaseResult {
  return {
    commands: recording.commands.map((command) => {
      const instead = IN_PLACE.get(command.cmd);
      const text = instead?.text ?? command.cmd.replaceAll("iptables-legacy", "iptables");
      return { ns: command.ns, text, output: instead?.output ?? outputOf(command) };
    }),
    packets: new Map(Object.entries(recording.packets).map(([device, lines]) => [device, packetsOf(lines)])),
    stray: recording.facts.filter(({ id }) => id === "state.incomplete").map(({ value }) => masked(value)),
  };
}

test.each(recordings)("$case: every command and every packet as it was recorded", async (recording) => {
  expect(await compare(recording.case, resultOf(recording))).toBe(null);
});
