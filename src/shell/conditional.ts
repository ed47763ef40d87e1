import { extendedRegExp } from "../operations/extended-regexp.ts";
import { evaluateText } from "./arithmetic-shell.ts";
import { expandPattern, expandPieces, expandWord } from "./expand.ts";
import { matchesPattern } from "./pattern.ts";
import type { Run } from "./process-table.ts";
import type { ShellState } from "./shell-state.ts";
import type { ConditionalNode, WordNode } from "./syntax.ts";

/** `[[ ... ]]`: 0 where it holds, else 1; 2 for a regular expression that is none, of which bash says nothing. */
export function* evaluateConditional(state: ShellState, node: ConditionalNode): Run<number> {
  switch (node.type) {
    case "CondGroup":
      return yield* evaluateConditional(state, node.expression);
    case "CondNot":
      return statusOf((yield* evaluateConditional(state, node.operand)) !== 0);
    case "CondAnd": {
      const left = yield* evaluateConditional(state, node.left);
      return left === 0 ? yield* evaluateConditional(state, node.right) : left;
    }
    case "CondOr": {
      const left = yield* evaluateConditional(state, node.left);
      return left === 0 ? left : yield* evaluateConditional(state, node.right);
    }
    case "CondWord":
      return statusOf((yield* expandWord(state, node.word)) !== "");
    case "CondUnary":
      return statusOf(testUnary(state, node.operator, yield* expandWord(state, node.operand)));
    case "CondBinary": {
      const left = yield* expandWord(state, node.left);
      if (node.operator === "=~") return yield* matchRegex(state, left, node.right);
      if (node.operator === "==" || node.operator === "=" || node.operator === "!=") {
        const matches = matchesPattern(left, yield* expandPattern(state, node.right));
        return statusOf(matches === (node.operator !== "!="));
      }
      const right = yield* expandWord(state, node.right);
      if (!/^-(eq|ne|lt|le|gt|ge)$/.test(node.operator))
        return statusOf(testBinary(state, left, node.operator, right) ?? false);
      const [a, b] = [yield* evaluateText(state, left), yield* evaluateText(state, right)];
      return statusOf(compareNumbers(node.operator, a, b));
    }
  }
}

function statusOf(holds: boolean): number {
  return holds ? 0 : 1;
}

function* matchRegex(state: ShellState, text: string, word: WordNode): Run<number> {
  let source = "";
  for (const piece of yield* expandPieces(state, word.parts, false)) {
    source += piece.solid && !piece.active ? piece.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") : piece.text;
  }
  const expression = extendedRegExp(source);
  if (typeof expression === "string") return 2;
  const match = expression.exec(text);
  state.variables.unset("BASH_REMATCH");
  state.variables.setArray("BASH_REMATCH", match === null ? [] : match.map((one) => one ?? ""));
  return statusOf(match !== null);
}

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

/** The character devices that a redirection knows. */
const DEVICE = /^\/dev\/(null|zero|stdin|stdout|stderr)$/;

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
  if (DEVICE.test(path)) return "aecrwGNO".includes(operator[1]!);
  const stat = operand === "" ? null : state.files.stat(path, operator !== "-L" && operator !== "-h");
  if (stat === null) return false;
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
