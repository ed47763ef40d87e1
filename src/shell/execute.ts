import { runCompound } from "./compound-command.ts";
import { exitOf, type ProcessEntry, type Run } from "./process-table.ts";
import { withRedirections } from "./redirect.ts";
import { reportKilled } from "./report-killed.ts";
import { ShellExit, type ShellState } from "./shell-state.ts";
import { runSimpleCommand } from "./simple-command.ts";
import { Pipe } from "./stream.ts";
import { commandText, replaceStream, runAsProcess, startJob, startSubshell } from "./subshell.ts";
import type { CommandNode, PipelineNode, ScriptNode, StatementNode } from "./syntax.ts";
import { formatTimes } from "./times.ts";
import { runPendingTraps, runTrap } from "./traps.ts";

/** Runs statements one after the other in the present shell; the status of the last. */
export function* runStatements(state: ShellState, statements: readonly StatementNode[]): Run<number> {
  for (const statement of statements) {
    if (statement.background) startJob(state, statement);
    else yield* runStatement(state, statement);
    yield* runPendingTraps(state);
  }
  return state.status;
}

/** Runs a whole text; the status of the last statement, 0 for an empty one. */
export function* runScript(state: ShellState, script: ScriptNode): Run<number> {
  if (script.statements.length === 0) state.status = 0;
  return yield* runStatements(state, script.statements);
}

/** Runs a list of pipelines, joined by `&&` and `||`. */
export function* runStatement(state: ShellState, statement: StatementNode): Run<void> {
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
  if (pipeline.timed)
    state.err(
      formatTimes(
        state.now - start,
        state.naming.kind === "ash" ? "ash" : (pipeline.timePosix ?? false) ? "posix" : "bash",
      ),
    );
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
