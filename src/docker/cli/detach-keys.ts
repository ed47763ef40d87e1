import { ClientError } from "./client-context.ts";
import type { OptionValues } from "./option-values.ts";

/** One key, or one with Ctrl (moby/term, ToBytes). */
const KEY = /^(?:.|ctrl-[a-z@[\\\]^_])$/su;

/** What the engine says to `--detach-keys` that are none. @param what `detach`, or of exec `escape` @throws {ClientError} */
export function checkDetachKeys(options: OptionValues, what: "detach" | "escape"): void {
  const keys = options.text("detach-keys");
  if (keys === "" || keys.split(",").every((key) => KEY.test(key))) return;
  throw new ClientError(`Error response from daemon: Invalid ${what} keys (${keys}) provided`);
}
