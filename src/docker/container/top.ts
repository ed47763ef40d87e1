import { DaemonError } from "../api/daemon-error.ts";
import { rfc3339 } from "../timestamps.ts";
import type { Container } from "./container.ts";
import type { SeenProcess } from "./container-runtime.ts";

type Column = readonly [title: string, value: (process: SeenProcess) => string];

/** The host's name for a user: it knows only root. */
function nameOnHost(uid: number): string {
  return uid === 0 ? "root" : `${uid}`;
}

/** The columns of procps' `ps -o`. Processes take no time of a processor. */
function columnsOf(tty: boolean): ReadonlyMap<string, Column> {
  const args: Column = ["COMMAND", ({ command }) => command];
  const comm: Column = ["COMMAND", ({ command }) => command.split(" ")[0]!.replace(/^.*\//, "").slice(0, 15)];
  const terminal: Column = ["TT", () => (tty ? "pts/0" : "?")];
  const user: Column = ["USER", ({ uid }) => nameOnHost(uid)];
  return new Map<string, Column>([
    ["args", args],
    ["command", args],
    ["cmd", ["CMD", args[1]]],
    ["comm", comm],
    ["ucmd", ["CMD", comm[1]]],
    ["pid", ["PID", ({ pid }) => `${pid}`]],
    ["ppid", ["PPID", ({ parent }) => `${parent}`]],
    ["user", user],
    ["euser", ["EUSER", user[1]]],
    ["uid", ["UID", ({ uid }) => `${uid}`]],
    ["tt", terminal],
    ["tty", terminal],
    ["time", ["TIME", () => "00:00:00"]],
    ["stime", ["STIME", ({ started }) => rfc3339(started).slice(11, 16)]],
  ]);
}

/**
 * As the host's `ps` shows a container's processes (moby daemon, top_unix.go): with `-ef`, or the columns of `-o`.
 * @throws {DaemonError} 500
 */
export function topOf(
  { system, config }: Container,
  args: readonly string[],
): { Titles: string[]; Processes: string[][] } {
  const known = columnsOf(config.Tty);
  const wanted = wantedColumns(args);
  const shown = wanted?.map((wish): Column => {
    const [name = "", title] = wish.split("=", 2);
    const column = known.get(name);
    if (column !== undefined) return title === undefined ? column : [title, column[1]];
    throw new DaemonError(500, `ps: error: unknown user-defined format specifier "${name}"`);
  });
  if (shown !== undefined && !shown.some(([title]) => title === "PID"))
    throw new DaemonError(500, "Couldn't find PID field in ps output");
  const columns =
    shown ??
    ([
      ["UID", ({ uid }): string => nameOnHost(uid)],
      known.get("pid")!,
      known.get("ppid")!,
      ["C", (): string => "0"],
      known.get("stime")!,
      ["TTY", known.get("tty")![1]],
      known.get("time")!,
      known.get("cmd")!,
    ] satisfies Column[]);
  return {
    Titles: columns.map(([title]) => title),
    Processes: (system?.processes() ?? []).map((process) => columns.map(([, value]) => value(process))),
  };
}

/** The long options of procps' ps: what they choose and how they sort is not simulated. */
const LONG_OPTIONS = new Set(
  "Group User cols columns context cumulative deselect forest format group headers headings heading lines no-headers no-heading noheader noheaders noheading pid ppid quick-pid rows sid sort tty user width".split(
    " ",
  ),
);

/** What `-o`, `-eo` and `o` say, in the same word or in the next one; null without any. */
function wantedColumns(args: readonly string[]): string[] | null {
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    if (args[at]!.startsWith("--") && !LONG_OPTIONS.has(args[at]!.slice(2).split("=")[0]!))
      throw new DaemonError(500, "ps: error: unknown gnu long option");
    const option = /^-?[a-zA-Z]*?o(.*)$/.exec(args[at]!);
    if (option === null) continue;
    names.push(...(option[1] || (args[++at] ?? "")).split(",").filter(Boolean));
  }
  return names.length === 0 ? null : names;
}
