import type { Program } from "../../sim/process.ts";
import type { ProgramContext } from "../program-context.ts";
import { lastWords, ProgramExit } from "../program-exit.ts";
import { httpServer } from "./http-server.ts";
import { PYTHON_VERSION } from "./http-words.ts";

/** `python3 [-u] -m http.server ...`, and nothing else of Python. */
export function* python(context: ProgramContext): Program {
  const words = [...context.args];
  const unbuffered = words[0] === "-u";
  if (unbuffered) words.shift();
  if (words[0] === "-V" || words[0] === "--version") {
    context.out(`Python ${PYTHON_VERSION}\n`);
    return 0;
  }
  const option = words.shift() ?? "";
  const module = option === "-m" ? words.shift() : /^-m(.+)/.exec(option)?.[1];
  try {
    if (module === "http.server") return yield* httpServer(context, words, unbuffered);
    throw new ProgramExit(1, "python3: only `python3 [-u] -m http.server` is simulated, no other Python\n");
  } catch (error) {
    return lastWords(context, error);
  }
}
