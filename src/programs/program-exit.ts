import type { Program, Wait } from "../sim/process.ts";
import type { ProgramContext } from "./program-context.ts";

/** A program ends early: its last words, which go to standard error, and its exit status. */
export class ProgramExit extends Error {
  override readonly name = "ProgramExit";
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** What a program does from its options read to its sockets closed. */
interface Session {
  run(): Program;
  close(): void;
}

/**
 * Opens a session, runs it and closes it, however it ends; last words are printed. Opening may wait: for the name of a host
 * to be looked up.
 */
export function* runSession(
  context: ProgramContext,
  open: () => Session | Generator<Wait, Session, void>,
): Program {
  try {
    const opened = open();
    const session = "next" in opened ? yield* opened : opened;
    try {
      return yield* session.run();
    } finally {
      session.close();
    }
  } catch (error) {
    return lastWords(context, error);
  }
}

/** The same for what never waits: it ends well, or with last words. */
// biome-ignore lint/correctness/useYield: a program is a generator
export function* runAtOnce(context: ProgramContext, act: () => void): Program {
  try {
    act();
    return 0;
  } catch (error) {
    return lastWords(context, error);
  }
}

/** Prints what a program that ended early had to say; returns its exit status. What else was thrown flies on. */
export function lastWords(context: ProgramContext, error: unknown): number {
  if (!(error instanceof ProgramExit)) throw error;
  context.err(error.message);
  return error.status;
}
