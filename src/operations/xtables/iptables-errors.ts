import { type Errno, errorText } from "../../net/kernel-error.ts";
import { ToolError } from "../tool-error.ts";
import { problemText, type XtProblem, XtStatus } from "./xt-problem.ts";

/** What a command calls what libiptc or the kernel refused (iptc_strerror), by the command's letter and error. */
const WORDS: Readonly<Record<string, Partial<Record<Errno, string>>>> = {
  C: { ENOENT: "Bad rule (does a matching rule exist in that chain?)" },
  D: { ENOENT: "Bad rule (does a matching rule exist in that chain?)" },
  "D#": { E2BIG: "Index of deletion too big" },
  I: { E2BIG: "Index of insertion too big" },
  N: { EEXIST: "Chain already exists" },
  P: { ENOENT: "Bad built-in chain name", EINVAL: "Bad policy name" },
  R: { E2BIG: "Index of replacement too big" },
  "Z#": { E2BIG: "Index of counter too big" },
};
const ALWAYS: Partial<Record<Errno, string>> = {
  ENOENT: "No chain/target/match by that name",
  ENOPROTOOPT: "iptables who? (do you need to insmod?)",
};

export function errorWords(command: string, errno: Errno): string {
  return WORDS[command]?.[errno] ?? ALWAYS[errno] ?? errorText[errno];
}

/** `iptables: WHY.`, with exit status 1; `said` went to standard output before. */
export function refused(command: string, errno: Errno, said = ""): ToolError {
  const advice = errno === "EINVAL" ? " Run `dmesg' for more information." : "";
  const status = errno === "EAGAIN" ? XtStatus.resource : XtStatus.other;
  return new ToolError(`iptables: ${errorWords(command, errno)}.${advice}`, status, said, true);
}

/** A problem that a program finds by itself, as it prints it. */
export function problem(program: string, found: XtProblem, line: number | null = null): ToolError {
  return new ToolError(problemText(program, found, line), found.status);
}
