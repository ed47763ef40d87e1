import { appletHelp, appletMistake } from "../../programs/busybox/usage.ts";
import { readAccounts, readGroups } from "../../programs/credentials.ts";
import { getopt } from "../../programs/getopt.ts";
import type { ProgramExit } from "../../programs/program-exit.ts";
import { FileFailure } from "../file-system.ts";
import type { ProcessEntry } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { busyboxTimeout } from "./busybox-timeout.ts";
import { df, free, mount } from "./mount-applets.ts";
import { chgrp, chown, stat } from "./owner-applets.ts";
import { nameOf, wordsOf } from "./process-name.ts";
import type { ShellProgram } from "./run.ts";
import { clear, cmp, killall, sync, tty, uptime, wc, which } from "./small-applets.ts";

/** Applets of busybox 1.35 that look at processes, users and what is mounted, or run others, for containers: hosts have other programs of these names. */
export const APPLETS: ReadonlyMap<string, ShellProgram> = new Map<string, ShellProgram>([
  ["chgrp", chgrp],
  ["chown", chown],
  ["clear", clear],
  ["cmp", cmp],
  ["df", df],
  ["free", free],
  ["groups", groups],
  ["id", id],
  ["killall", killall],
  ["mount", mount],
  ["ps", ps],
  ["stat", stat],
  ["sync", sync],
  ["timeout", busyboxTimeout],
  ["tty", tty],
  ["uptime", uptime],
  ["wc", wc],
  ["which", which],
  ["whoami", whoami],
]);

const ID_USAGE = `Usage: id [-ugGnr] [USER]

Print information about USER or the current user

	-u	User ID
	-g	Group ID
	-G	Supplementary group IDs
	-n	Print names instead of numbers
	-r	Print real ID instead of effective ID
`;
const GROUPS_USAGE = `Usage: groups [USER]

Print the groups USER is in
`;
const WHOAMI_USAGE = `Usage: whoami

Print the user name associated with the current effective user id
`;
const PS_USAGE = `Usage: ps [-o COL1,COL2=HEADER] [-T]

Show list of processes

	-o COL1,COL2=HEADER	Select columns for display
	-T			Show threads
`;

function end(state: ShellState, { message, status }: ProgramExit): number {
  state.err(message);
  return status;
}

/** The names of users and groups, as the system's own files have them. */
class Names {
  readonly accounts: ReturnType<typeof readAccounts>;
  readonly groups: ReturnType<typeof readGroups>;

  constructor(state: ShellState) {
    const read = (path: string): string => {
      try {
        return state.files.read(path);
      } catch (error) {
        if (error instanceof FileFailure) return "";
        throw error;
      }
    };
    this.accounts = readAccounts(read("/etc/passwd"));
    this.groups = readGroups(read("/etc/group"));
  }

  user(uid: number): string | null {
    return this.accounts.find((account) => account.uid === uid)?.name ?? null;
  }

  group(gid: number): string | null {
    return this.groups.find((group) => group.gid === gid)?.name ?? null;
  }
}

