import { appletMistake } from "../../programs/busybox/usage.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import { formatDate } from "../date-format.ts";
import { FileFailure, type FileStat, type FileSystem } from "../file-system.ts";
import type { ShellState } from "../shell-state.ts";
import { modeText } from "./file-mode.ts";
import { groupName, userName } from "./owner-applets.ts";

const USAGE = `Usage: ls [-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...

List directory contents

	-1	One column output
	-a	Include names starting with .
	-A	Like -a, but exclude . and ..
	-x	List by lines
	-d	List directory names, not contents
	-L	Follow symlinks
	-H	Follow symlinks on command line
	-R	Recurse
	-p	Append / to directory names
	-F	Append indicator (one of */=@|) to names
	-l	Long format
	-i	List inode numbers
	-n	List numeric UIDs and GIDs instead of names
	-s	List allocated blocks
	-lc	List ctime
	-lu	List atime
	--full-time	List full date/time
	-h	Human readable sizes (1K 243M 2G)
	--group-directories-first
	-S	Sort by size
	-X	Sort by extension
	-v	Sort by version
	-t	Sort by mtime
	-tc	Sort by ctime
	-tu	Sort by atime
	-r	Reverse sort order
	-w N	Format N columns wide
	--color[={always,never,auto}]
`;

/** `ls [-1aAdFhlnrRSt] [PATH ...]`: one name a line, as into a pipe. In a container of busybox it lists as the applet does. */
export function ls(state: ShellState, args: readonly string[]): number {
  const isBusybox = state.machine.image?.system === "busybox";
  const options = args.filter((word) => /^-./.test(word)).join("");
  const unknown = /[^-1aAdlFhnprtSRCx]/.exec(options.replace(/--[\w-]+(=\w+)?/g, ""));
  if (unknown !== null) {
    const message = `invalid option -- '${unknown[0]}'`;
    const mistake = appletMistake("ls", message, USAGE);
    state.err(isBusybox ? mistake.message : `ls: ${message}\nTry 'ls --help' for more information.\n`);
    return isBusybox ? mistake.status : 2;
  }
  const operands = args.filter((word) => !/^-./.test(word));
  const listing = new Listing(state, new Set(options), isBusybox);
  const isLong = /[ln]/.test(options);
  let status = 0;
  const singles: string[] = [];
  const directories: string[] = [];
  for (const operand of operands.length === 0 ? ["."] : operands) {
    const stat = state.files.stat(state.path(operand), !isLong);
    if (stat === null) {
      state.err(`ls: ${isBusybox ? operand : `cannot access '${operand}'`}: No such file or directory\n`);
      status = isBusybox ? 1 : 2;
    } else if (stat.kind === "directory" && !options.includes("d")) directories.push(operand);
    else singles.push(operand);
  }
  const files = listing.lines(listing.sorted(singles, ""), (operand) => state.path(operand));
  const sections = listing
    .sorted(directories, "")
    .flatMap((operand) => listing.directory(operand, operands.length > 1));
  state.out([...(files === "" ? [] : [files]), ...sections].join("\n"));
  return Math.max(status, listing.status);
}

/** A file or directory as it is listed. */
interface Row {
  readonly stat: FileStat;
  readonly owner: string;
  readonly group: string;
  readonly size: string;
  readonly name: string;
}

/** How files are listed, by the letters of the options. */
class Listing {
  readonly #state: ShellState;
  readonly #files: FileSystem;
  readonly #options: ReadonlySet<string>;
  readonly #isBusybox: boolean;
  /** Not 0 once a directory could not be read. */
  status = 0;

  constructor(state: ShellState, options: ReadonlySet<string>, isBusybox: boolean) {
    this.#state = state;
    this.#files = state.files;
    this.#options = options;
    this.#isBusybox = isBusybox;
  }

