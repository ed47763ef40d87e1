import { resolvePath } from "../../base/path.ts";
import { expectedWords } from "../../operations/expected.ts";
import type { Outside } from "../../operations/operation-context.ts";
import { OperationContext } from "../../operations/operation-context.ts";
import { runTool } from "../../operations/run-tool.ts";
import type { Toolbox } from "../../operations/toolbox.ts";
import { isCapable } from "../../programs/credentials.ts";
import type { Program } from "../../sim/process.ts";
import type { CommandContext, CommandTable } from "../command.ts";
import { FileFailure } from "../file-system.ts";
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
    unprivileged: !isCapable(context.credentials, "NET_ADMIN"),
    readOnlySysctls: machine.readOnlySysctls,
    readFile: (path) => {
      try {
        return files.read(resolvePath(context.cwd, path));
      } catch (error) {
        if (error instanceof FileFailure) return null;
        throw error;
      }
    },
    writeFile: (path, text) => {
      const place = resolvePath(context.cwd, path);
      try {
        if (place === "/dev/stdout") context.out(text);
        else if (place !== "/dev/null") files.write(place, text);
        return null;
      } catch (error) {
        if (error instanceof FileFailure) return error.message;
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

/** What tools say that may not even look without CAP_NET_ADMIN; null for all others. */
function refusalOf(
  name: string,
  args: readonly string[],
): { readonly text: string; readonly status: number } | null {
  switch (name) {
    case "iptables": {
      const at = args.findIndex((word) => word === "-t" || word === "--table");
      const table = at < 0 ? "filter" : (args[at + 1] ?? "filter");
      const words = `can't initialize iptables table \`${table}': Permission denied (you must be root)`;
      const advice = "Perhaps iptables or your kernel needs to be upgraded.";
      return { text: `iptables v1.8.9 (legacy): ${words}\n${advice}\n`, status: 3 };
    }
    case "ipvsadm":
    case "ipvsadm-save":
    case "ipvsadm-restore":
      return {
        text: "Can't initialize ipvs: Permission denied (you must be root)\nAre you sure that IP Virtual Server is built in the kernel or as module?\n",
        status: 2,
      };
    case "conntrack":
      return {
        text: "conntrack v1.4.7 (conntrack-tools): Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this\n",
        status: 1,
      };
    case "ipset":
      return { text: "ipset v7.17: Kernel error received: Operation not permitted\n", status: 1 };
    default:
      return null;
  }
}

function runNetworkTool(toolbox: Toolbox, name: string, context: CommandContext): number | Program {
  const operation = operationContext(toolbox, context);
  const refusal = operation.outside.unprivileged === true ? refusalOf(name, context.args) : null;
  if (refusal !== null) {
    context.err(refusal.text);
    return refusal.status;
  }
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
