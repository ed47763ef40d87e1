import type { ProcessEntry } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { nameOf, wordsOf } from "./process-name.ts";

/** A column of procps' `ps`. Processes have no terminal, and take no time of a processor. */
interface Column {
  readonly header: string;
  readonly width: number;
  readonly right?: boolean;
  text(entry: ProcessEntry): string;
}

const args: Column = { header: "COMMAND", width: 0, text: wordsOf };
const comm: Column = { header: "COMMAND", width: 15, text: (entry) => nameOf(entry).slice(0, 15) };
const pid: Column = { header: "PID", width: 7, right: true, text: (entry) => `${entry.pid}` };
const ppid: Column = { header: "PPID", width: 7, right: true, text: (entry) => `${entry.parent}` };
const user: Column = { header: "USER", width: 8, text: ({ uid }) => (uid === 0 ? "root" : `${uid}`) };
const tty: Column = { header: "TT", width: 8, text: () => "?" };
const stat: Column = { header: "STAT", width: 4, text: () => "S" };
const time: Column = { header: "TIME", width: 8, right: true, text: () => "00:00:00" };

const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ["args", args],
  ["cmd", { ...args, header: "CMD" }],
  ["command", args],
  ["comm", comm],
  ["ucmd", { ...comm, header: "CMD" }],
  ["pid", pid],
  ["ppid", ppid],
  ["s", { header: "S", width: 1, text: () => "S" }],
  ["stat", stat],
  ["state", { header: "S", width: 1, text: () => "S" }],
  ["time", time],
  ["tt", tty],
  ["tty", tty],
  ["uid", { header: "UID", width: 5, right: true, text: ({ uid }) => `${uid}` }],
  ["user", user],
  ["euser", { ...user, header: "EUSER" }],
]);

/** What `ps` alone, `ps ax` and `ps -e` show. */
const USUAL: readonly Column[] = [
  pid,
  { ...tty, header: "TTY" },
  stat,
  { header: "TIME", width: 6, right: true, text: () => "0:00" },
  args,
];

interface Wishes {
  readonly columns: readonly Column[];
  readonly headers: boolean;
  /** Null: all. */
  readonly pids: readonly number[] | null;
  readonly names: readonly string[] | null;
}

/** `ps [ax] [-e] [-p PIDS] [-C NAMES] [-o COLUMNS] [--no-headers]`: every process of the host unless some are chosen. */
export function ps(state: ShellState, words: readonly string[]): number {
  const wishes = read(state, words);
  if (wishes === null) return 1;
  const { columns, headers, pids, names } = wishes;
  const line = (cell: (column: Column) => string): string =>
    columns
      .map((column, i) => {
        const last = i === columns.length - 1;
        const width = Math.max(column.width, column.header.length);
        return column.right ? cell(column).padStart(width) : last ? cell(column) : cell(column).padEnd(width);
      })
      .join(" ");
  if (headers && columns.some(({ header }) => header !== "")) state.out(`${line(({ header }) => header)}\n`);
  const chosen = [...state.machine.processes.list()]
    .sort((a, b) => a.pid - b.pid)
    .filter((entry) => pids === null || pids.includes(entry.pid))
    .filter((entry) => names === null || names.includes(nameOf(entry)));
  for (const entry of chosen) state.out(`${line(({ text }) => text(entry))}\n`);
  return chosen.length === 0 ? 1 : 0;
}

function read(state: ShellState, words: readonly string[]): Wishes | null {
  let columns: Column[] | null = null;
  let headers = true;
  let pids: number[] | null = null;
  let names: string[] | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (/^--no-headers?$|^--no-heading$/.test(word)) {
      headers = false;
      continue;
    }
    if (word.startsWith("--")) return refuse(state, "unknown gnu long option");
    // The value of an option stands behind it, in the same word or in the next one.
    const option = /^-?[A-Za-z]*?([opC])(.*)$/.exec(word);
    if (option === null) continue;
    const value = option[2] === "" ? words[++i] : option[2]!;
    if (value === undefined) return refuse(state, "list of process IDs must follow -p");
    const list = value.split(/[,\s]+/);
    if (option[1] === "p") pids = [...(pids ?? []), ...list.map(Number)];
    else if (option[1] === "C") names = [...(names ?? []), ...list];
    else {
      for (const wish of wishedColumns(value)) {
        const known = COLUMNS.get(wish.name);
        if (known === undefined) return refuse(state, `unknown user-defined format specifier "${wish.name}"`);
        columns ??= [];
        columns.push(wish.header === null ? known : { ...known, header: wish.header });
      }
    }
  }
  return { columns: columns ?? USUAL, headers, pids, names };
}

/** `pid,args=WHAT`: a header of one's own takes all that follows. */
function wishedColumns(list: string): readonly { readonly name: string; readonly header: string | null }[] {
  const own = list.indexOf("=");
  const plain = own < 0 ? list : list.slice(0, own);
  const names = plain.split(/[,\s]+/).filter(Boolean);
  return names.map((name, i) => ({
    name,
    header: own >= 0 && i === names.length - 1 ? list.slice(own + 1) : null,
  }));
}

function refuse(state: ShellState, message: string): null {
  state.err(`error: ${message}\n\nUsage:\n ps [options]\n\n`);
  return null;
}
