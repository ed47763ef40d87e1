import { DaemonError } from "../api/daemon-error.ts";
import { BadValue, parseInt64 } from "../go-parse.ts";

/** Linux's signals on x86-64 by number, from 1. */
const NAMES =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );
/** The first and the last real-time signal; 32 and 33 are the C library's own. */
const [RTMIN, RTMAX] = [34, 64];

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...NAMES.map((name, at): [string, number] => [name, at + 1]),
  ["CLD", 17],
  ["IOT", 6],
  ["POLL", 29],
  ["RTMIN", RTMIN],
  ["RTMAX", RTMAX],
  ...Array.from({ length: 15 }, (_, i): [string, number] => [`RTMIN+${i + 1}`, RTMIN + i + 1]),
  ...Array.from({ length: 14 }, (_, i): [string, number] => [`RTMAX-${i + 1}`, RTMAX - i - 1]),
]);

/** The number of a signal given as `TERM`, `SIGTERM` or `15` (moby signal, ParseSignal). @throws {DaemonError} 400 */
export function demandSignal(text: string): number {
  const number = NUMBERS.get(text.toUpperCase().replace(/^SIG/, "")) ?? plainNumber(text);
  if (number === 0) throw new DaemonError(400, `Invalid signal: ${text}`);
  return number;
}

/** 0 for what is no number. */
function plainNumber(text: string): number {
  try {
    return parseInt64(text, 10);
  } catch (error) {
    if (error instanceof BadValue) return 0;
    throw error;
  }
}

/** Refuses numbers that are no signals. @throws {DaemonError} 400 */
export function checkSupported(signal: number): void {
  if ((signal >= 1 && signal <= NAMES.length) || (signal >= RTMIN && signal <= RTMAX)) return;
  const unsigned = BigInt.asUintN(64, BigInt(signal));
  throw new DaemonError(400, `The linux daemon does not support signal ${unsigned}`);
}
