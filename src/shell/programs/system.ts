import { appletMistake } from "../../programs/busybox/usage.ts";
import { isCapable } from "../../programs/credentials.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { formatDate } from "../date-format.ts";
import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { parseDuration } from "../times.ts";

const SLEEP_USAGE = `Usage: sleep [N]...

Pause for a time equal to the total of the args given, where each arg can
have an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays
`;

/** `sleep NUMBER[SUFFIX]...`, in virtual time. */
export function* sleep(state: ShellState, args: readonly string[]): Run<number> {
  const isBusybox = state.machine.image?.system === "busybox";
  if (args.length === 0) {
    state.err(
      isBusybox
        ? appletMistake("sleep", "", SLEEP_USAGE).message
        : "sleep: missing operand\nTry 'sleep --help' for more information.\n",
    );
    return 1;
  }
  let total = 0;
  let bad = false;
  for (const word of args) {
    const duration = parseDuration(word);
    if (duration === null) {
      if (isBusybox) {
        state.err(`sleep: invalid number '${word}'\n`);
        return 1;
      }
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
        const [open, close] = state.machine.image?.system === "busybox" ? ["'", "'"] : ["‘", "’"];
        state.err(`date: invalid date ${open}${value}${close}\n`);
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
  if (word === "-I") {
    state.out(`${ownAddresses(state).join(" ")} \n`);
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

/** All addresses of the machine but those of `lo` and of links, as `hostname -I` has them. */
function ownAddresses(state: ShellState): readonly string[] {
  return state.namespace.devices
    .filter((device) => !device.loopback && device.up)
    .flatMap((device) => device.ipv4.addresses.map(({ address }) => ip.format(address)));
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

/** As many as the host has processors; one where their work takes no time. */
export function nproc(state: ShellState): number {
  state.out(`${state.machine.host.cpus?.length ?? 1}\n`);
  return 0;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** `mktemp [-d] [TEMPLATE]`; the letters come from the world's seed. */
export function mktemp(state: ShellState, args: readonly string[]): number {
  const template =
    args.find((word) => !word.startsWith("-")) ??
    (state.machine.image?.system === "busybox" ? "/tmp/tmp.XXXXXX" : "/tmp/tmp.XXXXXXXXXX");
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
