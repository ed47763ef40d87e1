import type { Command } from "../operation.ts";
import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import type { Toolbox } from "../toolbox.ts";
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import { changeOf, type IptablesChange } from "./iptables-change.ts";
import { problem, refused } from "./iptables-errors.ts";
import { iptablesHelp } from "./iptables-help.ts";
import { checkOf, listOf } from "./iptables-list.ts";
import { VERSION, XtProblem } from "./xt-problem.ts";

/** `iptables`, as the legacy tool of version 1.8.9 behaves. */
export const iptables: Tool = {
  name: "iptables",
  entersNamespaces: false,
  parse(args, toolbox) {
    const line = readLine(args, toolbox);
    const commands = commandsOf(line);
    if (line.notes === "") return commands;
    return [{ ask: "text", arguments: [], text: "", notes: line.notes }, ...commands];
  },
  refused: (error) => {
    const { text, status } = refused("", error.errno);
    return { stderr: text, status };
  },
};

function readLine(args: readonly string[], toolbox: Toolbox): CommandLine {
  try {
    return parseCommandLine(args, toolbox.xtables, "filter", false);
  } catch (error) {
    if (error instanceof XtProblem) throw problem("iptables", error);
    throw error;
  }
}

function commandsOf(line: CommandLine): Command[] {
  switch (line.command) {
    case "V":
      return [{ ask: "text", arguments: ["-V"], text: `iptables v${VERSION}\n` }];
    case "h":
      return [{ ask: "text", arguments: ["-h"], text: iptablesHelp("iptables", line.loaded) }];
    case "L":
    case "S":
      return [listOf(line)];
    case "LZ":
    case "SZ":
      return [listOf(line), zeroOf(line)];
    case "C":
      return [checkOf(line)];
    case "":
      throw new ToolError("", 2);
    default:
      return [changeOf(line)];
  }
}

function zeroOf(line: CommandLine): IptablesChange {
  return changeOf({ ...line, command: "Z" });
}
