import { ProgramExit } from "./program-exit.ts";

const BUSYBOX = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.\n\n";

/** The usage that an applet of busybox prints: for `--help` with status 0. */
export function appletHelp(usage: string): ProgramExit {
  return new ProgramExit(0, BUSYBOX + usage);
}

/** A wrong option: what getopt(3) says of it, and the usage. */
export function appletMistake(applet: string, message: string, usage: string): ProgramExit {
  return new ProgramExit(1, `${message === "" ? "" : `${applet}: ${message}\n`}${BUSYBOX}${usage}`);
}
