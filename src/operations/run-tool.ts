import { KernelError } from "../net/kernel-error.ts";
import { AppliedOperation } from "./applied-operation.ts";
import type { Batch, Command, Operation, OperationRecord, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import type { Tool, ToolResult } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

/**
 * Does an operation, remembering it as the cause of whatever it makes and changes; gives what the tool prints.
 * @throws {KernelError} @throws {ToolError}
 */
export function applyOperation(operation: Operation, context: OperationContext): string {
  const record = recordOf(operation, context);
  if (context.outside.unprivileged === true && !operation.op.startsWith("sysctl-"))
    throw new KernelError("EPERM");
  const { registry } = context.host.world;
  const before = registry.cause;
  const applied = new AppliedOperation(operation, context, before);
  registry.cause = applied;
  try {
    const said = record.apply(operation, context.enter(operation.netns)) ?? "";
    context.toolbox.applied.push(applied);
    return said;
  } catch (error) {
    // Some tools tell of what went well on standard error.
    if (error instanceof ToolError && error.status === 0) context.toolbox.applied.push(applied);
    throw error;
  } finally {
    registry.cause = before;
  }
}

/** Runs a command line of a tool: what it prints and its exit status, to the letter. */
export function runTool(name: string, args: readonly string[], context: OperationContext): ToolResult {
  const tool = context.toolbox.tools.get(name);
  if (tool === undefined) return { stdout: "", stderr: `${name}: command not found\n`, status: 127 };
  const result = runCommands(tool, args, context);
  return tool.isQuiet?.(args) === true ? { ...result, stderr: "" } : result;
}

function runCommands(tool: Tool, args: readonly string[], context: OperationContext): ToolResult {
  let commands: readonly Command[];
  try {
    commands = tool.parse(args, context.toolbox, context.outside);
  } catch (error) {
    return failure(tool, error, "", "");
  }
  let stdout = "";
  let stderr = "";
  for (const command of commands) {
    if ("exec" in command) return { stdout, stderr, status: 0, exec: command };
    if ("batch" in command) return runBatch(tool, command, context);
    try {
      if ("op" in command) {
        stderr += recordOf(command, context).warning?.(command, context) ?? "";
        stdout += applyOperation(command, context);
      } else {
        const record = context.toolbox.questions.get(command.ask) as QuestionRecord;
        stderr += record.warning?.(command) ?? "";
        stdout += record.answer(command, context.enter(command.netns));
      }
    } catch (error) {
      return failure(tool, error, stdout, stderr);
    }
  }
  return { stdout, stderr, status: 0 };
}

function recordOf(operation: Operation, context: OperationContext): OperationRecord {
  return context.toolbox.operations.get(operation.op) as OperationRecord;
}

function failure(tool: Tool, error: unknown, stdout: string, stderr: string): ToolResult {
  if (error instanceof ToolError)
    return {
      stdout: stdout + error.stdout,
      stderr: stderr + error.text,
      status: error.status,
      ...(error.comesBack ? { comesBack: true } : {}),
    };
  if (!(error instanceof KernelError)) throw error;
  const refused = tool.refused(error);
  return { stdout, stderr: stderr + refused.stderr, status: refused.status, comesBack: true };
}

/** `-batch`: one command a line; `#` begins a comment, a backslash at the end joins lines. */
function runBatch(tool: Tool, batch: Batch, context: OperationContext): ToolResult {
  const text =
    batch.batch === "-" ? (context.outside.stdin ?? "") : (context.outside.readFile?.(batch.batch) ?? null);
  if (text === null)
    return {
      stdout: "",
      stderr: `Cannot open file "${batch.batch}" for reading: No such file or directory\n`,
      status: 1,
    };
  let stdout = "";
  let stderr = "";
  let status = 0;
  const lines = text.replaceAll(/\\\n/g, (joined) => `\0${joined.slice(2)}`).split("\n");
  let number = 0;
  for (const line of lines) {
    number += 1 + (line.match(/\0/g)?.length ?? 0);
    const words = splitWords(line.replaceAll("\0", " "));
    if (words.length === 0) continue;
    const result = runTool(tool.name, [...batch.options, ...words], context);
    stdout += result.stdout;
    stderr += result.stderr;
    if (result.status === 0) continue;
    // A wrong command line ends the program itself; only what comes back as a failure is counted.
    if (result.status === 255 && !result.comesBack) return { stdout, stderr, status: 255 };
    stderr += `Command failed ${batch.batch}:${number}\n`;
    status = 1;
    if (!batch.force) break;
  }
  return { stdout, stderr, status };
}

/** The words of a command without a shell, as in a batch: quotes keep blanks together, `#` begins a comment. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/"([^"]*)"|'([^']*)'|(#.*)|[^\s"'#][^\s]*/g)) {
    if (match[3] !== undefined) break;
    words.push(match[1] ?? match[2] ?? match[0]);
  }
  return words;
}
