import { appletMistake } from "../../programs/busybox/usage.ts";
import { readAccounts, readGroups } from "../../programs/credentials.ts";
import { getopt } from "../../programs/getopt.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import { formatDate } from "../date-format.ts";
import { FileFailure, type FileStat, type FileSystem } from "../file-system.ts";
import type { ShellState } from "../shell-state.ts";
import { modeText } from "./file-mode.ts";

/** The text of a file; empty when it is not there. */
function textOf(files: FileSystem, path: string): string {
  return files.stat(path) === null ? "" : files.read(path);
}

/** The name of a user by the system's own /etc/passwd; null when it knows none. */
export function userName(files: FileSystem, uid: number): string | null {
  return readAccounts(textOf(files, "/etc/passwd")).find((one) => one.uid === uid)?.name ?? null;
}

/** The name of a group by the system's own /etc/group; null when it knows none. */
export function groupName(files: FileSystem, gid: number): string | null {
  return readGroups(textOf(files, "/etc/group")).find((one) => one.gid === gid)?.name ?? null;
}

const CHOWN_USAGE = `Usage: chown [-RhLHPcvf]... USER[:[GRP]] FILE...

Change the owner and/or group of FILEs to USER and/or GRP

	-h	Affect symlinks instead of symlink targets
	-L	Traverse all symlinks to directories
	-H	Traverse symlinks on command line only
	-P	Don't traverse symlinks (default)
	-R	Recurse
	-c	List changed files
	-v	Verbose
	-f	Hide errors
`;

/** Who files are given to; null leaves it as it is. */
interface Owner {
  readonly uid: number | null;
  readonly gid: number | null;
}

/** `chown [-R] [-h] USER[:[GROUP]] FILE...`, in a container in busybox's words, on a host in those of coreutils. */
export function chown(state: ShellState, args: readonly string[]): number {
  return changeOwners(state, "chown", args);
}

/** `chgrp [-R] [-h] GROUP FILE...` */
export function chgrp(state: ShellState, args: readonly string[]): number {
  return changeOwners(state, "chgrp", args);
}

function changeOwners(state: ShellState, name: "chown" | "chgrp", args: readonly string[]): number {
  const isBusybox = state.machine.image?.system === "busybox";
  const { options, operands } = getopt(args, "RhLHPcvf");
  const mistake = options.find((option) => option.name === "?");
  const [who, ...paths] = operands;
  if (mistake !== undefined || who === undefined || paths.length === 0) {
    const message = mistake?.message ?? "";
    if (isBusybox) state.err(appletMistake(name, message, CHOWN_USAGE.replace("chown", name)).message);
    else {
      const missing = who === undefined ? "missing operand" : `missing operand after ‘${who}’`;
      state.err(`${name}: ${message || missing}\nTry '${name} --help' for more information.\n`);
    }
    return 1;
  }
  const has = (letter: string): boolean => options.some((option) => option.name === letter);
  const owner = ownerOf(state, name, who, isBusybox);
  if (typeof owner === "string") {
    state.err(`${name}: ${owner}\n`);
    return 1;
  }
  let status = 0;
  const change = (path: string, shown: string): void => {
    const stat = state.files.stat(path, !has("h"));
    try {
      if (stat === null) throw new FileFailure("ENOENT");
      state.files.chown(path, owner.uid ?? stat.uid, owner.gid ?? stat.gid, !has("h"));
      if (!has("R") || stat.kind !== "directory") return;
      for (const one of state.files.list(path)) change(`${path}/${one}`, `${shown}/${one}`);
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      status = 1;
      if (has("f")) return;
      const what =
        error.code === "ENOENT"
          ? `cannot access '${shown}'`
          : `changing ${name === "chown" ? "ownership" : "group"} of '${shown}'`;
      state.err(`${name}: ${isBusybox ? shown : what}: ${error.message}\n`);
    }
  };
  for (const path of paths) change(state.path(path), path);
  return status;
}

/** What `USER:GROUP`, `USER:`, `:GROUP` or a group alone means; else what is wrong. */
function ownerOf(
  state: ShellState,
  name: "chown" | "chgrp",
  who: string,
  isBusybox: boolean,
): Owner | string {
  const { files } = state;
  const accounts = readAccounts(textOf(files, "/etc/passwd"));
  const groups = readGroups(textOf(files, "/etc/group"));
  const unknown = (kind: "user" | "group", word: string): string =>
    isBusybox ? `unknown ${kind} ${word}` : `invalid ${kind}: ‘${name === "chown" ? who : word}’`;
  const groupOf = (word: string): number | string => {
    const found = groups.find((one) => one.name === word)?.gid;
    return found ?? (/^\d+$/.test(word) ? Number(word) : unknown("group", word));
  };
  if (name === "chgrp") {
    const gid = groupOf(who);
    return typeof gid === "string" ? gid : { uid: null, gid };
  }
  const [, user = "", separator, group = ""] = /^([^:.]*)([:.])?(.*)$/.exec(who)!;
  const account = accounts.find((one) => one.name === user);
  const uid = user === "" ? null : (account?.uid ?? (/^\d+$/.test(user) ? Number(user) : undefined));
  if (uid === undefined) return unknown("user", user);
  // `USER:` means the group that the user has.
  if (separator !== undefined && group === "" && account !== undefined) return { uid, gid: account.gid };
  if (group === "") return { uid, gid: null };
  const gid = groupOf(group);
  return typeof gid === "string" ? gid : { uid, gid };
}

