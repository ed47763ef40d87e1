import { appletMistake } from "../../programs/busybox/usage.ts";
import { getopt } from "../../programs/getopt.ts";
import { FileFailure } from "../file-system.ts";
import type { ShellState } from "../shell-state.ts";

const DF_USAGE = `Usage: df [-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]...

Print filesystem usage statistics

	-P	POSIX output format
	-k	1024-byte blocks (default)
	-m	1M-byte blocks
	-h	Human readable (e.g. 1K 243M 2G)
	-T	Print filesystem type
	-t TYPE	Print only mounts of this type
	-a	Show all filesystems
	-i	Inodes
	-B SIZE	Blocksize
`;

interface Mounted {
  readonly source: string;
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

function mounts({ files }: ShellState): Mounted[] {
  try {
    return files
      .read("/proc/mounts")
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [source = "", point = "", type = "", options = ""] = line.split(" ");
        return { source, point, type, options };
      });
  } catch (error) {
    if (error instanceof FileFailure) return [];
    throw error;
  }
}

/** `mount`: what is mounted. Nothing else can be in a container that may not. */
export function mount(state: ShellState, args: readonly string[]): number {
  if (args.length > 0) {
    const [what, where] = args.filter((word) => !word.startsWith("-")).slice(-2);
    state.err(
      `mount: ${where === undefined ? `can't find ${what ?? ""} in /etc/fstab` : "permission denied (are you root?)"}\n`,
    );
    return 1;
  }
  for (const { source, point, type, options } of mounts(state))
    state.out(`${source} on ${point} type ${type} (${options})\n`);
  return 0;
}

/** How many blocks of 1024 bytes a file system has, and how many are used. Disks here are as large as a small machine's. */
function sizeOf({ source, type, options }: Mounted): readonly [total: number, used: number] {
  if (type === "overlay" || source.startsWith("/dev/")) return [61_255_492, 9_876_544];
  const size = /(?:^|,)size=(\d+)k/.exec(options)?.[1];
  return [size === undefined ? 510_104 : Number(size), 0];
}

/** busybox's `df`. */
export function df(state: ShellState, args: readonly string[]): number {
  const { options, operands } = getopt(args, "kPmhTaiB:t:");
  const mistake = options.find(({ name }) => name === "?");
  if (mistake !== undefined) {
    const { message, status } = appletMistake("df", mistake.message, DF_USAGE);
    state.err(message);
    return status;
  }
  const has = (letter: string): boolean => options.some(({ name }) => name === letter);
  const all = mounts(state).filter(({ type }) => ["overlay", "tmpfs", "ext4"].includes(type));
  const unit = has("h") ? "     Size" : has("m") ? "1M-blocks" : has("P") ? "1024-blocks" : "1K-blocks";
  const typed = has("T") ? `${"Type".padEnd(11)}` : "";
  const capacity = has("P") ? " Capacity" : " Use%";
  state.out(
    `${"Filesystem".padEnd(21)}${typed}${unit}${"Used".padStart(19 - unit.length)} Available${capacity} Mounted on\n`,
  );
  let status = 0;
  const shown =
    operands.length === 0
      ? all
      : operands.flatMap((operand) => {
          const path = state.path(operand);
          if (state.files.stat(path) === null) {
            state.err(`df: ${operand}: can't find mount point\n`);
            status = 1;
            return [];
          }
          const on = [...all]
            .sort((a, b) => b.point.length - a.point.length)
            .find(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`));
          return on === undefined ? [] : [on];
        });
  for (const mounted of shown) {
    const [total, used] = sizeOf(mounted);
    if (total === 0) continue;
    const show = (blocks: number): string =>
      (has("h") ? human(blocks) : `${has("m") ? Math.round(blocks / 1024) : blocks}`).padStart(9);
    const share = `${Math.round((100 * used) / total)}%`.padStart(5);
    const name =
      mounted.source.length > 20 ? `${mounted.source}\n${" ".repeat(20)}` : mounted.source.padEnd(20);
    const type = has("T") ? ` ${mounted.type.padEnd(10)}` : "";
    state.out(`${name}${type} ${show(total)} ${show(used)} ${show(total - used)}${share} ${mounted.point}\n`);
  }
  return status;
}

/** `58.4G`: with a digit behind the point. */
function human(blocks: number): string {
  let size = blocks;
  let unit = 0;
  for (; size >= 1024 && unit < 3; unit++) size /= 1024;
  return blocks === 0 ? "0" : `${size.toFixed(1)}${"KMGT"[unit]}`;
}

/** busybox's `free`: the memory that the engine tells of, most of it unused. */
export function free(state: ShellState, args: readonly string[]): number {
  const unit = args.includes("-m")
    ? 1024
    : args.includes("-g")
      ? 1024 ** 2
      : args.includes("-b")
        ? 1 / 1024
        : 1;
  const row = (name: string, values: readonly number[]): string =>
    `${name.padEnd(7)}${values.map((value) => `${Math.trunc(value / unit)}`.padStart(12)).join("")}\n`;
  state.out("              total        used        free      shared  buff/cache   available\n");
  state.out(row("Mem:", [1_048_576, 98_304, 786_432, 1_024, 163_840, 917_504]));
  state.out(row("Swap:", [0, 0, 0]));
  return 0;
}
