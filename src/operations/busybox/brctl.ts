import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { Operation } from "../operation.ts";
import type { OperationContext } from "../operation-context.ts";
import { applyOperation } from "../run-tool.ts";
import type { ToolResult } from "../tool.ts";

export const BUSYBOX_BRCTL_USAGE = `Usage: brctl COMMAND [BRIDGE [ARGS]]

Manage ethernet bridges
Commands:
\taddbr BRIDGE\t\tCreate BRIDGE
\tdelbr BRIDGE\t\tDelete BRIDGE
\taddif BRIDGE IFACE\tAdd IFACE to BRIDGE
\tdelif BRIDGE IFACE\tDelete IFACE from BRIDGE
`;

/** The command's words, and what the operation does with them. */
const COMMANDS: Readonly<
  Record<string, { readonly words: 1 | 2; operation(bridge: string, dev: string): Operation }>
> = {
  addbr: { words: 1, operation: (name) => ({ op: "link-add", kind: "bridge", name }) },
  delbr: { words: 1, operation: (dev) => ({ op: "link-del", dev }) },
  addif: { words: 2, operation: (master, dev) => ({ op: "link-set", dev, master }) },
  delif: { words: 2, operation: (_bridge, dev) => ({ op: "link-set", dev, master: null }) },
};

/** `busybox brctl` (1.35, as Debian builds it: nothing is shown): null when it prints its usage. */
export function busyboxBrctl(args: readonly string[], context: OperationContext): ToolResult | null {
  const [verb, bridge, dev] = args;
  if (verb === undefined) return null;
  const known = Object.keys(COMMANDS).find((name) => name === verb);
  if (known === undefined) return refused(`invalid argument '${verb}' to 'brctl'`);
  const { words, operation } = COMMANDS[known]!;
  if (bridge === undefined || (words === 2 && dev === undefined)) return null;
  const found = problem(known, bridge, dev ?? "", context);
  if (found !== null) return refused(found);
  try {
    applyOperation(operation(bridge, dev ?? ""), context);
    return { stdout: "", stderr: "", status: 0 };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return refused(`bridge ${bridge}: ${errorText[error.errno]}`);
  }
}

/** What the bridge's own calls find wrong, which are not those that `ip` uses; null: nothing. */
function problem(verb: string, name: string, dev: string, { namespace }: OperationContext): string | null {
  const bridge = namespace.device(name);
  if (verb === "delbr") {
    if (bridge === null) return `bridge ${name}: No such device or address`;
    if (bridge.driver.kind !== "bridge") return `bridge ${name}: ${errorText.EPERM}`;
    return bridge.up ? `bridge ${name}: ${errorText.EBUSY}` : null;
  }
  if (verb === "addbr") return null;
  const port = namespace.device(dev);
  if (port === null) return `iface ${dev}: ${errorText.ENODEV}`;
  if (bridge === null) return `bridge ${name}: ${errorText.ENODEV}`;
  const isPort = port.master === bridge;
  if (verb === "addif") return isPort ? `bridge ${name}: ${errorText.EBUSY}` : null;
  return isPort ? null : `bridge ${name}: ${errorText.EINVAL}`;
}

function refused(words: string): ToolResult {
  return { stdout: "", stderr: `brctl: ${words}\n`, status: 1 };
}
