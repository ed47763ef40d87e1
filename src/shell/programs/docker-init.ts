import { exitOf, type Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { isInstalled, startProgram } from "./run.ts";

/**
 * `/sbin/docker-init -- COMMAND ...`, which is tini: it runs a command as its child, passes signals on to it, and ends as it
 * ends (github.com/krallin/tini).
 */
export function* dockerInit(state: ShellState, args: readonly string[]): Run<number> {
  const words = args[0] === "--" ? args.slice(1) : args;
  if (!isInstalled(state, words[0] ?? "")) {
    state.err(
      `[FATAL tini (${state.machine.processes.takePid()})] exec ${words[0]} failed: No such file or directory\n`,
    );
    return 127;
  }
  const child = startProgram(state, words);
  const own = state.process!;
  own.process.onSignal = (signal) => {
    child.process.kill(signal);
    return true;
  };
  return yield* exitOf(child.process);
}
