import type { Wait } from "./process.ts";
import type { Cause, Registry } from "./registry.ts";

/** Does something at once, with `cause` as the cause of it. */
export function under<R>(registry: Registry, cause: Cause, act: () => R): R {
  const before = registry.cause;
  registry.cause = cause;
  try {
    return act();
  } finally {
    registry.cause = before;
  }
}

/**
 * Runs a call that may wait, with `cause` as the cause of all that it does, step by step: what others do while it waits has
 * causes of its own. A command that has operations done for it runs so, and each of them then says for whom it was.
 */
export function* caused<T>(
  registry: Registry,
  cause: Cause,
  run: Generator<Wait, T, void>,
): Generator<Wait, T, void> {
  let step = under(registry, cause, () => run.next());
  try {
    while (step.done !== true) {
      const wait = step.value;
      try {
        yield wait;
      } catch (error) {
        step = under(registry, cause, () => run.throw(error));
        continue;
      }
      step = under(registry, cause, () => run.next());
    }
    return step.value;
  } finally {
    if (step.done !== true) under(registry, cause, () => run.return(undefined as never));
  }
}
