import { UserError } from "../../src/base/user-error.ts";

/** The one line that a person sees of what `act` refuses. */
export function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.line();
    throw error;
  }
  return "nothing was wrong";
}
