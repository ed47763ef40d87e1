import { BUSYBOX_ARP_USAGE, busyboxArp } from "../../operations/busybox/arp.ts";
import { BUSYBOX_BRCTL_USAGE, busyboxBrctl } from "../../operations/busybox/brctl.ts";
import { BUSYBOX_IFCONFIG_USAGE, busyboxIfconfig } from "../../operations/busybox/ifconfig.ts";
import { BUSYBOX_IP_USAGE, busyboxIp } from "../../operations/busybox/ip.ts";
import { BUSYBOX_ROUTE_USAGE, busyboxRouteChange } from "../../operations/busybox/route.ts";
import { BUSYBOX_SYSCTL_USAGE, busyboxSysctl } from "../../operations/busybox/sysctl.ts";
import type { OperationContext } from "../../operations/operation-context.ts";
import type { ToolResult } from "../../operations/tool.ts";
import { routingTable } from "../../programs/busybox/routing-table.ts";
import { appletHelp, appletMistake } from "../../programs/busybox/usage.ts";
import { getopt } from "../../programs/getopt.ts";
import type { ProgramExit } from "../../programs/program-exit.ts";
import type { Program } from "../../sim/process.ts";
import type { CommandContext, CommandTable } from "../command.ts";

/** Installs the applets of busybox that configure the network: `ip`, `route`, `ifconfig`, `arp`. */
export function registerBusyboxTools(
  commands: CommandTable,
  reach: (context: CommandContext) => OperationContext,
): void {
  const plain = (
    name: string,
    usage: string,
    run: (args: readonly string[], context: OperationContext) => ToolResult | null,
  ): void => {
    commands.registerApplet(name, (context) => {
      if (context.args.includes("--help")) return end(context, appletHelp(usage));
      const result = run(context.args, reach(context));
      if (result === null) return end(context, appletMistake(name, "", usage));
      context.out(result.stdout);
      context.err(result.stderr);
      return result.status;
    });
  };
  plain("ip", BUSYBOX_IP_USAGE, busyboxIp);
  plain("brctl", BUSYBOX_BRCTL_USAGE, busyboxBrctl);
  plain("ifconfig", BUSYBOX_IFCONFIG_USAGE, busyboxIfconfig);
  plain("sysctl", BUSYBOX_SYSCTL_USAGE, busyboxSysctl);
  commands.registerApplet("arp", (context) => arp(context, reach));
  commands.registerApplet("route", (context) => route(context, reach));
}

function end(context: CommandContext, { message, status }: ProgramExit): number {
  context.err(message);
  return status;
}

function arp(context: CommandContext, reach: (context: CommandContext) => OperationContext): number {
  if (context.args.includes("--help")) return end(context, appletHelp(BUSYBOX_ARP_USAGE));
  const { options, operands } = getopt(context.args, "A:p:H:t:i:adnDsv");
  const mistake = options.find(({ name }) => name === "?");
  if (mistake !== undefined) return end(context, appletMistake("arp", mistake.message, BUSYBOX_ARP_USAGE));
  const has = (letter: string): boolean => options.some(({ name }) => name === letter);
  const device = options.find(({ name }) => name === "i")?.value ?? null;
  const result = busyboxArp({ deletes: has("d"), sets: has("s"), device, operands }, reach(context));
  context.out(result.stdout);
  context.err(result.stderr);
  return result.status;
}

/** With `add` or `del` it changes the table, else it shows it. */
function* route(context: CommandContext, reach: (context: CommandContext) => OperationContext): Program {
  const { args } = context;
  if (args.includes("--help")) return end(context, appletHelp(BUSYBOX_ROUTE_USAGE));
  const usage = (message: string): number =>
    end(context, appletMistake("route", message, BUSYBOX_ROUTE_USAGE));
  const at = args.findIndex((word) => word === "add" || word === "del" || word === "delete");
  if (at >= 0) {
    const words = [args[at] === "add" ? "add" : "del", ...args.slice(at + 1)];
    const outcome = busyboxRouteChange(words, reach(context));
    if (outcome === null) return usage("");
    context.err(outcome.stderr);
    return outcome.status;
  }
  const { options, operands } = getopt(args, "A:ne");
  const mistake = options.find(({ name }) => name === "?");
  if (mistake !== undefined) return usage(mistake.message);
  if (operands.length > 0) return usage("");
  const has = (letter: string): boolean => options.some(({ name }) => name === letter);
  yield* routingTable(context, { numeric: has("n"), netstat: has("e") });
  return 0;
}
