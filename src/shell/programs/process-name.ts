import type { SeenProcess } from "../../programs/procps/seen-process.ts";
import type { ProcessEntry } from "../process-table.ts";

/** The longest name of a process (TASK_COMM_LEN without its end). */
const LONGEST = 15;

/** What a process is called: the last part of the program's path. */
export function nameOf(entry: ProcessEntry): string {
  return entry.executed?.name ?? baseOf(wordsOf(entry).split(" ")[0]!);
}

/** The words of its program, as `/proc/PID/cmdline` has them. */
export function wordsOf(entry: ProcessEntry): string {
  return entry.executed?.words ?? entry.command;
}

/** Notes what a process executes from now on, as execve(2). @param interpreter of a script, as its first line names it */
export function executes(
  entry: ProcessEntry,
  argv: readonly string[],
  interpreter: string | null = null,
): void {
  const words = (interpreter === null ? argv : [interpreter, ...argv]).join(" ");
  entry.executed = { name: baseOf(argv[0] ?? "").slice(0, LONGEST), words };
}

function baseOf(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

/** A process as `ps` sees it. @param tty the terminal that it has, if any */
export function seenProcess(
  entry: ProcessEntry,
  pid: number,
  parent: number,
  tty: string | null = null,
): SeenProcess {
  return {
    pid,
    parent,
    name: nameOf(entry),
    command: wordsOf(entry),
    uid: entry.uid,
    gid: entry.gid,
    started: entry.started,
    tty,
  };
}
