import type { Wait } from "../../sim/process.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Call } from "../api/docker-api.ts";
import { ClientError, type Invocation } from "./client-context.ts";

/** What the client says when the engine refuses: the whole line, with `Error` in front. */
export function refusal(error: unknown): string {
  if (error instanceof DaemonError) return `Error response from daemon: ${error.message}`;
  if (error instanceof ClientError) return error.message;
  throw error;
}

/** The client has its own words for a thing that is not there, whatever the engine said. */
export function naming<T>(object: string, ref: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof DaemonError && error.status === 404) {
      throw new MissingObject(`Error: No such ${object}: ${ref}`);
    }
    throw error;
  }
}

/** As {@link naming}, for a call that waits. */
export function* namingCall<T>(object: string, ref: string, call: Call<T>): Call<T> {
  try {
    return yield* call;
  } catch (error) {
    if (error instanceof DaemonError && error.status === 404) {
      throw new MissingObject(`Error: No such ${object}: ${ref}`);
    }
    throw error;
  }
}

export class MissingObject extends ClientError {}

/** What came of one of several calls. */
type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Runs calls side by side, as the client does for several containers; outcomes are in the order of the calls. */
export function* sideBySide<T>(calls: readonly Call<T>[]): Call<Outcome<T>[]> {
  const outcomes: (Outcome<T> | null)[] = calls.map(() => null);
  for (;;) {
    const waits: Wait[] = [];
    for (const [at, call] of calls.entries()) {
      if (outcomes[at] !== null) continue;
      try {
        const step = call.next();
        if (step.done === true) outcomes[at] = { value: step.value };
        else waits.push(step.value);
      } catch (error) {
        outcomes[at] = { error };
      }
    }
    if (waits.length === 0) return outcomes as Outcome<T>[];
    yield { on: waits.flatMap(({ on }) => on), until: Math.min(...waits.map(({ until }) => until)) };
  }
}

/** A call that does not wait, for {@link sideBySide}. */
// biome-ignore lint/correctness/useYield: it is a generator so that it fails where the others fail
export function* atOnce<T>(ask: () => T): Call<T> {
  return ask();
}

/**
 * Does something to each of the named objects and prints their names; at the end all refusals, one a line.
 * @throws {ClientError} when one was refused
 */
export function* toEach(
  { context, args }: Invocation,
  operation: (ref: string) => Call<unknown>,
): Generator<Wait, number, void> {
  const outcomes = yield* sideBySide(args.map(operation));
  const refusals: string[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    if ("error" in outcome) refusals.push(refusal(outcome.error));
    else context.out(`${args[at]!}\n`);
  }
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}

/** Asks for a `y`. An input that ends says no. */
export function* confirm({ context }: Invocation, question: string): Call<boolean> {
  context.out(`${question} [y/N] `);
  const { input } = context;
  let line = "";
  for (;;) {
    if (input.available !== "") {
      const end = input.available.indexOf("\n");
      line += input.take(end < 0 ? input.available.length : end + 1);
      if (end >= 0) break;
    }
    if (input.closed && input.available === "") break;
    if (input.available === "") yield { on: [input.arrived], until: Number.POSITIVE_INFINITY };
  }
  return line.replace(/\r?\n$/, "").toLowerCase() === "y";
}
