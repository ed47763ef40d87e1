import { SECOND } from "../sim/time.ts";
import { evaluateArithmetic } from "./arithmetic.ts";
import { arithmeticShell, assign, evaluateText } from "./arithmetic-shell.ts";
import {
  expandPattern,
  expandPieces,
  expandQuoted,
  expandWord,
  FIELD_BREAK,
  isBreak,
  type Piece,
  STAR_BREAK,
} from "./expand.ts";
import { patternSource } from "./pattern.ts";
import type { Run } from "./process-table.ts";
import { quoteWord } from "./quote.ts";
import { lettersOf } from "./shell-options.ts";
import { LineAbandoned, ShellExit, type ShellState } from "./shell-state.ts";
import type { ParameterExpansion, ParameterOperation, WordNode } from "./syntax.ts";

/** What a parameter stands for: one text, or the list of `$@`, `$*` and arrays. */
type Value =
  | { readonly list: false; readonly text: string | null }
  | { readonly list: true; readonly texts: readonly string[]; readonly star: boolean };

const scalar = (text: string | null): Value => ({ list: false, text });

/** The value of a plain variable or a special parameter; null when unset. */
export function readParameter(state: ShellState, name: string): string | null {
  switch (name) {
    case "?":
      return `${state.status}`;
    case "$":
      return `${state.shellPid}`;
    case "!":
      return state.lastBackground === null ? null : `${state.lastBackground}`;
    case "#":
      return `${state.positional.length}`;
    case "-":
      if (state.naming.kind === "prompt")
        return `${lettersOf(new Set([...state.options, "histexpand", "interactive", "monitor"]))}s`;
      return lettersOf(state.options) + (state.naming.kind === "command" ? "c" : "");
    case "_":
      return state.lastArgument;
    case "0":
      return state.naming.kind === "prompt" ? "bash" : state.naming.name;
    case "@":
    case "*":
      return state.positional.join(" ");
    case "LINENO":
      return `${state.line}`;
    case "RANDOM":
      return `${state.machine.prng.below(32_768)}`;
    case "SECONDS":
      return `${Math.floor((state.now - state.startedAt) / SECOND)}`;
    case "EPOCHSECONDS":
      return `${state.machine.clock().seconds}`;
    case "EPOCHREALTIME": {
      const { seconds, nanos } = state.machine.clock();
      return `${seconds}.${`${Math.floor(nanos / 1000)}`.padStart(6, "0")}`;
    }
    case "BASHPID":
      return `${state.process?.pid ?? state.shellPid}`;
    case "PPID":
      // Whoever started the first process of a container is outside.
      return `${state.machine.image === null ? 1 : (state.process?.parent ?? 0)}`;
    case "HOSTNAME":
      return state.variables.get(name) ?? state.machine.hostname;
  }
  if (/^\d+$/.test(name)) return state.positional[Number(name) - 1] ?? null;
  return state.variables.get(name);
}

function splitSubscript(parameter: string): { name: string; subscript: string | null } {
  const match = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(parameter);
  return match === null ? { name: parameter, subscript: null } : { name: match[1]!, subscript: match[2]! };
}

function* lookUp(state: ShellState, parameter: string): Run<Value> {
  if (parameter === "@" || parameter === "*") {
    return { list: true, texts: state.positional, star: parameter === "*" };
  }
  const { name, subscript } = splitSubscript(parameter);
  if (subscript === null) {
    if (name === "PIPESTATUS") return scalar(`${state.pipeStatus[0]}`);
    if (name === "FUNCNAME") return scalar(state.functionNames[0] ?? null);
    return scalar(readParameter(state, name));
  }
  const elements = elementsOf(state, name);
  if (subscript === "@" || subscript === "*") {
    return { list: true, texts: elements.map(([, value]) => value), star: subscript === "*" };
  }
  const key = yield* subscriptKey(state, name, subscript);
  return scalar(elements.find(([index]) => index === key)?.[1] ?? null);
}

function elementsOf(state: ShellState, name: string): readonly (readonly [string, string])[] {
  if (name === "PIPESTATUS") return state.pipeStatus.map((status, index) => [`${index}`, `${status}`]);
  if (name === "FUNCNAME") return state.functionNames.map((one, index) => [`${index}`, one]);
  return state.variables.elements(name);
}

/** The key that a subscript's text means: itself in an associative array, else a number. */
export function* subscriptKey(state: ShellState, name: string, subscript: string): Run<string> {
  const word = yield* expandText(state, subscript);
  const variable = state.variables.find(name);
  if (variable?.associative != null) return word;
  let index = Number(yield* evaluateText(state, word));
  if (index < 0 && variable?.indexed != null) index += Math.max(-1, ...variable.indexed.keys()) + 1;
  return `${index}`;
}

