// Programs that the bench runs, all on one processor.
import { execFileSync } from "node:child_process";

/** Runs a program; what it prints, or null when it fails. */
export function attempt(command, args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

/** A command in front of others that keeps them on one processor, where there is one; the last is the quietest. */
const pinned = (() => {
  const list = attempt("taskset", ["-cp", String(process.pid)]);
  const last = list?.match(/(\d+)$/)?.[1];
  return last === undefined ? [] : ["taskset", "-c", last];
})();

/** A command and its words, on the bench's processor. */
export const onOneProcessor = (command, args) => [...pinned, command, ...args].map(String);

/** Runs a program on the bench's processor and returns what it prints. */
export function run(command, args) {
  const [first, ...rest] = onOneProcessor(command, args);
  return execFileSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
