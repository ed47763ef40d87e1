import { isCapable } from "../../programs/credentials.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import { formatDate } from "../date-format.ts";
import { FileFailure, type FileStat } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { parseDuration } from "../times.ts";

/** `sleep NUMBER[SUFFIX]...`, in virtual time. */
export function* sleep(state: ShellState, args: readonly string[]): Run<number> {
  if (args.length === 0) {
    state.err("sleep: missing operand\nTry 'sleep --help' for more information.\n");
    return 1;
  }
  let total = 0;
  let bad = false;
  for (const word of args) {
    const duration = parseDuration(word);
    if (duration === null) {
      state.err(`sleep: invalid time interval ‘${word}’\n`);
      bad = true;
    } else total += duration;
  }
  if (bad) {
    state.err("Try 'sleep --help' for more information.\n");
    return 1;
  }
  const until = state.now + total;
  while (state.now < until) yield { on: [], until };
  return 0;
}

/** `date [-u] [-Iseconds|-R] [-d @SECONDS] [+FORMAT]`, of virtual time. */
export function date(state: ShellState, args: readonly string[]): number {
  let format = "%a %b %e %H:%M:%S %Z %Y";
  let time = state.machine.clock();
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const given = /^(?:-d|--date=)(.*)$/.exec(word);
    if (word.startsWith("+")) format = word.slice(1);
    else if (word === "-u" || word === "--utc") continue;
    else if (word === "-R") format = "%a, %d %b %Y %H:%M:%S %z";
    else if (word === "-I") format = "%Y-%m-%d";
    else if (word === "-Iseconds") format = "%Y-%m-%dT%H:%M:%S+00:00";
    else if (given !== null) {
      const value = given[1] || args[++i] || "";
      const seconds = value.startsWith("@")
        ? Number(value.slice(1))
        : new Date(`${value.replace(" ", "T")}Z`).getTime() / 1000;
      if (value !== "now" && Number.isNaN(seconds)) {
        state.err(`date: invalid date ‘${value}’\n`);
        return 1;
      }
      if (value !== "now") time = { seconds, nanos: 0 };
    } else {
      state.err(
        `date: invalid option -- '${word.replace(/^-+/, "").slice(0, 1)}'\nTry 'date --help' for more information.\n`,
      );
      return 1;
    }
  }
  state.out(`${formatDate(format, time)}\n`);
  return 0;
}

export function hostname(state: ShellState, args: readonly string[]): number {
  const word = args[0];
  if (word === undefined || word === "-s" || word === "-f") {
    state.out(`${state.machine.hostname}\n`);
    return 0;
  }
  if (word.startsWith("-")) {
    state.err(`hostname: invalid option -- '${word.slice(1, 2)}'\n`);
    return 255;
  }
  if (!isCapable(state.credentials, "SYS_ADMIN")) {
    state.err("hostname: you must be root to change the host name\n");
    return 1;
  }
  state.machine.hostname = word;
  return 0;
}

export function uname(state: ShellState, args: readonly string[]): number {
  const fields: readonly (readonly [string, string])[] = [
    ["s", "Linux"],
    ["n", state.machine.hostname],
    ["r", "6.1.0-overmesh"],
    ["v", "#1 SMP"],
    ["m", "x86_64"],
    ["o", "GNU/Linux"],
  ];
  const asked = args.join("").replace(/-/g, "") || "s";
  state.out(
    `${fields
      .filter(([letter]) => asked.includes("a") || asked.includes(letter))
      .map(([, text]) => text)
      .join(" ")}\n`,
  );
  return 0;
}

export function nproc(state: ShellState): number {
  state.out("1\n");
  return 0;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** `mktemp [-d] [TEMPLATE]`; the letters come from the world's seed. */
export function mktemp(state: ShellState, args: readonly string[]): number {
  const template = args.find((word) => !word.startsWith("-")) ?? "/tmp/tmp.XXXXXXXXXX";
  const path = state.path(
    template.replace(/X{3,}$/, (marks) =>
      [...marks].map(() => LETTERS[state.machine.prng.below(LETTERS.length)]).join(""),
    ),
  );
  try {
    if (args.includes("-d")) state.files.makeDirectory(path, false);
    else if (!args.includes("-u")) state.files.write(path, "");
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    state.err(`mktemp: failed to create file via template ‘${template}’: ${error.message}\n`);
    return 1;
  }
  state.out(`${path}\n`);
  return 0;
}

function modeText(stat: FileStat): string {
  const kind = stat.kind === "directory" ? "d" : stat.kind === "symlink" ? "l" : "-";
  const bits = [6, 3, 0].map((shift) => {
    const three = (stat.mode >> shift) & 7;
    return `${three & 4 ? "r" : "-"}${three & 2 ? "w" : "-"}${three & 1 ? "x" : "-"}`;
  });
  return kind + bits.join("");
}

/** `ls [-1aAdlF] [PATH ...]`: one name a line, as into a pipe. */
export function ls(state: ShellState, args: readonly string[]): number {
  const options = args.filter((word) => /^-./.test(word)).join("");
  const unknown = /[^-1aAdlFhnrtSR]/.exec(options.replace(/--\w+(=\w+)?/g, ""));
  if (unknown !== null) {
    state.err(`ls: invalid option -- '${unknown[0]}'\nTry 'ls --help' for more information.\n`);
    return 2;
  }
  const operands = args.filter((word) => !/^-./.test(word));
  const files = state.files;
  let status = 0;
  const singles: string[] = [];
  const directories: string[] = [];
  for (const operand of operands.length === 0 ? ["."] : operands) {
    const stat = files.stat(state.path(operand), !options.includes("l"));
    if (stat === null) {
      state.err(`ls: cannot access '${operand}': No such file or directory\n`);
      status = 2;
    } else if (stat.kind === "directory" && !options.includes("d")) directories.push(operand);
    else singles.push(operand);
  }
  const line = (path: string, name: string): string => {
    const stat = files.stat(path, false);
    const mark = options.includes("F") && stat?.kind === "directory" ? "/" : "";
    if (!options.includes("l") || stat === null) return `${name}${mark}\n`;
    const when = formatDate("%b %e %H:%M", {
      seconds: EPOCH_SECONDS + Math.floor(stat.changed / SECOND),
      nanos: 0,
    });
    const target = stat.kind === "symlink" ? ` -> ${files.readLink(path)}` : "";
    return `${modeText(stat)} 1 root root ${`${stat.size}`.padStart(4)} ${when} ${name}${mark}${target}\n`;
  };
  let text = singles
    .sort()
    .map((operand) => line(state.path(operand), operand))
    .join("");
  for (const [i, operand] of directories.sort().entries()) {
    if (directories.length + singles.length > 1)
      text += `${i > 0 || singles.length > 0 ? "\n" : ""}${operand}:\n`;
    const path = state.path(operand);
    let names = files.list(path).filter((name) => !name.startsWith(".") || /[aA]/.test(options));
    if (options.includes("a")) names = [".", "..", ...names];
    if (options.includes("r")) names = [...names].reverse();
    if (options.includes("l")) text += "total 0\n";
    text += names.map((name) => line(state.path(`${path}/${name}`), name)).join("");
  }
  state.out(text);
  return status;
}
