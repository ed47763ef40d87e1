import { runCommand, runScript } from "./execute.ts";
import type { Interpreter } from "./shell-state.ts";
import { runWords } from "./simple-command.ts";
import { capture } from "./subshell.ts";
import { parseBash } from "./syntax.ts";

/** The parts that run the tree of a bash text, put together. */
export const INTERPRETER: Interpreter = {
  runScript,
  runWords,
  runCommand,
  capture,
  parse: (state, text) => parseBash(state.library, text),
};
