import { ashSyntaxWords } from "../ash-words.ts";
import { BUSYBOX_NAMES } from "../busybox-names.ts";
import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import { SET_AT_START, SHOPT_AT_START } from "../shell-options.ts";
import type { Naming, ShellState } from "../shell-state.ts";
import { readAll } from "../stream.ts";
import { onlyCommand, runToExit } from "../subshell.ts";
import { type ScriptNode, SyntaxFailure } from "../syntax.ts";
import { Variables } from "../variables.ts";
import { launchCommand, runInstead } from "./run.ts";
import { readShellArguments } from "./shell-arguments.ts";
import { runTyped } from "./typed-shell.ts";

/** `bash -c TEXT [NAME [ARG ...]]`, `bash FILE [ARG ...]`, `bash < FILE`, and `sh` the same. */
export function* bash(state: ShellState, args: readonly string[], name: string): Run<number> {
  becomeFresh(state);
  yield* state.loadLibrary();
  const inContainer = state.machine.image !== null;
  // busybox's shell knows no braces.
  if (inContainer && state.machine.image?.system === "busybox") state.options.delete("braceexpand");
  const dash = !inContainer && (name === "sh" || name === "dash");
  const called = name.slice(name.lastIndexOf("/") + 1);
  const read = readShellArguments(state, args, called, inContainer ? "ash" : dash ? "dash" : "bash");
  if (typeof read === "number") return read;
  const { command, input: fromInput, operands: rest } = read;
  let text: string;
  let naming: Naming;
  if (command) {
    if (rest[0] === undefined) {
      state.err(
        dash ? `${name}: 0: -c requires an argument\n` : `${name}: -c: option requires an argument\n`,
      );
      return 2;
    }
    text = rest[0];
    naming = inContainer
      ? { kind: "ash", name: rest[1] ?? name, script: false }
      : { kind: dash ? "dash" : "command", name: rest[1] ?? name };
    state.positional = rest.slice(2);
  } else if (rest[0] !== undefined && !fromInput) {
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
      state.naming = inContainer ? { kind: "ash", name, script: false, source: "typed" } : { kind: "prompt" };
      return yield* runTyped(state, input, stream?.terminal === true);
    }
    text = input === null ? "" : yield* readAll(input);
    naming = inContainer ? { kind: "ash", name, script: false, source: "input" } : { kind: "command", name };
    state.positional = rest;
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

/**
 * The lines that bash has read and run before it comes to a mistake: those up to the command that holds it, which alone
 * are no whole command.
 */
function linesBefore(state: ShellState, text: string, line: number): ScriptNode | null {
  const lines = text.split("\n");
  for (let count = Math.min(line - 1, lines.length); count > 0; count--) {
    try {
      return state.interpreter.parse(state, lines.slice(0, count).join("\n"));
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
    }
  }
  return null;
}

/** Parses and runs a text to its end, and the EXIT trap. */
function* runWholeText(state: ShellState, text: string, where: string): Run<number> {
  return yield* runToExit(state, function* () {
    const runs = !state.options.has("noexec");
    let script: ScriptNode | null = null;
    try {
      script = state.interpreter.parse(state, text);
      // All that it does is one command: that becomes this process.
      const [statement, more] = script.statements;
      if (where !== "" && statement !== undefined && more === undefined && !statement.background)
        state.inPlace = onlyCommand(statement)?.type === "SimpleCommand";
      return runs ? yield* state.interpreter.runScript(state, script) : 0;
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      const before = script === null && runs ? linesBefore(state, text, error.line) : null;
      if (before !== null) yield* state.interpreter.runScript(state, before);
      reportSyntax(state, error, text, where);
      return 2;
    }
  });
}

/** Prints a syntax error as bash does: with the line that holds it, if a word stands in the wrong place. */
export function reportSyntax(state: ShellState, error: SyntaxFailure, text: string, where: string): void {
  const naming = state.naming;
  if (naming.kind === "ash") {
    const line = naming.script ? `line ${error.line}: ` : "";
    state.err(`${naming.name}: ${line}${ashSyntaxWords(error.message)}\n`);
    return;
  }
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
    const names = appletNamesOf(state);
    state.out(
      `BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.\n\nCurrently defined functions:\n\t${names.join(", ")}\n`,
    );
    return 0;
  }
  if (applet === "--list") {
    state.out(
      appletNamesOf(state)
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

/** A container's busybox has what its real one has, a host's what there is. */
function appletNamesOf({ machine }: ShellState): readonly string[] {
  return machine.image?.system === "busybox" ? [...BUSYBOX_NAMES] : machine.commands.appletNames();
}

/** Applets that say the same as the program of that name. */
const BUSYBOX: ReadonlySet<string> = new Set(
  "awk base64 basename cat chmod cp cut date dirname du echo env expr false find fold grep gunzip gzip head hostname kill ln ls md5sum mkdir mktemp mv nl od paste pgrep pidof pkill printf ps pwd readlink rev rm rmdir sed seq sh sha256sum sleep sort stat strings tac tail tar tee timeout touch tr true uname uniq wc which xargs yes".split(
    " ",
  ),
);
