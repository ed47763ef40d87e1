import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import { SET_AT_START, SHOPT_AT_START } from "../shell-options.ts";
import type { Naming, ShellState } from "../shell-state.ts";
import { readAll } from "../stream.ts";
import { runToExit } from "../subshell.ts";
import { SyntaxFailure } from "../syntax.ts";
import { Variables } from "../variables.ts";
import { launchCommand, runInstead } from "./run.ts";
import { runTyped } from "./typed-shell.ts";

/** `bash -c TEXT [NAME [ARG ...]]`, `bash FILE [ARG ...]`, `bash < FILE`, and `sh` the same. */
export function* bash(state: ShellState, args: readonly string[], name: string): Run<number> {
  becomeFresh(state);
  yield* state.loadLibrary();
  const inContainer = state.machine.image !== null;
  const dash = !inContainer && (name === "sh" || name === "dash");
  const called = name.slice(name.lastIndexOf("/") + 1);
  let i = 0;
  let command = false;
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    if (word === "--") {
      i++;
      break;
    }
    if (word === "--norc" || word === "--noprofile" || word === "--posix") continue;
    for (const letter of word.slice(1)) {
      if (letter === "c") command = true;
      else if (letter === "e") state.options.add("errexit");
      else if (letter === "u") state.options.add("nounset");
      else if (letter === "x") state.options.add("xtrace");
      else if (letter === "o") state.options.add(args[++i] ?? "");
    }
  }
  const rest = args.slice(i);
  let text: string;
  let naming: Naming;
  if (command) {
    if (rest[0] === undefined) {
      state.err(`${name}: -c: option requires an argument\n`);
      return 2;
    }
    text = rest[0];
    naming = inContainer
      ? { kind: "ash", name: rest[1] ?? called, script: false }
      : { kind: dash ? "dash" : "command", name: rest[1] ?? name };
    state.positional = rest.slice(2);
  } else if (rest[0] !== undefined) {
    try {
      text = state.files.read(state.path(rest[0]));
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      if (inContainer) {
        state.err(`${called}: can't open '${rest[0]}': ${error.message}\n`);
        return 2;
      }
      state.err(`${name}: ${rest[0]}: ${error.message}\n`);
      return error.code === "ENOENT" ? 127 : 126;
    }
    naming = inContainer
      ? { kind: "ash", name: rest[0], script: true }
      : { kind: dash ? "dash" : "script", name: rest[0] };
    state.positional = rest.slice(1);
  } else {
    const stream = state.stream(0);
    const input = stream?.input ?? null;
    if (input?.ask !== undefined) {
      state.naming = inContainer ? { kind: "ash", name: called, script: false } : { kind: "prompt" };
      return yield* runTyped(state, input, stream?.terminal === true);
    }
    text = input === null ? "" : yield* readAll(input);
    naming = inContainer ? { kind: "ash", name: called, script: false } : { kind: "command", name };
    state.positional = [];
  }
  state.naming = naming;
  return yield* runWholeText(state, text, command ? "-c: " : "");
}

/** A program that is a shell starts with the exported variables only. */
function becomeFresh(state: ShellState): void {
  const exported = state.variables.exported();
  state.variables = new Variables();
  for (const [name, value] of exported) {
    state.variables.set(name, value);
    state.variables.demand(name).exported = true;
  }
  state.variables.set("IFS", " \t\n");
  state.variables.set("OPTIND", "1");
  state.functions = new Map();
  state.aliases = new Map();
  state.options = new Set(SET_AT_START);
  state.shellOptions = new Set(SHOPT_AT_START);
  state.traps = new Map();
  state.status = 0;
  state.line = 1;
  state.functionDepth = 0;
  state.sourceDepth = 0;
  state.loopDepth = 0;
  state.conditionDepth = 0;
  state.lastBackground = null;
  state.shellPid = state.process?.pid ?? state.shellPid;
  state.startedAt = state.now;
}

/** Parses and runs a text to its end, and the EXIT trap. */
function* runWholeText(state: ShellState, text: string, where: string): Run<number> {
  return yield* runToExit(state, function* () {
    try {
      return yield* state.interpreter.runScript(state, state.interpreter.parse(state, text));
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      reportSyntax(state, error, text, where);
      return 2;
    }
  });
}

/** Prints a syntax error as bash does: with the line that holds it, if a word stands in the wrong place. */
export function reportSyntax(state: ShellState, error: SyntaxFailure, text: string, where: string): void {
  const naming = state.naming;
  const place = naming.kind === "prompt" ? "bash: " : `${naming.name}: ${where}line ${error.line}: `;
  state.err(`${place}${error.message}\n`);
  if (error.message.includes("near unexpected token") && naming.kind !== "prompt") {
    state.err(`${place}\`${text.split("\n")[error.line - 1] ?? ""}'\n`);
  }
}

/** `busybox APPLET ...`: an applet of its own, else the program of that name. */
export function busybox(state: ShellState, args: readonly string[]): number | Run<number> {
  const applet = args[0];
  if (applet === undefined || applet === "--help") {
    const names = state.machine.commands.appletNames();
    state.out(`BusyBox v1.35.0 multi-call binary.\n\nCurrently defined functions:\n\t${names.join(", ")}\n`);
    return 0;
  }
  if (applet === "--list") {
    state.out(
      state.machine.commands
        .appletNames()
        .map((name) => `${name}\n`)
        .join(""),
    );
    return 0;
  }
  const registered = state.machine.commands.findApplet(applet);
  if (registered !== null) return launchCommand(state, registered, args.slice(1));
  if (!BUSYBOX.has(applet)) {
    state.err(`${applet}: applet not found\n`);
    return 127;
  }
  return runInstead(state, args, {});
}

/** Applets that say the same as the program of that name. */
const BUSYBOX: ReadonlySet<string> = new Set(
  "awk base64 basename cat chmod cp cut date dirname du echo env expr false find fold grep gunzip gzip head hostname kill ln ls md5sum mkdir mktemp mv nl od paste pgrep pidof pkill printf ps pwd readlink rev rm rmdir sed seq sh sha256sum sleep sort stat strings tac tail tar tee timeout touch tr true uname uniq wc which xargs yes".split(
    " ",
  ),
);
