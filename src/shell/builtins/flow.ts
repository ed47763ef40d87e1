import { evaluateText } from "../arithmetic-shell.ts";
import { ashSyntaxWords } from "../ash-words.ts";
import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import { installedPath, isInstalled } from "../programs/run.ts";
import { quoteWord } from "../quote.ts";
import { FunctionReturn, LoopExit, ShellExit, type ShellState } from "../shell-state.ts";
import { signalName, signalNumber } from "../signals.ts";
import { SyntaxFailure } from "../syntax.ts";
import { watchSignals } from "../traps.ts";
import type { Builtins } from "./builtin.ts";
import { findBuiltin } from "./index.ts";
import { ulimit } from "./ulimit.ts";
import { umask } from "./umask.ts";
import { functionText } from "./variables.ts";

const yes = (): number => 0;
const no = (): number => 1;

function cd(state: ShellState, args: readonly string[]): number {
  const words = args.filter((word) => word !== "-L" && word !== "-P" && word !== "--");
  if (words.length > 1) return state.complain("cd: too many arguments");
  let target = words[0] ?? state.variables.get("HOME");
  if (target === null || target === undefined) return state.complain("cd: HOME not set");
  if (target === "-") {
    target = state.variables.get("OLDPWD");
    if (target === null) return state.complain("cd: OLDPWD not set");
    state.out(`${target}\n`);
  }
  const path = state.path(target);
  const stat = state.files.stat(path);
  if (stat === null) return state.complain(`cd: ${target}: No such file or directory`);
  if (stat.kind !== "directory") return state.complain(`cd: ${target}: Not a directory`);
  state.variables.set("OLDPWD", state.cwd);
  state.cwd = path;
  state.variables.set("PWD", path);
  return 0;
}

function pwd(state: ShellState): number {
  state.out(`${state.cwd}\n`);
  return 0;
}

function numeric(state: ShellState, name: string, word: string | undefined): number | null {
  if (word === undefined) return state.status;
  if (/^-?\d+$/.test(word)) return Number(BigInt.asUintN(8, BigInt(word)));
  state.complain(`${name}: ${word}: numeric argument required`);
  return null;
}

function exit(state: ShellState, args: readonly string[]): number {
  const status = numeric(state, "exit", args[0]);
  if (status !== null && args.length > 1) return state.complain("exit: too many arguments");
  throw new ShellExit(status ?? 2);
}

function return_(state: ShellState, args: readonly string[]): number {
  if (state.functionDepth === 0 && state.sourceDepth === 0) {
    // ash ends then.
    if (state.naming.kind === "ash") throw new ShellExit(numeric(state, "return", args[0]) ?? 2);
    return state.complain("return: can only `return' from a function or sourced script", 2);
  }
  throw new FunctionReturn(numeric(state, "return", args[0]) ?? 2);
}

function loop(kind: "break" | "continue") {
  return (state: ShellState, args: readonly string[]): number => {
    if (state.loopDepth === 0) {
      state.complain(`${kind}: only meaningful in a \`for', \`while', or \`until' loop`);
      return 0;
    }
    const levels = Number(args[0] ?? 1);
    if (!Number.isInteger(levels)) return state.complain(`${kind}: ${args[0]}: numeric argument required`);
    if (levels < 1) return state.complain(`${kind}: ${args[0]}: loop count out of range`);
    throw new LoopExit(kind, levels);
  };
}

/** Runs a text in the present shell; a syntax error is printed. */
function* runText(state: ShellState, text: string, name: string): Run<number> {
  const line = state.line;
  try {
    return yield* state.interpreter.runScript(state, state.interpreter.parse(state, text));
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    if (state.naming.kind === "ash") {
      state.err(`${state.naming.name}: ${name}: line ${line - 1}: ${ashSyntaxWords(error.message)}\n`);
      return 2;
    }
    const shell = state.naming.kind === "prompt" ? "bash" : state.naming.name;
    const place = `${shell}: ${name}: line ${line + error.line - 1}: `;
    state.err(`${place}${error.message}\n`);
    if (error.message.includes("near unexpected token"))
      state.err(`${place}\`${text.split("\n")[error.line - 1] ?? ""}'\n`);
    return 2;
  }
}

function* eval_(state: ShellState, args: readonly string[]): Run<number> {
  const text = args.join(" ");
  if (text.trim() === "") return 0;
  return yield* runText(state, text, "eval");
}

