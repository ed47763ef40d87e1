import { expect, test } from "vitest";
import { PsMistake, readPsOptions } from "./ps-options.ts";
import { chosenProcesses, psLine } from "./ps-table.ts";
import type { SeenProcess } from "./seen-process.ts";

function one(pid: number, parent: number, command: string, uid = 0): SeenProcess {
  return { pid, parent, name: command.split(" ")[0]!, command, uid, gid: uid, started: 0, tty: null };
}

const PROCESSES = [one(1000, 1, "sh -c x"), one(1001, 1000, "sleep 300"), one(1002, 1000, "sleep 5", 7)];
const MINUTE = 60_000_000_000;

function shown(line: string, processes: readonly SeenProcess[] = PROCESSES): string {
  const wishes = readPsOptions(line.split(" ").filter(Boolean));
  const rows = chosenProcesses(wishes, processes, MINUTE);
  const lines = rows.map((row) => psLine(wishes.columns, ({ text }) => text(row, MINUTE)));
  return [psLine(wishes.columns, ({ title }) => title), ...lines].join("\n");
}

function words(line: string): string {
  return shown(line, []).split(/\s+/).filter(Boolean).join(" ");
}

// Heads as procps 4.0.2 printed them.
test.each([
  ["aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND"],
  ["-aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND"],
  ["-ef", "UID PID PPID C STIME TTY TIME CMD"],
  ["-l", "F S UID PID PPID C PRI NI ADDR SZ WCHAN TTY TIME CMD"],
  ["-elf", "F S UID PID PPID C PRI NI ADDR SZ WCHAN STIME TTY TIME CMD"],
  ["-ely", "S UID PID PPID C PRI NI RSS SZ WCHAN TTY TIME CMD"],
  ["-F", "UID PID PPID C SZ RSS PSR STIME TTY TIME CMD"],
  ["-eFl", "F S UID PID PPID C PRI NI ADDR SZ WCHAN RSS PSR STIME TTY TIME CMD"],
  ["-j", "PID PGID SID TTY TIME CMD"],
  ["j", "PPID PID PGID SID TTY TPGID STAT UID TIME COMMAND"],
  ["lax", "F UID PID PPID PRI NI VSZ RSS WCHAN STAT TTY TIME COMMAND"],
  ["v", "PID TTY STAT TIME MAJFL TRS DRS RSS %MEM COMMAND"],
  ["s", "UID PID PENDING BLOCKED IGNORED CAUGHT STAT TTY TIME COMMAND"],
  ["-L", "PID LWP TTY TIME CMD"],
  ["-c", "PID CLS PRI TTY TIME CMD"],
  ["-P", "PID PSR TTY TIME CMD"],
  ["-ax", "PID TTY STAT TIME COMMAND"],
  ["x", "PID TTY STAT TIME COMMAND"],
  ["-e", "PID TTY TIME CMD"],
  ["axo pid,ppid,comm", "PID PPID COMMAND"],
  ["-eo pid,user=WHO", "PID WHO"],
  ["-o pid -o comm", "PID COMMAND"],
  ["--format=pid,etime,lstart", "PID ELAPSED STARTED"],
])("ps %s has the heads of the real one", (line, heads) => expect(words(line)).toBe(heads));

test.each([
  ["-o nosuch", 'unknown user-defined format specifier "nosuch"'],
  ["-o pid, comm", 'unknown user-defined format specifier "mm"'],
  ["foo", 'unknown user-defined format specifier "o"'],
  ["--nosuch", "unknown gnu long option"],
  ["-z", "unsupported SysV option"],
  ["-k", "unsupported SysV option"],
  ["k", "unknown sort specifier"],
  ["p", "process ID list syntax error"],
  ["--user nobody-here", "user name does not exist"],
])("ps %s is refused in the real one's words", (line, mistake) =>
  expect(() => readPsOptions(line.split(" "))).toThrow(new PsMistake(mistake)),
);

test("ps chooses, sorts and draws trees", () => {
  expect(shown("-C sleep -o pid,args")).toBe("    PID COMMAND\n   1001 sleep 300\n   1002 sleep 5");
  expect(shown("-u 7 -o user,comm")).toBe("USER     COMMAND\n7        sleep");
  expect(shown("-p 1000 -o stat,c,args")).toBe("STAT  C COMMAND\nSs    0 sh -c x");
  expect(shown("--ppid 1000 --sort=-pid -o pid,ni")).toBe("    PID  NI\n   1002   0\n   1001   0");
  expect(shown("--forest -o pid,args")).toBe(
    "    PID COMMAND\n   1000 sh -c x\n   1001  \\_ sleep 300\n   1002  \\_ sleep 5",
  );
  expect(shown("-l -p 1000")).toBe(
    "F S   UID     PID    PPID  C PRI  NI ADDR SZ WCHAN  TTY          TIME CMD\n4 S     0    1000       1  0  80   0 -   406 -      ?        00:00:00 sh",
  );
});
