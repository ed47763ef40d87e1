import { DaemonError } from "../api/daemon-error.ts";

/** Linux's signals on x86-64 by number, from 1. */
const NAMES =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** The number of a signal given as `TERM`, `SIGTERM` or `15`. @throws {DaemonError} 400 */
export function demandSignal(name: string): number {
  if (/^\d+$/.test(name)) {
    const number = Number(name);
    if (number >= 1 && number <= 64) return number;
  } else {
    const plain = name.toUpperCase().replace(/^SIG/, "");
    const at = NAMES.indexOf(plain);
    if (at >= 0) return at + 1;
    const alias: Readonly<Record<string, number>> = { CLD: 17, IOT: 6, POLL: 29 };
    if (Object.hasOwn(alias, plain)) return alias[plain]!;
  }
  throw new DaemonError(400, `Invalid signal: ${name}`);
}
