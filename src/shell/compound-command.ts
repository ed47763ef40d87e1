import { evaluateArithmetic } from "./arithmetic.ts";
import { arithmeticShell } from "./arithmetic-shell.ts";
import { evaluateConditional } from "./conditional.ts";
import { runStatements } from "./execute.ts";
import { expandPattern, expandWord, expandWords } from "./expand.ts";
import { matchesPattern } from "./pattern.ts";
import { exitOf, type Run } from "./process-table.ts";
import { reportKilled } from "./report-killed.ts";
import { LineAbandoned, LoopExit, type ShellState } from "./shell-state.ts";
import { commandText, startSubshell } from "./subshell.ts";
import type { ArithmeticNode, CommandNode, Compound, StatementNode } from "./syntax.ts";

/** A command of other commands (`if`, `for`, parentheses), or one with a grammar of its own (`((`, `[[`). */
type CompoundNode = Exclude<CommandNode, { type: "SimpleCommand" | "FunctionDef" }>;

/** Runs a compound command, its redirections being in force. */
export function* runCompound(state: ShellState, command: CompoundNode): Run<number> {
  switch (command.type) {
    case "Group":
      return yield* runStatements(state, command.body);
    case "Subshell": {
      const child = state.fork();
      const entry = startSubshell(
        state,
        child,
        commandText(state, { ...command, redirections: [] }),
        () => runStatements(child, command.body),
        null,
      );
      const status = yield* exitOf(entry.process);
      reportKilled(state, entry, true);
      return status;
    }
    case "If":
      for (const clause of command.clauses) {
        if (yield* holds(state, clause.condition)) return yield* runStatements(state, clause.body);
      }
      return command.elseBody === null ? 0 : yield* runStatements(state, command.elseBody);
    case "While":
    case "Until":
      return yield* runWhile(state, command);
    case "For":
      return yield* runFor(state, command);
    case "CStyleFor":
      return yield* runCStyleFor(state, command);
    case "Case":
      return yield* runCase(state, command);
    case "ArithmeticCommand":
      try {
        return (yield* arithmetic(state, command.expression, "((")) ? 0 : 1;
      } catch (error) {
        if (error instanceof LineAbandoned) return error.status;
        throw error;
      }
    case "ConditionalCommand":
      return yield* evaluateConditional(state, command.expression);
  }
}

/** Runs a condition; its failure never ends the shell. */
function* holds(state: ShellState, condition: readonly StatementNode[]): Run<boolean> {
  state.conditionDepth++;
  try {
    return (yield* runStatements(state, condition)) === 0;
  } finally {
    state.conditionDepth--;
  }
}

/** Runs a loop's body once; true if the loop is to end. */
function* runBody(state: ShellState, body: readonly StatementNode[]): Run<boolean> {
  state.loopDepth++;
  try {
    yield* runStatements(state, body);
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error;
    state.status = 0;
    if (error.levels > 1 && state.loopDepth > 1) {
      error.levels--;
      throw error;
    }
    return error.kind === "break";
  } finally {
    state.loopDepth--;
  }
  return false;
}

function* runWhile(state: ShellState, command: Compound<"While"> | Compound<"Until">): Run<number> {
  let status = 0;
  for (;;) {
    const held = yield* holds(state, command.condition);
    if (held !== (command.type === "While")) break;
    const ended = yield* runBody(state, command.body);
    status = state.status;
    if (ended) break;
  }
  return status;
}

function* runFor(state: ShellState, command: Compound<"For">): Run<number> {
  const words = command.words === null ? state.positional : yield* expandWords(state, command.words);
  state.status = 0;
  for (const word of words) {
    state.variables.set(command.variable, word);
    if (yield* runBody(state, command.body)) break;
  }
  return state.status;
}

function* runCStyleFor(state: ShellState, command: Compound<"CStyleFor">): Run<number> {
  const { init, condition, update } = command;
  if (init !== null && (yield* arithmetic(state, init, "((")) === null) return 1;
  state.status = 0;
  for (;;) {
    const held = condition === null ? 1n : yield* arithmetic(state, condition, "((");
    if (held === null) return 1;
    if (held === 0n || (yield* runBody(state, command.body))) break;
    if (update !== null && (yield* arithmetic(state, update, "((")) === null) return 1;
  }
  return state.status;
}

/** Computes an expression; null for an error, which is printed. */
function* arithmetic(state: ShellState, node: ArithmeticNode, name: string): Run<bigint | null> {
  try {
    return yield* evaluateArithmetic(arithmeticShell(state), node.expression);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ArithmeticFailure") throw error;
    state.complain(`${name}: ${node.originalText ?? ""}: ${error.message}`);
    return null;
  }
}

function* runCase(state: ShellState, command: Compound<"Case">): Run<number> {
  const subject = yield* expandWord(state, command.word);
  let fallThrough = false;
  state.status = 0;
  for (const item of command.items) {
    let matches = fallThrough;
    for (const pattern of matches ? [] : item.patterns) {
      if (!matchesPattern(subject, yield* expandPattern(state, pattern))) continue;
      matches = true;
      break;
    }
    if (!matches) continue;
    yield* runStatements(state, item.body);
    if (item.terminator === ";;") break;
    fallThrough = item.terminator === ";&";
  }
  return state.status;
}
