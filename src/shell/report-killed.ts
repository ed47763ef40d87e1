import { SIGINT, SIGTERM } from "../sim/process.ts";
import type { ProcessEntry } from "./process-table.ts";
import type { ShellState } from "./shell-state.ts";
import { SIGPIPE, signalWords } from "./signals.ts";

/** Says that a child was ended by a signal, where bash says it: never for SIGINT and SIGPIPE, hardly for SIGTERM. */
export function reportKilled(state: ShellState, entry: ProcessEntry, foreground: boolean): void {
  const signal = entry.endedBy;
  if (signal === null || signal === SIGINT || signal === SIGPIPE) return;
  if (signal === SIGTERM) {
    if (foreground) state.err("Terminated\n");
    return;
  }
  if (state.naming.kind === "prompt") state.err(`${signalWords(signal)}\n`);
  else
    state.err(
      `${state.prefix}${`${entry.pid}`.padStart(5)} ${signalWords(signal).padEnd(23)} ${entry.command}\n`,
    );
}
