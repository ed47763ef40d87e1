import type { UserError } from "../base/user-error.ts";

/** A value, or every mistake that was found on the way to it; mistakes of a person's text are never thrown here. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly UserError[] };

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failure<T>(errors: readonly UserError[]): Outcome<T> {
  return { ok: false, errors };
}
