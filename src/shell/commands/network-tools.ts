import { expectedWords } from "../../operations/expected.ts";
import type { Outside } from "../../operations/operation-context.ts";
import { OperationContext } from "../../operations/operation-context.ts";
import { runTool } from "../../operations/run-tool.ts";
import type { Toolbox } from "../../operations/toolbox.ts";
import type { Program } from "../../sim/process.ts";
import type { CommandContext, CommandTable } from "../command.ts";
import { FileFailure, resolvePath } from "../file-system.ts";
import { registerBusyboxTools } from "./busybox-tools.ts";
import { asksForEvents, conntrackEvents } from "./conntrack-events.ts";

/** Installs `ip`, `bridge`, `tc`, `sysctl` and whatever else the toolbox knows. */
export function registerTools(commands: CommandTable, toolbox: Toolbox): void {
  registerBusyboxTools(commands, (context) => operationContext(toolbox, context));
  for (const [name, tool] of toolbox.tools) {
    const run = (context: CommandContext): number | Program =>
      name === "conntrack" && asksForEvents(context.args)
        ? conntrackEvents(context)
        : runNetworkTool(toolbox, name, context);
    commands.register(name, run, {
      stdin: (args) => readsBatch(args) || tool.readsInput?.(args) === true,
      complete: (args) => expectedWords(tool, args, toolbox),
    });
  }
}

/** `-batch -` reads commands from the standard input. */
function readsBatch(args: readonly string[]): boolean {
  const at = args.findIndex((word) => /^-b(a(t(ch?)?)?)?$/.test(word));
  return at >= 0 && args[at + 1] === "-";
}

function operationContext(toolbox: Toolbox, context: CommandContext): OperationContext {
  const { machine, files } = context;
  const outside: Outside = {
    stdin: context.stdin,
    pid: context.pid,
    readFile: (path) => {
      try {
        return files.read(resolvePath(context.cwd, path));
      } catch (error) {
        if (error instanceof FileFailure) return null;
        throw error;
      }
    },
    namespaceOfProcess: (pid) => machine.processes.find(pid)?.namespace ?? null,
    processesIn: (namespace) =>
      machine.processes
        .list()
        .filter((entry) => entry.namespace === namespace)
        .map((entry) => entry.pid),
  };
  return new OperationContext(toolbox, context.namespace, machine.place, outside);
}

function runNetworkTool(toolbox: Toolbox, name: string, context: CommandContext): number | Program {
  const operation = operationContext(toolbox, context);
  const result = runTool(name, context.args, operation);
  context.out(result.stdout);
  context.err(result.stderr);
  if (result.exec === undefined) return result.status;
  const { netns, argv } = result.exec;
  if (netns === null) return inEach(argv, context, operation);
  const namespace = operation.named(netns);
  if (namespace === null) {
    context.err(`Cannot open network namespace "${netns}": No such file or directory\n`);
    return 255;
  }
  return context.run(argv, { namespace, missing: "ip" });
}

/** `ip -all netns exec`: one after the other, the newest namespace first; what becomes of them does not count. */
function* inEach(argv: readonly string[], context: CommandContext, operation: OperationContext): Program {
  for (const [name, namespace] of [...operation.host.namespaces].reverse()) {
    context.out(`\nnetns: ${name}\n`);
    yield* context.run(argv, { namespace, missing: "ip" });
  }
  return 0;
}
