import type { Run } from "../process-table.ts";
import { LineAbandoned, type ShellState } from "../shell-state.ts";
import { type Input, readLine } from "../stream.ts";
import { runToExit, statusOfEnd } from "../subshell.ts";
import { SyntaxFailure } from "../syntax.ts";
import { reportSyntax } from "./shells.ts";

/**
 * A shell that somebody types into, line by line: one in a container that `docker run -it` or `exec -it` opened. It asks
 * for each line with its prompt, if it has a terminal.
 */
export function* runTyped(state: ShellState, input: Input, terminal: boolean): Run<number> {
  return yield* runToExit(state, function* () {
    for (;;) {
      const text = yield* readCommand(state, input, terminal);
      if (text === null) return state.status;
      yield* runOne(state, text);
    }
  });
}

function prompt(state: ShellState): string {
  if (state.machine.image === null) return `root@${state.machine.hostname}:${state.cwd}# `;
  const sign = state.credentials.uid === 0 ? "#" : "$";
  return `${state.cwd === (state.variables.get("HOME") ?? "") ? "~" : state.cwd} ${sign} `;
}

/** A line, and further ones as long as the command is not whole; null at the end of the input. */
function* readCommand(state: ShellState, input: Input, terminal: boolean): Run<string | null> {
  let text = "";
  for (;;) {
    // A command that is not whole has not failed yet.
    const shown = text === "" ? prompt(state) : "> ";
    input.ask!(terminal ? shown : "", text === "" ? state.status : 0);
    const line = yield* readLine(input);
    if (line === null) return text === "" ? null : text;
    text = text === "" ? line.line : `${text}\n${line.line}`;
    if (text.trim() === "") {
      text = "";
      continue;
    }
    if (!line.whole || isWhole(state, text)) return text;
  }
}

function isWhole(state: ShellState, text: string): boolean {
  try {
    state.interpreter.parse(state, text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return !/unexpected end of file|unexpected EOF/.test(error.message);
  }
}

/** Errors end the line, and only what ends a shell is thrown on. */
function* runOne(state: ShellState, text: string): Run<void> {
  try {
    yield* state.interpreter.runScript(state, state.interpreter.parse(state, text));
  } catch (error) {
    if (error instanceof SyntaxFailure) {
      reportSyntax(state, error, text, "");
      state.status = 2;
    } else if (error instanceof LineAbandoned) state.status = statusOfEnd(error);
    else throw error;
  }
}
