import { assign, evaluateText } from "../arithmetic-shell.ts";
import { subscriptKey } from "../parameter.ts";
import type { Run } from "../process-table.ts";
import { quoteForDeclare, quoteWord } from "../quote.ts";
import type { ShellState } from "../shell-state.ts";
import type { Variable } from "../variables.ts";
import type { Builtins } from "./builtin.ts";

function letters(variable: Variable): string {
  let text = "";
  if (variable.indexed !== null) text += "a";
  if (variable.associative !== null) text += "A";
  if (variable.integer) text += "i";
  if (variable.readOnly) text += "r";
  if (variable.exported) text += "x";
  return text === "" ? "-" : text;
}

function declaration(name: string, variable: Variable): string {
  const head = `declare -${letters(variable)} ${name}`;
  if (variable.indexed !== null) {
    const items = [...variable.indexed].sort((a, b) => a[0] - b[0]);
    return `${head}=(${items.map(([key, value]) => `[${key}]=${quoteForDeclare(value)}`).join(" ")})\n`;
  }
  if (variable.associative !== null) {
    const items = [...variable.associative].map(([key, value]) => `[${key}]=${quoteForDeclare(value)} `);
    return `${head}=(${items.join("")})\n`;
  }
  return variable.value === null ? `${head}\n` : `${head}=${quoteForDeclare(variable.value)}\n`;
}

function* setOne(
  state: ShellState,
  name: string,
  key: string | null,
  value: string,
  append: boolean,
): Run<void> {
  if (state.variables.find(name)?.integer) value = `${yield* evaluateText(state, value)}`;
  const index = key === null ? null : yield* subscriptKey(state, name, key);
  const before =
    index === null
      ? state.variables.get(name)
      : state.variables.elements(name).find(([k]) => k === index)?.[1];
  assign(state, name, index, append ? (before ?? "") + value : value);
}

function* declare(state: ShellState, args: readonly string[], name: string): Run<number> {
  if (name === "local" && !state.variables.insideFunction) {
    return state.complain("local: can only be used in a function");
  }
  const on = new Set<string>();
  const off = new Set<string>();
  let i = 0;
  for (; /^[-+][a-zA-Z]+$/.test(args[i] ?? ""); i++) {
    for (const letter of args[i]!.slice(1)) (args[i]!.startsWith("-") ? on : off).add(letter);
  }
  if (args[i] === "--") i++;
  if (name === "export") on.add("x");
  if (name === "readonly") on.add("r");
  const words = args.slice(i);
  if (on.has("f") || on.has("F")) return declareFunctions(state, words, on.has("F"));
  if (on.has("p") || words.length === 0) return print(state, name, words, on);
  if (name === "export" && on.has("n")) off.add("x");
  let status = 0;
  for (const word of words) {
    const match = /^([A-Za-z_]\w*)(?:\[([\s\S]*?)\])?(?:(\+?)=([\s\S]*))?$/.exec(word);
    if (match === null) {
      status = state.complain(`${name}: \`${word}': not a valid identifier`);
      continue;
    }
    const local =
      state.variables.insideFunction &&
      !on.has("g") &&
      (name === "local" || name === "declare" || name === "typeset");
    const variable = local ? state.variables.declareLocal(match[1]!) : state.variables.demand(match[1]!);
    if (on.has("A")) variable.associative ??= new Map();
    if (on.has("a") && variable.indexed === null) {
      variable.indexed = new Map(variable.value === null ? [] : [[0, variable.value]]);
      variable.value = null;
    }
    if (on.has("i")) variable.integer = true;
    if (match[4] !== undefined) yield* setOne(state, match[1]!, match[2] ?? null, match[4], match[3] === "+");
    if (on.has("x") && !off.has("x")) variable.exported = true;
    if (off.has("x")) variable.exported = false;
    if (on.has("r")) variable.readOnly = true;
  }
  return status;
}

