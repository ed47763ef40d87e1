import { type ArithmeticShell, evaluateArithmetic } from "./arithmetic.ts";
import { expandQuoted } from "./expand.ts";
import { readParameter } from "./parameter.ts";
import type { Run } from "./process-table.ts";
import { LineAbandoned, type ShellState } from "./shell-state.ts";
import { parseArithmetic, parseBash } from "./syntax.ts";

/** A shell as the arithmetic sees it. */
export function arithmeticShell(state: ShellState): ArithmeticShell {
  return {
    readVariable: (name, subscript) => {
      if (subscript === null) return readParameter(state, name);
      const variable = state.variables.find(name);
      if (variable?.associative) return variable.associative.get(subscript) ?? null;
      if (variable?.indexed) return variable.indexed.get(Number(subscript)) ?? null;
      return subscript === "0" ? state.variables.get(name) : null;
    },
    writeVariable: (name, subscript, value) => assign(state, name, subscript, value),
    isAssociative: (name) => state.variables.find(name)?.associative != null,
    parseExpression: (text) => parseArithmetic(state.library, text).expression,
    substitute: function* (command) {
      const text = yield* state.interpreter.capture(state, state.interpreter.parse(state, command));
      return text.replace(/\n+$/, "");
    },
    expandBraces: function* (content) {
      const script = parseBash(state.library, `: "\${${content}}"`);
      const node = script.statements[0]?.pipelines[0]?.commands[0];
      if (node?.type !== "SimpleCommand" || node.args[0] === undefined) return "";
      return yield* expandQuoted(state, node.args[0]);
    },
  };
}

/** Computes an expression given as text, as in a subscript. */
export function* evaluateText(state: ShellState, text: string): Run<bigint> {
  if (/^-?\d{1,15}$/.test(text) && !/^-?0\d/.test(text)) return BigInt(text);
  const shell = arithmeticShell(state);
  return yield* evaluateArithmetic(shell, shell.parseExpression(text));
}

/** Gives a variable, or an element of an array, a value; refuses where bash refuses. */
export function assign(state: ShellState, name: string, subscript: string | null, value: string): void {
  const variable = state.variables.demand(name);
  if (variable.readOnly) {
    throw new LineAbandoned(state.complain(`${name}: readonly variable`));
  }
  if (subscript === null) {
    state.variables.set(name, value);
    if (state.options.has("allexport")) variable.exported = true;
    return;
  }
  if (variable.associative !== null) {
    variable.associative.set(subscript, value);
    return;
  }
  if (variable.indexed === null) {
    variable.indexed = new Map(variable.value === null ? [] : [[0, variable.value]]);
    variable.value = null;
  }
  let index = Number(subscript);
  if (index < 0) index += Math.max(-1, ...variable.indexed.keys()) + 1;
  variable.indexed.set(index, value);
}
