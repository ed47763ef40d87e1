import { own } from "../base/own.ts";
import { evaluateText } from "./arithmetic-shell.ts";
import { expandPattern, expandPieces, expandWord } from "./expand.ts";
import { matchesPattern } from "./pattern.ts";
import type { Run } from "./process-table.ts";
import type { ShellState } from "./shell-state.ts";
import type { ConditionalNode, WordNode } from "./syntax.ts";

/** `[[ ... ]]`: whether it holds. */
export function* evaluateConditional(state: ShellState, node: ConditionalNode): Run<boolean> {
  switch (node.type) {
    case "CondGroup":
      return yield* evaluateConditional(state, node.expression);
    case "CondNot":
      return !(yield* evaluateConditional(state, node.operand));
    case "CondAnd":
      return (
        (yield* evaluateConditional(state, node.left)) && (yield* evaluateConditional(state, node.right))
      );
    case "CondOr":
      return (
        (yield* evaluateConditional(state, node.left)) || (yield* evaluateConditional(state, node.right))
      );
    case "CondWord":
      return (yield* expandWord(state, node.word)) !== "";
    case "CondUnary":
      return testUnary(state, node.operator, yield* expandWord(state, node.operand));
    case "CondBinary": {
      const left = yield* expandWord(state, node.left);
      if (node.operator === "=~") return yield* matchRegex(state, left, node.right);
      if (node.operator === "==" || node.operator === "=" || node.operator === "!=") {
        const matches = matchesPattern(left, yield* expandPattern(state, node.right));
        return node.operator === "!=" ? !matches : matches;
      }
      const right = yield* expandWord(state, node.right);
      if (/^-(eq|ne|lt|le|gt|ge)$/.test(node.operator)) {
        return compareNumbers(
          node.operator,
          yield* evaluateText(state, left),
          yield* evaluateText(state, right),
        );
      }
      return testBinary(state, left, node.operator, right) ?? false;
    }
  }
}

function* matchRegex(state: ShellState, text: string, word: WordNode): Run<boolean> {
  let source = "";
  for (const piece of yield* expandPieces(state, word.parts, false)) {
    source += piece.solid && !piece.active ? piece.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") : piece.text;
  }
  const expression = source
    .replace(/\[\[:(\w+):\]/g, (_, name: string) => `[${own(POSIX, name) ?? ""}`)
    .replace(/\[:(\w+):\]/g, (_, name: string) => own(POSIX, name) ?? "");
  const match = new RegExp(expression).exec(text);
  state.variables.unset("BASH_REMATCH");
  state.variables.setArray("BASH_REMATCH", match === null ? [] : match.map((one) => one ?? ""));
  return match !== null;
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  xdigit: "0-9a-fA-F",
};

export function compareNumbers(operator: string, left: bigint, right: bigint): boolean {
  switch (operator) {
    case "-eq":
      return left === right;
    case "-ne":
      return left !== right;
    case "-lt":
      return left < right;
    case "-le":
      return left <= right;
    case "-gt":
      return left > right;
    default:
      return left >= right;
  }
}

/** The one-word tests of files, variables and texts. */
export function testUnary(state: ShellState, operator: string, operand: string): boolean {
  if (operator === "-z") return operand === "";
  if (operator === "-n") return operand !== "";
  if (operator === "-v") {
    const element = /^(\w+)\[(.*)\]$/.exec(operand);
    if (element === null) return state.variables.find(operand) !== null;
    return state.variables.elements(element[1]!).some(([key]) => key === element[2]);
  }
  if (operator === "-o") return state.options.has(operand);
  if (operator === "-t") return false;
  const path = state.path(operand);
  const stat = operand === "" ? null : state.files.stat(path, operator !== "-L" && operator !== "-h");
  if (stat === null)
    return (
      operand.startsWith("/dev/") &&
      /^\/dev\/(null|stdin|stdout|stderr)$/.test(operand) &&
      "ecrw".includes(operator[1]!)
    );
  switch (operator) {
    case "-f":
      return stat.kind === "file";
    case "-d":
      return stat.kind === "directory";
    case "-L":
    case "-h":
      return stat.kind === "symlink";
    case "-s":
      return stat.size > 0;
    case "-x":
      return stat.kind === "directory" || (stat.mode & 0o111) !== 0;
    case "-b":
    case "-c":
    case "-g":
    case "-k":
    case "-p":
    case "-S":
    case "-u":
      return false;
    default:
      return true; // -a -e -r -w -O -G -N: it is there, and we are root
  }
}

/** The two-word tests without patterns; null for an operator that there is not. */
export function testBinary(state: ShellState, left: string, operator: string, right: string): boolean | null {
  const changed = (path: string): number => state.files.stat(state.path(path))?.changed ?? -1;
  switch (operator) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "-nt":
      return changed(left) > changed(right);
    case "-ot":
      return changed(left) < changed(right);
    case "-ef":
      return state.path(left) === state.path(right);
    default:
      return null;
  }
}
