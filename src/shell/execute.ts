import { evaluateArithmetic } from "./arithmetic.ts";
import { arithmeticShell } from "./arithmetic-shell.ts";
import { evaluateConditional } from "./conditional.ts";
import { expandPattern, expandWord, expandWords } from "./expand.ts";
import { matchesPattern } from "./pattern.ts";
import { exitOf, type ProcessEntry, type Run } from "./process-table.ts";
import { withRedirections } from "./redirect.ts";
import { reportKilled } from "./report-killed.ts";
import { FunctionReturn, LineAbandoned, LoopExit, ShellExit, type ShellState } from "./shell-state.ts";
import { runSimpleCommand } from "./simple-command.ts";
import { nullStream, Pipe, readAll, type Stream } from "./stream.ts";
import {
  type ArithmeticNode,
  type CommandNode,
  type Compound,
  type PipelineNode,
  type ScriptNode,
  type StatementNode,
  textOf,
} from "./syntax.ts";
import { formatTimes } from "./times.ts";
import { runPendingTraps, runTrap } from "./traps.ts";

/** Runs statements one after the other in the present shell; the status of the last. */
function* runStatements(state: ShellState, statements: readonly StatementNode[]): Run<number> {
  for (const statement of statements) {
    if (statement.background) startJob(state, statement);
    else yield* runStatement(state, statement);
    yield* runPendingTraps(state);
  }
  return state.status;
}

export function* runScript(state: ShellState, script: ScriptNode): Run<number> {
  if (script.statements.length === 0) state.status = 0;
  return yield* runStatements(state, script.statements);
}

function* runStatement(state: ShellState, statement: StatementNode): Run<void> {
  let index = 0;
  let last = 0;
  for (const pipeline of statement.pipelines) {
    const operator = index === 0 ? null : statement.operators[index - 1];
    index++;
    if (operator === "&&" && state.status !== 0) continue;
    if (operator === "||" && state.status === 0) continue;
    last = index;
    const guarded = index < statement.pipelines.length;
    if (guarded) state.conditionDepth++;
    try {
      yield* runPipeline(state, pipeline);
    } finally {
      if (guarded) state.conditionDepth--;
    }
  }
  // Under set -e only the last pipeline of a list ends the shell, and not one that was negated.
  const decisive = last === statement.pipelines.length && !statement.pipelines[last - 1]?.negated;
  if (state.status !== 0 && decisive && state.conditionDepth === 0) {
    yield* runTrap(state, "ERR");
    if (state.options.has("errexit")) throw new ShellExit(state.status);
  }
}

function* runPipeline(state: ShellState, pipeline: PipelineNode): Run<void> {
  const start = state.now;
  if (pipeline.negated) state.conditionDepth++;
  try {
    if (state.countCommand()) {
      state.complain("endless loop: the clock stands still while it runs; put a sleep into it");
      throw new ShellExit(1);
    }
    if (pipeline.commands.length === 1) {
      state.status = yield* runCommand(state, pipeline.commands[0]!);
      state.pipeStatus = [state.status];
    } else {
      state.pipeStatus = yield* runStages(state, pipeline);
      const failed = state.pipeStatus.filter((status) => status !== 0);
      const last = state.pipeStatus[state.pipeStatus.length - 1]!;
      state.status = state.options.has("pipefail") ? (failed[failed.length - 1] ?? 0) : last;
    }
  } finally {
    if (pipeline.negated) state.conditionDepth--;
  }
  if (pipeline.negated) state.status = state.status === 0 ? 1 : 0;
  if (pipeline.timed) state.err(formatTimes(state.now - start, pipeline.timePosix ?? false));
}

/** All stages of a pipeline run at the same time, each a process. */
function* runStages(state: ShellState, pipeline: PipelineNode): Run<number[]> {
  const entries: ProcessEntry[] = [];
  let upstream: Pipe | null = null;
  for (const [i, command] of pipeline.commands.entries()) {
    const child = state.fork();
    if (upstream !== null) replaceStream(child, 0, upstream.reader);
    upstream = null;
    if (i < pipeline.commands.length - 1) {
      upstream = new Pipe();
      replaceStream(child, 1, upstream.writer);
      if (pipeline.pipeStderr?.[i]) replaceStream(child, 2, upstream.writer);
    }
    entries.push(
      startSubshell(state, child, commandText(state, command), () => runAsProcess(child, command), command),
    );
  }
  const statuses: number[] = [];
  for (const entry of entries) statuses.push(yield* exitOf(entry.process));
  reportKilled(state, entries[entries.length - 1]!, true);
  return statuses;
}

function replaceStream(state: ShellState, fd: number, stream: Stream): void {
  stream.retain();
  state.streams.get(fd)?.release();
  state.streams.set(fd, stream);
}

function commandText(state: ShellState, command: CommandNode): string {
  const pipeline: PipelineNode = { type: "Pipeline", commands: [command], negated: false };
  return textOf(state.library, {
    type: "Statement",
    pipelines: [pipeline],
    operators: [],
    background: false,
  });
}

