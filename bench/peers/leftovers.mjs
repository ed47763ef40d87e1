/** Network namespaces of a bench are named after its process (`om123-hA`), and must not outlive it. */
import { execFileSync } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"];
let listens = false;

/** Calls back when this process ends: of itself, or by a signal that can be caught. */
export function atEnd(callback) {
  process.once("exit", callback);
  if (listens) return;
  listens = true;
  for (const signal of SIGNALS) process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

/** Deletes what processes left that are gone without a chance to (SIGKILL, a machine out of memory). */
export function sweep() {
  for (const line of execFileSync("ip", ["netns", "list"], { encoding: "utf8" }).split("\n")) {
    const [name = ""] = line.split(" ");
    const pid = /^om(\d+)m?-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      execFileSync("ip", ["netns", "delete", name], { stdio: "ignore" });
    } catch {
      // Somebody else was faster.
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
