import { appletMistake } from "../../programs/busybox/usage.ts";
import { getopt } from "../../programs/getopt.ts";
import { type Process, SIGKILL, SIGTERM } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { exitOf, type Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { signalNumber } from "../signals.ts";
import { isInstalled, startProgram } from "./run.ts";

const USAGE = `Usage: timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS

Run PROG. Send SIG to it if it is not gone in SECS seconds.
Default SIG: TERM.If it still exists in KILL_SECS seconds, send KILL.
`;
const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * `timeout` of busybox 1.35: the program runs in its place and a process beside it sends the signal, so that its status is
 * the program's own, 143 when SIGTERM ended it.
 */
export function* busyboxTimeout(state: ShellState, args: readonly string[]): Run<number> {
  const own = ownWords(args);
  const { options } = getopt(args.slice(0, own), "s:k:");
  const operands = args.slice(own);
  let signal = SIGTERM;
  let killAfter: number | null = null;
  for (const { name, value, message } of options) {
    if (name === "?") return refuse(state, appletMistake("timeout", message, USAGE).message);
    const number = name === "s" ? signalNumber(value) : secondsOf(value);
    if (number === null)
      return refuse(state, `timeout: ${name === "s" ? `unknown signal` : "invalid number"} '${value}'\n`);
    if (name === "s") signal = number;
    else killAfter = number;
  }
  const [limit, ...words] = operands;
  if (limit === undefined) return refuse(state, appletMistake("timeout", "", USAGE).message);
  const seconds = secondsOf(limit);
  if (seconds === null) return refuse(state, `timeout: invalid number '${limit}'\n`);
  if (words.length === 0) return refuse(state, appletMistake("timeout", "", USAGE).message);
  if (!isInstalled(state, words[0]!)) {
    state.err(`timeout: can't execute '${words[0]}': No such file or directory\n`);
    return 127;
  }
  const child = startProgram(state, words).process;
  const passing = state.process!.process;
  passing.onSignal = (number) => {
    child.kill(number);
    return true;
  };
  yield* untilGone(state, child, seconds);
  if (child.status === null) child.kill(signal);
  if (killAfter !== null) {
    yield* untilGone(state, child, killAfter);
    if (child.status === null) child.kill(SIGKILL);
  }
  return yield* exitOf(child);
}

/** How many words are options and their values: those of the program are its own. */
function ownWords(args: readonly string[]): number {
  let at = 0;
  while (/^-./.test(args[at] ?? "")) {
    if (args[at] === "--") return at + 1;
    at += /^-[sk]$/.test(args[at]!) ? 2 : 1;
  }
  return Math.min(at, args.length);
}

/** `1.5`, `2m`; null for what is no duration. */
function secondsOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  return match === null ? null : Number(match[1]) * UNITS[match[2]!]!;
}

function refuse(state: ShellState, words: string): number {
  state.err(words);
  return 1;
}

function* untilGone(state: ShellState, child: Process, seconds: number): Run<void> {
  const until = state.now + seconds * SECOND;
  while (child.status === null && state.now < until) yield { on: [child.exited], until };
}