  /** Names below a directory in the order that is asked for. */
  sorted(names: readonly string[], directory: string): readonly string[] {
    const stat = (name: string): FileStat | null =>
      this.#files.stat(this.#state.path(`${directory}${name}`), false);
    const order = [...names].sort();
    if (this.#options.has("S")) order.sort((a, b) => (stat(b)?.size ?? 0) - (stat(a)?.size ?? 0));
    else if (this.#options.has("t")) order.sort((a, b) => (stat(b)?.changed ?? 0) - (stat(a)?.changed ?? 0));
    return this.#options.has("r") ? order.reverse() : order;
  }

  get #isLong(): boolean {
    return this.#options.has("l") || this.#options.has("n");
  }

  /** A line for each name. */
  lines(names: readonly string[], pathOf: (name: string) => string): string {
    const rows = names.flatMap((name) => {
      const path = pathOf(name);
      const stat = this.#files.stat(path, false);
      if (stat === null) return [];
      const mark = this.#mark(stat);
      const target = this.#isLong && stat.kind === "symlink" ? ` -> ${this.#files.readLink(path)}` : "";
      const size = this.#options.has("h") ? sizeText(stat.size) : `${stat.size}`;
      return [{ stat, ...this.#ownersOf(stat), size, name: `${name}${mark}${target}` }];
    });
    if (!this.#isLong) return rows.map(({ name }) => `${name}\n`).join("");
    return this.#isBusybox ? rows.map(appletLine).join("") : alignedLines(rows);
  }

  #mark({ kind, mode }: FileStat): string {
    if (kind === "directory" && (this.#options.has("F") || this.#options.has("p"))) return "/";
    if (!this.#options.has("F")) return "";
    return kind === "symlink" ? (this.#isLong ? "" : "@") : (mode & 0o111) !== 0 ? "*" : "";
  }

  #ownersOf({ uid, gid }: FileStat): { owner: string; group: string } {
    if (this.#options.has("n")) return { owner: `${uid}`, group: `${gid}` };
    return { owner: userName(this.#files, uid) ?? `${uid}`, group: groupName(this.#files, gid) ?? `${gid}` };
  }

  /** What is in a directory, and with `-R` what is below it, each with its name above. */
  directory(path: string, named: boolean): readonly string[] {
    const recursive = this.#options.has("R");
    const hidden = this.#options.has("a") || this.#options.has("A");
    let present: readonly string[];
    try {
      present = this.#files.list(this.#state.path(path));
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      const what = this.#isBusybox ? `can't open '${path}'` : `cannot open directory '${path}'`;
      this.#state.err(`ls: ${what}: ${error.message}\n`);
      this.status = this.#isBusybox ? 1 : 2;
      return [];
    }
    const all = present.filter((name) => hidden || !name.startsWith("."));
    const names = this.sorted(this.#options.has("a") ? [".", "..", ...all] : all, `${path}/`);
    const head = named || recursive ? `${path}:\n` : "";
    const pathOf = (name: string): string => this.#state.path(`${path}/${name}`);
    const total = this.#isLong ? `total ${this.#blocks(names, pathOf)}\n` : "";
    const section = head + total + this.lines(names, pathOf);
    if (!recursive) return [section];
    const below = names
      .filter((name) => name !== "." && name !== "..")
      .map((name) => `${path.replace(/\/$/, "")}/${name}`)
      .filter((one) => this.#files.stat(this.#state.path(one), false)?.kind === "directory");
    return [section, ...below.flatMap((one) => this.directory(one, true))];
  }

  /** How many blocks of 1024 bytes files take, in pages of four; directories lie in memory and take none. */
  #blocks(names: readonly string[], pathOf: (name: string) => string): number {
    return names.reduce((sum, name) => {
      const stat = this.#files.stat(pathOf(name), false);
      return sum + (stat?.kind === "file" ? Math.ceil(stat.size / 4096) * 4 : 0);
    }, 0);
  }
}

function appletLine({ stat, owner, group, size, name }: Row): string {
  const who = `${owner.slice(0, 8).padEnd(8)} ${group.slice(0, 8).padEnd(8)}`;
  return `${modeText(stat)} ${`${stat.links}`.padStart(4)} ${who} ${size.padStart(9)} ${timeOf(stat)} ${name}\n`;
}

/** Columns are as wide as their widest text. */
function alignedLines(rows: readonly Row[]): string {
  const width = (text: (row: Row) => string): number => Math.max(0, ...rows.map((row) => text(row).length));
  const links = width(({ stat }) => `${stat.links}`);
  const [owners, groups, sizes] = [
    width(({ owner }) => owner),
    width(({ group }) => group),
    width(({ size }) => size),
  ];
  return rows
    .map(({ stat, owner, group, size, name }) => {
      const who = `${owner.padEnd(owners!)} ${group.padEnd(groups!)}`;
      return `${modeText(stat)} ${`${stat.links}`.padStart(links)} ${who} ${size.padStart(sizes!)} ${timeOf(stat)} ${name}\n`;
    })
    .join("");
}

function timeOf({ changed }: FileStat): string {
  return formatDate("%b %e %H:%M", { seconds: EPOCH_SECONDS + Math.floor(changed / SECOND), nanos: 0 });
}

/** `1.5K`, `12M`: rounded up, with one digit behind the point below ten. */
function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && unit < 4; unit++) size /= 1024;
  if (unit === 0) return `${bytes}`;
  const tenths = Math.ceil(size * 10) / 10;
  return `${tenths < 10 ? tenths.toFixed(1) : Math.ceil(size)}${"KMGT"[unit - 1]}`;
}