const KINDS = { file: "regular file", directory: "directory", symlink: "symbolic link" } as const;
const KIND_BITS = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;

/** `stat [-L] [-c FORMAT] FILE...` */
export function stat(state: ShellState, args: readonly string[]): number {
  const isBusybox = state.machine.image?.system === "busybox";
  const words = args.map((word) => word.replace(/^--format=/, "-c").replace(/^--dereference$/, "-L"));
  const { options, operands } = getopt(words, "ltfLc:");
  if (operands.length === 0) {
    state.err(
      isBusybox
        ? appletMistake("stat", "", "Usage: stat [-ltf] [-c FMT] FILE...\n").message
        : "stat: missing operand\nTry 'stat --help' for more information.\n",
    );
    return 1;
  }
  const format = options.find(({ name }) => name === "c")?.value;
  const follow = options.some(({ name }) => name === "L");
  let status = 0;
  for (const operand of operands) {
    const path = state.path(operand);
    const found = state.files.stat(path, follow);
    if (found === null) {
      const what = isBusybox ? "can't stat" : "cannot statx";
      state.err(`stat: ${what} '${operand}': No such file or directory\n`);
      status = 1;
      continue;
    }
    const target = found.kind === "symlink" ? state.files.readLink(path) : null;
    state.out(
      format === undefined
        ? wholeText(state.files, operand, found, target)
        : `${formatted(state.files, format, operand, found, target)}\n`,
    );
  }
  return status;
}

function formatted(
  files: FileSystem,
  format: string,
  name: string,
  found: FileStat,
  target: string | null,
): string {
  return format.replaceAll(
    /%(.)/g,
    (whole, letter: string) => fieldOf(files, letter, name, found, target) ?? whole,
  );
}

/** A field of `stat -c`; null for a letter that it does not know. */
function fieldOf(
  files: FileSystem,
  letter: string,
  name: string,
  found: FileStat,
  target: string | null,
): string | null {
  const { kind, mode, uid, gid, size, links, changed } = found;
  switch (letter) {
    case "a":
      return mode.toString(8);
    case "A":
      return modeText(found);
    case "f":
      return (mode | KIND_BITS[kind]).toString(16);
    case "F":
      return kind === "file" && size === 0 ? "regular empty file" : KINDS[kind];
    case "u":
      return `${uid}`;
    case "g":
      return `${gid}`;
    case "U":
      return userName(files, uid) ?? "UNKNOWN";
    case "G":
      return groupName(files, gid) ?? "UNKNOWN";
    case "s":
      return `${size}`;
    case "b":
      return `${blocksOf(found)}`;
    case "B":
      return "512";
    case "h":
      return `${links}`;
    case "n":
      return name;
    case "N":
      return target === null ? name : `'${name}' -> '${target}'`;
    case "X":
    case "Y":
    case "Z":
      return `${secondsOf(changed)}`;
    case "x":
    case "y":
    case "z":
      return timeText(changed);
    default:
      return letter === "%" ? "%" : null;
  }
}

function secondsOf(changed: number): number {
  return EPOCH_SECONDS + Math.floor(changed / SECOND);
}

function timeText(changed: number): string {
  const nanos = `${Math.round(changed % SECOND)}`.padStart(9, "0");
  return `${formatDate("%Y-%m-%d %H:%M:%S", { seconds: secondsOf(changed), nanos: 0 })}.${nanos} +0000`;
}

/** Of 512 bytes, in pages of eight. */
function blocksOf({ kind, size }: FileStat): number {
  return kind === "file" ? Math.ceil(size / 4096) * 8 : kind === "directory" ? 8 : 0;
}

function wholeText(files: FileSystem, name: string, found: FileStat, target: string | null): string {
  const field = (letter: string): string => fieldOf(files, letter, name, found, target)!;
  const who = (id: number, of: string): string => `(${`${id}`.padStart(5)}/${of.padStart(8)})`;
  const time = timeText(found.changed);
  return `  File: ${field("N")}
  Size: ${field("s").padEnd(10)}\tBlocks: ${field("b").padEnd(10)} IO Block: 4096   ${field("F")}
Device: 2bh/43d\tInode: 1           Links: ${found.links}
Access: (${field("a").padStart(4, "0")}/${field("A")})  Uid: ${who(found.uid, field("U"))}   Gid: ${who(found.gid, field("G"))}
Access: ${time}
Modify: ${time}
Change: ${time}
`;
}