/** `1000(web)`, or the number alone. */
function both(id: number, name: string | null): string {
  return name === null ? `${id}` : `${id}(${name})`;
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** What /etc/passwd and /etc/group say of somebody; null when they do not know him. */
function known(name: string, names: Names): Identity | null {
  const account = names.accounts.find((one) => one.name === name);
  if (account === undefined) return null;
  const further = names.groups.filter(({ members }) => members.includes(name)).map(({ gid }) => gid);
  return { uid: account.uid, gid: account.gid, groups: [...new Set([account.gid, ...further])] };
}

function id(state: ShellState, args: readonly string[]): number {
  if (args.includes("--help")) return end(state, appletHelp(ID_USAGE));
  const { options, operands } = getopt(args, "rnugG");
  const mistake = options.find(({ name }) => name === "?");
  if (mistake !== undefined) return end(state, appletMistake("id", mistake.message, ID_USAGE));
  const letters = new Set(options.map(({ name }) => name));
  const wanted = ["u", "g", "G"].filter((letter) => letters.has(letter));
  if (wanted.length > 1 || operands.length > 1 || (wanted.length === 0 && letters.size > 0)) {
    return end(state, appletMistake("id", "", ID_USAGE));
  }
  const names = new Names(state);
  const who = operands[0] === undefined ? state.credentials : known(operands[0], names);
  if (who === null) {
    state.err(`id: unknown user ${operands[0]}\n`);
    return 1;
  }
  if (wanted.length === 0) {
    const all = who.groups.map((gid) => both(gid, names.group(gid))).join(",");
    const [uid, gid] = [both(who.uid, names.user(who.uid)), both(who.gid, names.group(who.gid))];
    state.out(`uid=${uid} gid=${gid} groups=${all}\n`);
    return 0;
  }
  const [letter] = wanted;
  const ids = letter === "u" ? [who.uid] : letter === "g" ? [who.gid] : who.groups;
  let status = 0;
  for (const [i, each] of ids.entries()) {
    const name = letters.has("n") ? (letter === "u" ? names.user(each) : names.group(each)) : null;
    state.out(`${i > 0 ? " " : ""}${name ?? each}`);
    if (!letters.has("n") || name !== null) continue;
    state.err(`id: unknown ID ${each}\n`);
    status = 1;
  }
  state.out("\n");
  return status;
}

function groups(state: ShellState, args: readonly string[]): number {
  if (args.includes("--help")) return end(state, appletHelp(GROUPS_USAGE));
  return id(state, ["-Gn", ...args]);
}

function whoami(state: ShellState, args: readonly string[]): number {
  if (args.includes("--help")) return end(state, appletHelp(WHOAMI_USAGE));
  if (args.length > 0) return end(state, appletMistake("whoami", "", WHOAMI_USAGE));
  const { uid } = state.credentials;
  const name = new Names(state).user(uid);
  if (name === null) {
    state.err(`whoami: unknown uid ${uid}\n`);
    return 1;
  }
  state.out(`${name}\n`);
  return 0;
}

interface Column {
  readonly header: string;
  /** Zero: as wide as its text. */
  readonly width: number;
  readonly right?: boolean;
  text(entry: ProcessEntry, names: Names): string;
}

const user = (entry: ProcessEntry, names: Names): string =>
  (names.user(entry.uid) ?? `${entry.uid}`).slice(0, 8);
const group = (entry: ProcessEntry, names: Names): string => names.group(entry.uid) ?? `${entry.uid}`;
/** The words, and in front the name where those do not begin with it, as of a script. */
function commandLine(entry: ProcessEntry): string {
  const words = wordsOf(entry);
  const first = words.split(" ")[0]!;
  const name = nameOf(entry);
  return first.slice(first.lastIndexOf("/") + 1).startsWith(name) ? words : `{${name}} ${words}`;
}

const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ["user", { header: "USER", width: 8, text: user }],
  ["group", { header: "GROUP", width: 8, text: group }],
  ["comm", { header: "COMMAND", width: 16, text: nameOf }],
  ["args", { header: "COMMAND", width: 0, text: commandLine }],
  ["pid", { header: "PID", width: 5, right: true, text: ({ pid }) => `${pid}` }],
  ["ppid", { header: "PPID", width: 5, right: true, text: ({ parent }) => `${parent}` }],
  ["pgid", { header: "PGID", width: 5, right: true, text: ({ pid }) => `${pid}` }],
  ["nice", { header: "NI", width: 5, right: true, text: () => "0" }],
  ["rgroup", { header: "RGROUP", width: 8, text: group }],
  ["ruser", { header: "RUSER", width: 8, text: user }],
  ["tty", { header: "TT", width: 6, text: () => "?" }],
  ["vsz", { header: "VSZ", width: 4, right: true, text: () => "1284" }],
  ["sid", { header: "SID", width: 5, right: true, text: ({ pid }) => `${pid}` }],
  ["stat", { header: "STAT", width: 4, text: () => "S" }],
  ["rss", { header: "RSS", width: 4, right: true, text: () => "4" }],
]);

function ps(state: ShellState, args: readonly string[]): number {
  if (args.includes("--help")) return end(state, appletHelp(PS_USAGE));
  // `ps aux`, `ps -ef` and whatever else: the applet shows what it always shows.
  const lists = args.flatMap((word, i) => {
    const list = /^-?o(.*)$/.exec(word);
    return list === null ? [] : [list[1] || (args[i + 1] ?? "")];
  });
  const columns: Column[] = [];
  for (const wish of lists.join(",").split(",").filter(Boolean)) {
    const [name = "", header] = wish.split("=");
    const column = COLUMNS.get(name);
    if (column === undefined) {
      state.err(`ps: bad -o argument '${name}', supported arguments: ${[...COLUMNS.keys()].join(",")}\n`);
      return 1;
    }
    columns.push(header === undefined ? column : { ...column, header });
  }
  const shown = columns.length > 0 ? columns : ["pid", "user", "args"].map((name) => COLUMNS.get(name)!);
  const names = new Names(state);
  const line = (cell: (column: Column) => string, isHead: boolean): string =>
    shown
      .map((column, i) => {
        const width = Math.max(column.width, column.header.length);
        const text = cell(column);
        if (column.right && !isHead) return text.padStart(width);
        return i === shown.length - 1 ? text : text.padEnd(width);
      })
      .join(" ");
  const headers = line(({ header }) => header, true);
  if (headers.trim() !== "") state.out(`${headers}\n`);
  const entries = [...state.machine.processes.list()].sort((a, b) => a.pid - b.pid);
  for (const entry of entries) state.out(`${line(({ text }) => text(entry, names), false)}\n`);
  return 0;
}