/** Starts `body` as a process of its own. A single simple command becomes that process, as after fork and exec. */
function startSubshell(
  parent: ShellState,
  child: ShellState,
  text: string,
  body: () => Run<number>,
  command: CommandNode | null,
): ProcessEntry {
  child.traps = new Map();
  const program = function* (entry: ProcessEntry): Run<number> {
    child.process = entry;
    child.inPlace = command?.type === "SimpleCommand";
    return yield* runToExit(child, body);
  };
  const release = (): void => child.releaseStreams();
  return parent.machine.processes.start(parent.process?.pid ?? 1, text, program, {
    release,
    namespace: child.namespace,
  });
}

/** Runs a command that is all that a process does: parentheses then need no process of their own. */
function* runAsProcess(state: ShellState, command: CommandNode): Run<number> {
  if (command.type !== "Subshell") return yield* runCommand(state, command);
  state.inPlace = false;
  return yield* withRedirections(state, command.redirections, () => runStatements(state, command.body));
}

/** Runs a shell to its end, whatever ends it, and its EXIT trap. */
export function* runToExit(state: ShellState, body: () => Run<number>): Run<number> {
  let status: number;
  try {
    status = yield* body();
  } catch (error) {
    status = statusOfEnd(error);
  }
  return yield* runExitTrap(state, status);
}

/** What status the errors give that end a shell; anything else is thrown on. */
export function statusOfEnd(error: unknown): number {
  if (error instanceof ShellExit || error instanceof LineAbandoned || error instanceof FunctionReturn)
    return error.status;
  if (error instanceof LoopExit) return 0;
  throw error;
}

export function* runExitTrap(state: ShellState, status: number): Run<number> {
  if (!state.traps.has("EXIT")) return status;
  state.status = status;
  try {
    yield* runTrap(state, "EXIT");
  } catch (error) {
    return statusOfEnd(error);
  }
  return status;
}

/** `command &`. */
function startJob(state: ShellState, statement: StatementNode): void {
  const child = state.fork();
  replaceStream(child, 0, nullStream());
  const text = textOf(state.library, statement);
  const single = statement.pipelines.length === 1 ? statement.pipelines[0]! : null;
  const command = single?.commands.length === 1 && !single.negated ? single.commands[0]! : null;
  const body = function* (): Run<number> {
    if (command !== null) return yield* runAsProcess(child, command);
    yield* runStatement(child, { ...statement, background: false });
    return child.status;
  };
  const entry = startSubshell(state, child, text, body, command);
  const job = state.jobs.add(entry, text);
  state.lastBackground = entry.pid;
  state.status = 0;
  if (state.naming.kind === "prompt") state.err(`[${job.number}] ${entry.pid}\n`);
}

/** `$(...)`: what the commands print. It ends when everybody who could still print has ended. */
export function* capture(state: ShellState, script: ScriptNode): Run<string> {
  const child = state.fork();
  const pipe = new Pipe();
  replaceStream(child, 1, pipe.writer);
  pipe.reader.retain();
  child.substitutionDepth++;
  const single = script.statements.length === 1 ? script.statements[0]! : null;
  const command =
    single?.pipelines.length === 1 &&
    single.pipelines[0]!.commands.length === 1 &&
    !single.pipelines[0]!.negated &&
    !single.background
      ? single.pipelines[0]!.commands[0]!
      : null;
  const body = (): Run<number> =>
    command === null ? runScript(child, script) : runAsProcess(child, command);
  const entry = startSubshell(state, child, "bash", body, command);
  const text = yield* readAll(pipe);
  state.substituted = yield* exitOf(entry.process);
  pipe.reader.release();
  return text;
}

/** Runs one command, simple or compound. */
export function* runCommand(state: ShellState, command: CommandNode): Run<number> {
  if (command.type === "SimpleCommand") return yield* runSimpleCommand(state, command);
  state.inPlace = false;
  if (command.type === "FunctionDef") {
    state.functions.set(command.name, command);
    return 0;
  }
  return yield* withRedirections(state, command.redirections, () => runCompound(state, command));
}

function* runCompound(
  state: ShellState,
  command: Exclude<CommandNode, { type: "SimpleCommand" | "FunctionDef" }>,
): Run<number> {
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
        return (yield* arithmetic(state, command.expression, "((")) !== 0n ? 0 : 1;
      } catch (error) {
        if (error instanceof LineAbandoned) return error.status;
        throw error;
      }
    case "ConditionalCommand":
      return (yield* evaluateConditional(state, command.expression)) ? 0 : 1;
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
  if (command.init !== null) yield* arithmetic(state, command.init, "((");
  state.status = 0;
  while (command.condition === null || (yield* arithmetic(state, command.condition, "((")) !== 0n) {
    if (yield* runBody(state, command.body)) break;
    if (command.update !== null) yield* arithmetic(state, command.update, "((");
  }
  return state.status;
}

/** Computes an expression; an error is printed, and the line is over. */
function* arithmetic(state: ShellState, node: ArithmeticNode, name: string): Run<bigint> {
  try {
    return yield* evaluateArithmetic(arithmeticShell(state), node.expression);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ArithmeticFailure") throw error;
    state.complain(`${name}: ${node.originalText ?? ""}: ${error.message}`);
    throw new LineAbandoned(1);
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