/** Expands a text that the parser left as it was typed, such as a subscript. */
function* expandText(state: ShellState, text: string): Run<string> {
  if (!/[$`"'\\]/.test(text)) return text;
  const word = /["']/.test(text) ? text : text.replace(/ /g, "\\ ");
  const script = state.interpreter.parse(state, `: ${word}`);
  const node = script.statements[0]?.pipelines[0]?.commands[0];
  if (node?.type !== "SimpleCommand" || node.args[0] === undefined) return text;
  return yield* expandWord(state, node.args[0]);
}

/** `$x` and all the `${x...}`, as pieces of the word around it. */
export function* expandParameter(
  state: ShellState,
  part: ParameterExpansion,
  inQuotes: boolean,
): Run<Piece[]> {
  const operation = part.operation;
  const piece = (text: string): Piece => ({ text, active: !inQuotes, split: !inQuotes, solid: inQuotes });
  const ofWord = function* (word: WordNode): Run<Piece[]> {
    const pieces = yield* expandPieces(state, word.parts, inQuotes);
    return pieces.length === 0 && inQuotes
      ? [piece("")]
      : pieces.map((one) => (inQuotes || one.solid || isBreak(one) ? one : { ...one, split: true }));
  };
  if (operation?.type === "BadSubstitution") return abandon(state, `${operation.text}: bad substitution`);
  if (operation?.type === "VarNamePrefix") {
    const names = state.variables.names().filter((name) => name.startsWith(operation.prefix));
    return render(state, { list: true, texts: names, star: operation.star }, inQuotes);
  }
  if (operation?.type === "ArrayKeys") {
    const keys = elementsOf(state, operation.array).map(([key]) => key);
    return render(state, { list: true, texts: keys, star: operation.star }, inQuotes);
  }
  if (operation?.type === "Indirection") {
    const target = (yield* lookUp(state, part.parameter)) as Value & { text?: string | null };
    const name = target.list ? "" : (target.text ?? "");
    if (name === "") return abandon(state, `${part.parameter}: invalid indirect expansion`);
    return yield* expandParameter(
      state,
      { type: "ParameterExpansion", parameter: name, operation: operation.innerOp ?? null },
      inQuotes,
    );
  }
  const value = yield* lookUp(state, part.parameter);
  const empty = value.list ? value.texts.length === 0 : value.text === null || value.text === "";
  const unset = value.list ? value.texts.length === 0 : value.text === null;
  switch (operation?.type) {
    case "DefaultValue":
      if (operation.checkEmpty ? empty : unset) return yield* ofWord(operation.word);
      return render(state, value, inQuotes);
    case "UseAlternative":
      if (operation.checkEmpty ? empty : unset) return inQuotes ? [piece("")] : [];
      return yield* ofWord(operation.word);
    case "AssignDefault":
      if (operation.checkEmpty ? empty : unset) {
        const text = yield* expandWord(state, operation.word);
        const { name, subscript } = splitSubscript(part.parameter);
        assign(state, name, subscript === null ? null : yield* subscriptKey(state, name, subscript), text);
        return [piece(text)];
      }
      return render(state, value, inQuotes);
    case "ErrorIfUnset":
      if (operation.checkEmpty ? empty : unset) {
        const words = operation.word === null ? "" : yield* expandWord(state, operation.word);
        const usual = operation.checkEmpty ? "parameter null or not set" : "parameter not set";
        state.complain(`${part.parameter}: ${words === "" ? usual : words}`);
        throw new ShellExit(state.naming.kind === "ash" ? 2 : 127);
      }
      return render(state, value, inQuotes);
  }
  if (unset && !value.list && state.options.has("nounset")) {
    state.complain(`${part.parameter}: unbound variable`);
    throw new ShellExit(state.naming.kind === "ash" ? 2 : 127);
  }
  if (operation === null || operation === undefined) return render(state, value, inQuotes);
  return yield* modify(state, part.parameter, value, operation, inQuotes);
}

function* modify(
  state: ShellState,
  parameter: string,
  value: Value,
  operation: ParameterOperation,
  inQuotes: boolean,
): Run<Piece[]> {
  if (operation.type === "Length") {
    const { name } = splitSubscript(parameter);
    const length = value.list ? value.texts.length : [...(value.text ?? "")].length;
    return render(state, scalar(`${name === "" ? state.positional.length : length}`), inQuotes);
  }
  if (operation.type === "Substring") {
    const shell = arithmeticShell(state);
    const offset = Number(yield* evaluateArithmetic(shell, operation.offset.expression));
    const length =
      operation.length === null
        ? null
        : Number(yield* evaluateArithmetic(shell, operation.length.expression));
    if (value.list) {
      // ${@:0} counts the name of the shell as element 0.
      const positional = parameter === "@" || parameter === "*";
      const texts = positional ? [readParameter(state, "0") ?? "", ...value.texts] : value.texts;
      return render(state, { ...value, texts: slice(texts, offset, length) }, inQuotes);
    }
    return render(state, scalar(slice([...(value.text ?? "")], offset, length).join("")), inQuotes);
  }
  let change: (text: string) => string;
  if (operation.type === "PatternRemoval") {
    const source = patternSource(yield* expandPattern(state, operation.pattern), {
      path: false,
      extended: true,
    });
    change = (text) => removePattern(text, source, operation.side, operation.greedy);
  } else if (operation.type === "PatternReplacement") {
    const source = patternSource(yield* expandPattern(state, operation.pattern), {
      path: false,
      extended: true,
    });
    const replacement =
      operation.replacement === null ? "" : yield* expandQuotedOrPlain(state, operation.replacement);
    const anchored =
      operation.anchor === "start"
        ? `^(?:${source})`
        : operation.anchor === "end"
          ? `(?:${source})$`
          : source;
    const matcher = new RegExp(anchored, operation.all ? "gu" : "u");
    change = (text) => (source === "" ? text : text.replace(matcher, () => replacement));
  } else if (operation.type === "CaseModification") {
    const upper = operation.direction === "upper";
    const turn = (text: string): string => (upper ? text.toUpperCase() : text.toLowerCase());
    change = (text) => (operation.all ? turn(text) : turn(text.slice(0, 1)) + text.slice(1));
  } else if (operation.type === "Transform" && operation.operator === "Q") {
    change = (text) => quoteWord(text, true);
  } else if (operation.type === "Transform" && "uUL".includes(operation.operator)) {
    const operator = operation.operator;
    change = (text) =>
      operator === "U"
        ? text.toUpperCase()
        : operator === "L"
          ? text.toLowerCase()
          : text.slice(0, 1).toUpperCase() + text.slice(1);
  } else {
    return abandon(state, `\${${parameter}@...}: this operator is not simulated`);
  }
  if (value.list) return render(state, { ...value, texts: value.texts.map(change) }, inQuotes);
  return render(state, scalar(value.text === null ? null : change(value.text)), inQuotes);
}

function* expandQuotedOrPlain(state: ShellState, word: WordNode): Run<string> {
  return word.parts.some((part) => part.type === "DoubleQuoted" || part.type === "SingleQuoted")
    ? yield* expandWord(state, word)
    : yield* expandQuoted(state, word);
}

function slice<T>(items: readonly T[], offset: number, length: number | null): T[] {
  const start = offset < 0 ? items.length + offset : offset;
  if (start < 0) return [];
  const end = length === null ? items.length : length < 0 ? items.length + length : start + length;
  return items.slice(start, end);
}

function removePattern(text: string, source: string, side: "prefix" | "suffix", greedy: boolean): string {
  const characters = [...text];
  const matcher = new RegExp(`^(?:${source})$`, "u");
  const lengths = characters.map((_, i) => i).concat(characters.length);
  if (greedy) lengths.reverse();
  for (const length of lengths) {
    const cut = side === "prefix" ? length : characters.length - length;
    const tried = side === "prefix" ? characters.slice(0, cut) : characters.slice(cut);
    if (!matcher.test(tried.join(""))) continue;
    return (side === "prefix" ? characters.slice(cut) : characters.slice(0, cut)).join("");
  }
  return text;
}

function render(state: ShellState, value: Value, inQuotes: boolean): Piece[] {
  const piece = (text: string): Piece => ({ text, active: !inQuotes, split: !inQuotes, solid: inQuotes });
  if (!value.list) return value.text === null && !inQuotes ? [] : [piece(value.text ?? "")];
  if (inQuotes && value.star) {
    const ifs = state.variables.get("IFS");
    return [piece(value.texts.join(ifs === null ? " " : ifs.slice(0, 1)))];
  }
  const between = value.star ? STAR_BREAK : FIELD_BREAK;
  return value.texts.flatMap((text, i) => (i === 0 ? [piece(text)] : [between, piece(text)]));
}

function abandon(state: ShellState, message: string): never {
  state.complain(message);
  throw new LineAbandoned(state.naming.kind === "ash" ? 2 : 1);
}
