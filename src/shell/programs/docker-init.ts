import { exitOf, type Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { isInstalled, startProgram } from "./run.ts";

const USAGE = `docker-init (tini version 0.19.0)
Usage: docker-init [OPTIONS] PROGRAM -- [ARGS] | --version

Execute a program under the supervision of a valid init process (docker-init)

Command line options:

  --version: Show version and exit.
  -h: Show this help message and exit.
  -s: Register as a process subreaper (requires Linux >= 3.4).
  -p SIGNAL: Trigger SIGNAL when parent dies, e.g. "-p SIGKILL".
  -v: Generate more verbose output. Repeat up to 3 times.
  -w: Print a warning when processes are getting reaped.
  -g: Send signals to the child's process group.
  -e EXIT_CODE: Remap EXIT_CODE (from 0 to 255) to 0.
  -l: Show license and exit.

Environment variables:

  TINI_SUBREAPER: Register as a process subreaper (requires Linux >= 3.4).
  TINI_VERBOSITY: Set the verbosity level (default: 1).
  TINI_KILL_PROCESS_GROUP: Send signals to the child's process group.

`;

/**
 * `/sbin/docker-init -- COMMAND ...`, which is tini: it runs a command as its child, passes signals on to it, and ends as it
 * ends (github.com/krallin/tini).
 */
export function* dockerInit(state: ShellState, args: readonly string[]): Run<number> {
  if (args[0] === "--version") {
    state.out("tini version 0.19.0\n");
    return 0;
  }
  const words = args[0] === "--" ? args.slice(1) : args;
  const [program] = words;
  if (program === undefined) {
    state.err(USAGE);
    return 1;
  }
  if (!isInstalled(state, program)) {
    state.err(
      `[FATAL tini (${state.machine.processes.takePid()})] exec ${program} failed: No such file or directory\n`,
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
