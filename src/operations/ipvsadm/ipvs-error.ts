import { type Errno, KernelError } from "../../net/kernel-error.ts";
import { ToolError } from "../tool-error.ts";

/** What a failed call to the kernel ends with: -1. */
const FAILED = 255;

const general: Partial<Record<Errno, string>> = {
  EPERM: "Permission denied (you must be root)",
  EINVAL: "Invalid operation.  Possibly wrong module version, address not unicast, ...",
};

/**
 * Does what the kernel may refuse, in the words of libipvs: each call has its own for some error numbers.
 * @throws {ToolError}
 */
export function attempt(words: Partial<Record<Errno, string>>, call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const text = words[error.errno] ?? general[error.errno] ?? error.message;
    throw new ToolError(text, FAILED, "", true);
  }
}
