import pc from "picocolors";
import { UserError } from "../base/user-error.ts";
import type { Paint } from "../scenario/paint.ts";

/** Exit statuses of the command line. */
export const Status = {
  held: 0,
  failed: 1,
  misuse: 2,
  /** A mistake of ours (`EX_SOFTWARE` of sysexits.h). */
  internal: 70,
} as const;

/** Colours where a person looks: on a terminal, unless NO_COLOR is set; FORCE_COLOR wins over a pipe. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const terminal = stream.isTTY === true && TERM !== "dumb";
  return pc.createColors(!NO_COLOR && (terminal || Boolean(FORCE_COLOR)));
}

/** Results go to standard output. */
export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

/** The talk goes to standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One line for each mistake of a person; a mistake of ours keeps its stack, which its mender needs. */
export function sayError(error: unknown): number {
  if (error instanceof UserError) {
    say(`overmesh: ${error.line()}`);
    return Status.misuse;
  }
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) {
    say(`overmesh: ${path ?? syscall}: ${REASONS[code] ?? code}`);
    return Status.misuse;
  }
  say(
    `overmesh: this is a mistake of overmesh, not yours: ${error instanceof Error ? error.stack : String(error)}`,
  );
  return Status.internal;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  ENOSPC: "no space left on device",
};

/** A line on a terminal that the next one replaces; nothing at all elsewhere. */
export class Progress {
  readonly #stream = process.stderr;

  show(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${text}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }
}