function declareFunctions(state: ShellState, words: readonly string[], namesOnly: boolean): number {
  let status = 0;
  for (const name of words.length === 0 ? [...state.functions.keys()].sort() : words) {
    const node = state.functions.get(name);
    if (node === undefined) {
      status = 1;
      continue;
    }
    state.out(
      namesOnly ? `${words.length === 0 ? "declare -f " : ""}${name}\n` : `${functionText(state, name)}\n`,
    );
  }
  return status;
}

/** A function as it can be read again. */
export function functionText(state: ShellState, name: string): string {
  const node = state.functions.get(name)!;
  return state.library.serialize({
    type: "Script",
    statements: [
      {
        type: "Statement",
        pipelines: [{ type: "Pipeline", commands: [node], negated: false }],
        operators: [],
        background: false,
      },
    ],
  });
}

function print(state: ShellState, name: string, words: readonly string[], on: ReadonlySet<string>): number {
  let status = 0;
  const names = words.length > 0 ? words : state.variables.names();
  for (const one of names) {
    const variable = state.variables.find(one);
    if (variable === null) {
      status = state.complain(`${name}: ${one}: not found`);
      continue;
    }
    if (words.length === 0 && on.has("x") && !variable.exported) continue;
    if (words.length === 0 && on.has("r") && !variable.readOnly) continue;
    state.out(declaration(one, variable));
  }
  return status;
}

function* unset(state: ShellState, args: readonly string[]): Run<number> {
  let status = 0;
  const functions = args[0] === "-f";
  const words = args[0] === "-f" || args[0] === "-v" ? args.slice(1) : args;
  for (const word of words) {
    const match = /^(\w+)\[([\s\S]*)\]$/.exec(word);
    const name = match?.[1] ?? word;
    if (functions) {
      state.functions.delete(name);
      continue;
    }
    const variable = state.variables.find(name);
    if (variable?.readOnly) {
      status = state.complain(`unset: ${name}: cannot unset: readonly variable`);
      continue;
    }
    if (match !== null) {
      const key = yield* subscriptKey(state, name, match[2]!);
      variable?.associative?.delete(key);
      variable?.indexed?.delete(Number(key));
    } else if (variable === null) state.functions.delete(name);
    else state.variables.unset(name);
  }
  return status;
}

function shift(state: ShellState, args: readonly string[]): number {
  const count = Number(args[0] ?? 1);
  if (!Number.isInteger(count) || count < 0)
    return state.complain(`shift: ${args[0]}: numeric argument required`);
  if (count > state.positional.length) return 1;
  state.positional = state.positional.slice(count);
  return 0;
}

/** What stands in front of an alias that is listed. */
function aliasWord({ naming }: ShellState): string {
  return naming.kind === "ash" ? "" : "alias ";
}

function alias(state: ShellState, args: readonly string[]): number {
  let status = 0;
  if (args.length === 0) {
    for (const [name, text] of [...state.aliases].sort())
      state.out(`${aliasWord(state)}${name}=${quoteWord(text, true)}\n`);
  }
  for (const word of args) {
    const at = word.indexOf("=");
    if (at > 0) state.aliases.set(word.slice(0, at), word.slice(at + 1));
    else if (state.aliases.has(word))
      state.out(`${aliasWord(state)}${word}=${quoteWord(state.aliases.get(word)!, true)}\n`);
    else if (state.naming.kind === "ash") {
      state.err(`alias: ${word} not found\n`);
      status = 1;
    } else status = state.complain(`alias: ${word}: not found`);
  }
  return status;
}

function unalias(state: ShellState, args: readonly string[]): number {
  if (args[0] === "-a") {
    state.aliases.clear();
    return 0;
  }
  let status = 0;
  for (const word of args)
    if (!state.aliases.delete(word)) status = state.complain(`unalias: ${word}: not found`);
  return status;
}

export const variableBuiltins: Builtins = {
  declare,
  typeset: declare,
  local: declare,
  export: declare,
  readonly: declare,
  unset,
  shift,
  alias,
  unalias,
};
