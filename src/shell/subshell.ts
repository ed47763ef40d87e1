import { runCommand, runScript, runStatement, runStatements } from "./execute.ts";
import { exitOf, type ProcessEntry, type Run } from "./process-table.ts";
import { withRedirections } from "./redirect.ts";
import { FunctionReturn, LineAbandoned, LoopExit, ShellExit, type ShellState } from "./shell-state.ts";
import { nullStream, Pipe, readAll, type Stream } from "./stream.ts";
import {
  type CommandNode,
  type PipelineNode,
  type ScriptNode,
  type StatementNode,
  textOf,
} from "./syntax.ts";
import { runTrap } from "./traps.ts";

/** Puts `stream` in the place of a descriptor. */
export function replaceStream(state: ShellState, fd: number, stream: Stream): void {
  stream.retain();
  state.streams.get(fd)?.release();
  state.streams.set(fd, stream);
}

/** A command as `jobs` and `ps` show it. */
export function commandText(state: ShellState, command: CommandNode): string {
  const pipeline: PipelineNode = { type: "Pipeline", commands: [command], negated: false };
  return textOf(state.library, {
    type: "Statement",
    pipelines: [pipeline],
    operators: [],
    background: false,
  });
}

/** Starts `body` as a process of its own. A single simple command becomes that process, as after fork and exec. */
export function startSubshell(
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
    uid: child.credentials.uid,
    credentials: child.credentials,
    gid: child.credentials.gid,
  });
}

/** Runs a command that is all that a process does: parentheses then need no process of their own. */
export function* runAsProcess(state: ShellState, command: CommandNode): Run<number> {
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

/** Runs the EXIT trap, if there is one; the status in the end. */
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

/** The command that a statement is, where it is nothing else. */
export function onlyCommand({ pipelines }: StatementNode): CommandNode | null {
  const [pipeline] = pipelines;
  if (pipeline === undefined || pipelines.length > 1 || pipeline.commands.length > 1) return null;
  return pipeline.negated || pipeline.timed ? null : pipeline.commands[0]!;
}

/** `command &`. */
export function startJob(state: ShellState, statement: StatementNode): void {
  const child = state.fork();
  replaceStream(child, 0, nullStream());
  const text = textOf(state.library, statement);
  const command = onlyCommand(statement);
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
  const [statement, more] = script.statements;
  const command =
    statement === undefined || more !== undefined || statement.background ? null : onlyCommand(statement);
  const body = (): Run<number> =>
    command === null ? runScript(child, script) : runAsProcess(child, command);
  const entry = startSubshell(state, child, "bash", body, command);
  const text = yield* readAll(pipe);
  state.substituted = yield* exitOf(entry.process);
  pipe.reader.release();
  return text;
}
