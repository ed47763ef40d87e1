import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import { formatDate } from "../date-format.ts";
import type { FileStat, FileSystem } from "../file-system.ts";
import type { ShellState } from "../shell-state.ts";

/** `ls [-1aAdFhlnrRSt] [PATH ...]`: one name a line, as into a pipe. */
export function ls(state: ShellState, args: readonly string[]): number {
  const options = args.filter((word) => /^-./.test(word)).join("");
  const unknown = /[^-1aAdlFhnrtSR]/.exec(options.replace(/--\w+(=\w+)?/g, ""));
  if (unknown !== null) {
    state.err(`ls: invalid option -- '${unknown[0]}'\nTry 'ls --help' for more information.\n`);
    return 2;
  }
  const operands = args.filter((word) => !/^-./.test(word));
  const listing = new Listing(state, new Set(options));
  let status = 0;
  const singles: string[] = [];
  const directories: string[] = [];
  for (const operand of operands.length === 0 ? ["."] : operands) {
    const stat = state.files.stat(state.path(operand), !options.includes("l"));
    if (stat === null) {
      state.err(`ls: cannot access '${operand}': No such file or directory\n`);
      status = 2;
    } else if (stat.kind === "directory" && !options.includes("d")) directories.push(operand);
    else singles.push(operand);
  }
  const texts = listing.sorted(singles, "").map((operand) => listing.line(state.path(operand), operand));
  const sections = listing
    .sorted(directories, "")
    .flatMap((operand) => listing.directory(operand, directories.length + singles.length > 1));
  state.out([...(texts.length === 0 ? [] : [texts.join("")]), ...sections].join("\n"));
  return status;
}

/** How files are listed, by the letters of the options. */
class Listing {
  readonly #state: ShellState;
  readonly #files: FileSystem;
  readonly #options: ReadonlySet<string>;

  constructor(state: ShellState, options: ReadonlySet<string>) {
    this.#state = state;
    this.#files = state.files;
    this.#options = options;
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

  line(path: string, name: string): string {
    const stat = this.#files.stat(path, false);
    const mark = this.#options.has("F") && stat?.kind === "directory" ? "/" : "";
    if (!this.#options.has("l") || stat === null) return `${name}${mark}\n`;
    const when = formatDate("%b %e %H:%M", {
      seconds: EPOCH_SECONDS + Math.floor(stat.changed / SECOND),
      nanos: 0,
    });
    const target = stat.kind === "symlink" ? ` -> ${this.#files.readLink(path)}` : "";
    const size = this.#options.has("h") ? sizeText(stat.size) : `${stat.size}`;
    return `${modeText(stat)} 1 root root ${size.padStart(4)} ${when} ${name}${mark}${target}\n`;
  }

  /** What is in a directory, and with `-R` what is below it, each with its name above. */
  directory(path: string, named: boolean): readonly string[] {
    const recursive = this.#options.has("R");
    const hidden = this.#options.has("a") || this.#options.has("A");
    const all = this.#files.list(this.#state.path(path)).filter((name) => hidden || !name.startsWith("."));
    const names = this.sorted(this.#options.has("a") ? [".", "..", ...all] : all, `${path}/`);
    const head = named || recursive ? `${path}:\n` : "";
    const total = this.#options.has("l") ? "total 0\n" : "";
    const lines = names.map((name) => this.line(this.#state.path(`${path}/${name}`), name));
    const section = head + total + lines.join("");
    if (!recursive) return [section];
    const below = names
      .filter((name) => name !== "." && name !== "..")
      .map((name) => `${path.replace(/\/$/, "")}/${name}`)
      .filter((one) => this.#files.stat(this.#state.path(one), false)?.kind === "directory");
    return [section, ...below.flatMap((one) => this.directory(one, true))];
  }
}

function modeText(stat: FileStat): string {
  const kind = stat.kind === "directory" ? "d" : stat.kind === "symlink" ? "l" : "-";
  const bits = [6, 3, 0].map((shift) => {
    const three = (stat.mode >> shift) & 7;
    return `${three & 4 ? "r" : "-"}${three & 2 ? "w" : "-"}${three & 1 ? "x" : "-"}`;
  });
  return kind + bits.join("");
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
