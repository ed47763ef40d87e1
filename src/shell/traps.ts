import type { Run } from "./process-table.ts";
import { ShellExit, type ShellState } from "./shell-state.ts";
import { signalName } from "./signals.ts";

/** Runs what `trap` was told to for this name; the status of the shell stays as it was. */
export function* runTrap(state: ShellState, name: string): Run<void> {
  const text = state.traps.get(name);
  if (text === undefined || text === "") return;
  if (name === "EXIT") state.traps.delete("EXIT");
  const kept = state.status;
  const others = state.traps;
  // A trap for ERR does not call itself.
  if (name === "ERR") state.traps = new Map([...others].filter(([one]) => one !== "ERR"));
  try {
    yield* state.interpreter.runScript(state, state.interpreter.parse(state, text));
  } finally {
    if (name === "ERR") state.traps = others;
  }
  state.status = kept;
}

/** Runs the traps of signals that arrived meanwhile. */
export function* runPendingTraps(state: ShellState): Run<void> {
  for (
    let signal = state.pendingSignals.shift();
    signal !== undefined;
    signal = state.pendingSignals.shift()
  ) {
    const name = signalName(signal);
    if (state.traps.has(name)) yield* runTrap(state, name);
    else throw new ShellExit(128 + signal);
  }
}

/**
 * Says to the shell's process which signals it wants to see: those with a trap, and, if there is an EXIT trap, those
 * that end it, because the trap has to run then.
 */
export function watchSignals(state: ShellState): void {
  const entry = state.process;
  if (entry === null) return;
  if (state.traps.size === 0) {
    entry.process.onSignal = null;
    return;
  }
  entry.process.onSignal = (signal) => {
    const text = state.traps.get(signalName(signal));
    if (text === "") return true;
    if (text === undefined && !state.traps.has("EXIT")) return false;
    state.pendingSignals.push(signal);
    entry.process.wake();
    return true;
  };
}