function* source(state: ShellState, args: readonly string[], name: string): Run<number> {
  const file = args[0];
  if (file === undefined) {
    state.complain(`${name}: filename argument required`);
    state.err(`${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  let text: string;
  try {
    text = state.files.read(state.path(file));
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    const which = state.naming.kind === "ash" ? `${name}: ` : "";
    return state.complain(`${which}${file}: ${error.message}`);
  }
  const { positional, naming } = state;
  if (args.length > 1) state.positional = args.slice(1);
  state.naming = { kind: "script", name: file };
  state.sourceDepth++;
  try {
    return yield* state.interpreter.runScript(state, state.interpreter.parse(state, text));
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    if (!(error instanceof SyntaxFailure)) throw error;
    state.err(`${file}: line ${error.line}: ${error.message}\n`);
    return 2;
  } finally {
    state.sourceDepth--;
    state.naming = naming;
    if (args.length > 1) state.positional = positional;
  }
}

function* exec(state: ShellState, args: readonly string[]): Run<number> {
  const words =
    args[0] === "-a" ? args.slice(2) : args.filter((word, i) => !(i === 0 && /^-[cl]+$/.test(word)));
  if (words.length === 0) return 0;
  if (!isInstalled(state, words[0]!)) {
    state.complain(`exec: ${words[0]}: not found`);
    throw new ShellExit(127);
  }
  state.traps.clear();
  watchSignals(state);
  throw new ShellExit(yield* state.interpreter.runWords(state, words, { functions: false, inPlace: true }));
}

function* command(state: ShellState, args: readonly string[]): Run<number> {
  if (args[0] === "-v" || args[0] === "-V") {
    let status = 0;
    for (const word of args.slice(1)) {
      const found = describe(state, word);
      if (found === null) status = 1;
      else state.out(`${args[0] === "-v" ? found.short : found.long}\n`);
      if (found === null && state.naming.kind === "ash") status = 127;
      if (found === null && args[0] === "-V") state.complain(`command: ${word}: not found`);
    }
    return status;
  }
  const words = args[0] === "-p" || args[0] === "--" ? args.slice(1) : args;
  if (words.length === 0) return 0;
  return yield* state.interpreter.runWords(state, words, { functions: false });
}

/** `builtin NAME ...`: never a function or a program. */
function* builtin(state: ShellState, args: readonly string[]): Run<number> {
  const words = args[0] === "--" ? args.slice(1) : args;
  const [name] = words;
  if (name === undefined) return 0;
  if (findBuiltin(name) === null) return state.complain(`builtin: ${name}: not a shell builtin`);
  return yield* state.interpreter.runWords(state, words, { functions: false });
}

/** Builtins whose mistakes end a script (POSIX 2.14). */
const SPECIAL_IN_ASH: ReadonlySet<string> = new Set(
  ". : break continue eval exec exit export readonly return set shift source times trap unset".split(" "),
);

function describe(state: ShellState, word: string): { short: string; long: string } | null {
  const text = state.aliases.get(word);
  if (text !== undefined) {
    return { short: `alias ${word}=${quoteWord(text, true)}`, long: `${word} is aliased to \`${text}'` };
  }
  if (
    /^(if|then|else|elif|fi|for|while|until|do|done|case|esac|function|select|time|\[\[|\]\]|\{|\}|!|in)$/.test(
      word,
    )
  ) {
    return { short: word, long: `${word} is a shell keyword` };
  }
  if (state.functions.has(word))
    return {
      short: word,
      long: `${word} is a function${state.naming.kind === "ash" ? "" : `\n${functionText(state, word)}`}`,
    };
  if (findBuiltin(word, state) !== null) {
    const special = state.naming.kind === "ash" && SPECIAL_IN_ASH.has(word) ? "special " : "";
    return { short: word, long: `${word} is a ${special}shell builtin` };
  }
  if (!isInstalled(state, word)) return null;
  // The shell of busybox is its applets, too.
  const path = state.naming.kind === "ash" ? word : installedPath(word);
  return { short: path, long: `${word} is ${path}` };
}

function type(state: ShellState, args: readonly string[]): number {
  let status = 0;
  const kindOnly = args[0] === "-t";
  for (const word of args.filter((one) => !/^-[tpaPf]$/.test(one))) {
    const found = describe(state, word);
    if (found === null) {
      status = state.naming.kind === "ash" ? 127 : 1;
      if (state.naming.kind === "ash") state.out(`${word}: not found\n`);
      else if (!kindOnly) state.complain(`type: ${word}: not found`);
      continue;
    }
    if (!kindOnly) state.out(`${found.long}\n`);
    else {
      const kinds: readonly (readonly [string, string])[] = [
        ["is aliased", "alias"],
        ["shell keyword", "keyword"],
        ["is a function", "function"],
        ["shell builtin", "builtin"],
      ];
      state.out(`${kinds.find(([words]) => found.long.includes(words))?.[1] ?? "file"}\n`);
    }
  }
  return status;
}

function* let_(state: ShellState, args: readonly string[]): Run<number> {
  if (args.length === 0) return state.complain("let: expression expected");
  let value = 0n;
  for (const word of args) {
    try {
      value = yield* evaluateText(state, word);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ArithmeticFailure") throw error;
      return state.complain(`let: ${word}: ${error.message}`);
    }
  }
  return value !== 0n ? 0 : 1;
}

function trap(state: ShellState, args: readonly string[]): number {
  const words = args[0] === "--" ? args.slice(1) : args;
  if (words.length === 0 || words[0] === "-p") {
    for (const [name, text] of state.traps) {
      state.out(`trap -- ${quoteWord(text, true)} ${signalNumber(name) === null ? name : `SIG${name}`}\n`);
    }
    return 0;
  }
  // `trap NAME` alone, and `trap - NAME`, take the trap away.
  const reset = words[0] === "-" || (words.length === 1 && trapName(words[0]!) !== null);
  let status = 0;
  for (const word of words.length === 1 ? words : words.slice(1)) {
    const name = trapName(word);
    if (name === null) status = state.complain(`trap: ${word}: invalid signal specification`);
    else if (reset) state.traps.delete(name);
    else state.traps.set(name, words[0]!);
  }
  watchSignals(state);
  return status;
}

function trapName(word: string): string | null {
  const plain = word.toUpperCase().replace(/^SIG/, "");
  if (plain === "EXIT" || plain === "0") return "EXIT";
  if (plain === "ERR" || plain === "DEBUG" || plain === "RETURN") return plain;
  const number = signalNumber(word);
  return number === null ? null : signalName(number);
}

export const flowBuiltins: Builtins = {
  ":": yes,
  true: yes,
  false: no,
  cd,
  pwd,
  exit,
  logout: exit,
  return: return_,
  break: loop("break"),
  continue: loop("continue"),
  eval: eval_,
  source,
  ".": source,
  exec,
  command,
  builtin,
  type,
  let: let_,
  trap,
  ulimit,
  umask,
  hash: yes,
  // Nothing takes a processor's time.
  times: (state) => {
    state.out("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n");
    return 0;
  },
};
