import { readFileSync } from "node:fs";
import { registerIpvs } from "../src/ipvs/register-ipvs.ts";
import { addVeth } from "../src/link/veth.ts";
import { Host } from "../src/net/host.ts";
import { registerIpv4Sysctls } from "../src/net/ipv4-sysctls.ts";
import { Kernel } from "../src/net/kernel.ts";
import { findSysctl } from "../src/net/sysctl-tree.ts";
import { registerNetfilter } from "../src/netfilter/register-netfilter.ts";
import { OperationContext } from "../src/operations/operation-context.ts";
import { runTool } from "../src/operations/run-tool.ts";
import { standardToolbox } from "../src/operations/standard-toolbox.ts";
import type { ToolResult } from "../src/operations/tool.ts";
import { ToolError } from "../src/operations/tool-error.ts";
import { World } from "../src/sim/world.ts";

/** One command of a transcript, and what the real tool said: both streams in turn, then `[exit N]` unless it is 0. */
interface Exchange {
  readonly line: number;
  readonly command: string;
  readonly said: string;
}

/** Reads `$ command` lines, each followed by what it printed. */
export function readTranscript(path: string): Exchange[] {
  const exchanges: { line: number; command: string; said: string }[] = [];
  let fenced = false;
  for (const [i, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (line.startsWith("```")) fenced = !fenced;
    else if (!fenced) continue;
    else if (line.startsWith("$ ")) exchanges.push({ line: i + 1, command: line.slice(2), said: "" });
    else exchanges.at(-1)!.said += `${line}\n`;
  }
  return exchanges;
}

/** Whether a transcript says that its kernel knows the VLANs of bridges. */
export function knowsVlans(path: string): boolean {
  return !readFileSync(path, "utf8").includes("without bridge VLAN filtering");
}

/** A namespace as each transcript begins with it: IPv6 disabled, `lo` up, and a veth pair `v0`, `v1` that is down. */
export function freshContext(vlans = true): OperationContext {
  const world = new World(1);
  const kernel = new Kernel();
  kernel.bridgeVlanFiltering = vlans;
  registerIpv4Sysctls(kernel);
  registerNetfilter(kernel);
  registerIpvs(kernel);
  const root = new Host(world, kernel, "a").root;
  for (const star of ["all", "default"]) findSysctl(root, `net/ipv6/conf/${star}/disable_ipv6`)!.write("1");
  root.loopback.setUp(true);
  addVeth(root, "v0", { mac: { hi: 0x0200, lo: 1 } }, root, "v1", { mac: { hi: 0x0200, lo: 2 } });
  return new OperationContext(standardToolbox(), root);
}

/** The words of a line; quotes keep blanks together. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map((m) => m[0].replaceAll(/["']/g, ""));
}

/** What the simulator says to a line, in the form of {@link Exchange.said}; `;` separates commands. */
export function say(line: string, context: OperationContext): string {
  return line
    .split("; ")
    .map((command) => sayOne(command, context))
    .join("");
}

function sayOne(command: string, context: OperationContext): string {
  const { stdout, stderr, status } = run(words(command), context);
  const text = stdout + stderr;
  const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return status === 0 ? ended : `${ended}[exit ${status}]\n`;
}

/** Runs a tool, and goes where `ip netns exec` goes. */
function run([name = "", ...args]: readonly string[], context: OperationContext): ToolResult {
  const result = runTool(name, args, context);
  if (result.exec === undefined) return result;
  try {
    return run(result.exec.argv, context.enter(result.exec.netns ?? undefined));
  } catch (error) {
    if (error instanceof ToolError) return { stdout: "", stderr: error.text, status: error.status };
    throw error;
  }
}
