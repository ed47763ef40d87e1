import { ProgramExit } from "../program-exit.ts";

const BUSYBOX = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.\n\n";

/** The usage that an applet of busybox prints: for `--help` with status 0. */
export function appletHelp(usage: string): ProgramExit {
  return new ProgramExit(0, BUSYBOX + usage);
}

/** A wrong option: what getopt(3) says of it, and the usage. */
export function appletMistake(applet: string, message: string, usage: string): ProgramExit {
  return new ProgramExit(1, `${message === "" ? "" : `${applet}: ${message}\n`}${BUSYBOX}${usage}`);
}

const INT_MAX = 0x7fffffff;
export const UINT_MAX = 0xffffffff;

/** A whole number of a command line, as applets read it (xatou_range). @throws {ProgramExit} */
export function appletNumber(applet: string, text: string, least = 0, most: number = INT_MAX): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > UINT_MAX)
    throw new ProgramExit(1, `${applet}: invalid number '${text}'\n`);
  if (value < least || value > most)
    throw new ProgramExit(1, `${applet}: number ${text} is not in ${least}..${most} range\n`);
  return value;
}
