import { ClientError } from "./client-context.ts";
import type { OptionValues } from "./option-values.ts";

/** One key, or one with Ctrl (moby/term, ToBytes). */
const KEY = /^(?:.|ctrl-[a-z@[\\\]^_])$/su;

/**
 * What comes of `--detach-keys` that are none. To who attaches the engine writes its refusal where output would stand, and the
 * client takes its first letter for a number of a stream.
 * @throws {ClientError}
 */
export function checkDetachKeys(options: OptionValues, command: "attach" | "exec"): void {
  const keys = options.text("detach-keys");
  if (keys === "" || keys.split(",").every((key) => KEY.test(key))) return;
  throw new ClientError(
    command === "attach"
      ? "Unrecognized input header: 73"
      : `Error response from daemon: Invalid escape keys (${keys}) provided`,
  );
}
