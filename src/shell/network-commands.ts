import type { NetworkNamespace } from "../net/network-namespace.ts";
import { OperationContext } from "../operations/operation-context.ts";
import { runTool } from "../operations/run-tool.ts";
import type { ToolResult } from "../operations/tool.ts";
import type { Toolbox } from "../operations/toolbox.ts";
import type { Program } from "../sim/process.ts";
import type { CommandContext, CommandTable } from "./command.ts";

/**
 * Registers `ip`, `bridge`, `sysctl`, `tc` ... as commands. `line` says where the line that runs now stands, for the
 * memory of causes: `lesson.md:12`, or nothing.
 */
export function registerTools(table: CommandTable, toolbox: Toolbox, line: () => string): void {
  for (const name of toolbox.tools.keys()) {
    const run = (context: CommandContext): number | Program => {
      const result = runTool(name, context.args, operationContext(context, toolbox, line()));
      context.out(result.stdout);
      context.err(result.stderr);
      return result.exec === undefined ? result.status : execute(context, result.exec);
    };
    table.register(name, run);
  }
}

function operationContext(context: CommandContext, toolbox: Toolbox, line: string): OperationContext {
  const files = context.files;
  return new OperationContext(toolbox, context.namespace as NetworkNamespace, line, {
    stdin: context.stdin,
    pid: context.pid,
    readFile: (path) => {
      try {
        return files.read(path);
      } catch {
        return null; // the tool says in its own words that it cannot open the file
      }
    },
  });
}

/** `ip netns exec NAME COMMAND`, or one after the other in each namespace. */
function* execute(context: CommandContext, exec: NonNullable<ToolResult["exec"]>): Program {
  const host = (context.namespace as NetworkNamespace).host;
  if (exec.netns !== null) {
    const namespace = host.namespaces.get(exec.netns);
    if (namespace === undefined) {
      context.err(`Cannot open network namespace "${exec.netns}": No such file or directory\n`);
      return 255;
    }
    return yield* context.run(exec.argv, { namespace });
  }
  let status = 0;
  for (const [name, namespace] of host.namespaces) {
    context.out(`\nnetns: ${name}\n`);
    status = yield* context.run(exec.argv, { namespace });
  }
  return status;
}
