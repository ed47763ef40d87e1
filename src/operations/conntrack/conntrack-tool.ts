import type { Command } from "../operation.ts";
import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import { CONNTRACK_HELP } from "./conntrack-help.ts";
import { readCommand, said } from "./conntrack-options.ts";

/** `conntrack` of conntrack-tools 1.4.7. `-E` runs in virtual time, as a program (`programs/conntrack-events.ts`). */
export const conntrackTool: Tool = {
  name: "conntrack",
  entersNamespaces: false,
  parse(args): readonly Command[] {
    const read = readCommand(args);
    const { filter, line, format, timeout } = read;
    if (read.expect) return [{ ask: "conntrack-figures", what: "expect" }];
    switch (read.command) {
      case "L":
        if (format === "xml") throw new ToolError(said("-o xml is not simulated"), 1);
        return [{ ask: "conntrack-show", filter, line, format }];
      case "G":
        return [{ ask: "conntrack-show", filter, line, format: "plain", one: true }];
      case "C":
        return [{ ask: "conntrack-figures", what: "counter" }];
      case "S":
        return [{ ask: "conntrack-figures", what: "stats" }];
      case "D":
        return [{ op: "conntrack-del", filter, line }];
      case "F":
        return [{ op: "conntrack-flush" }];
      case "I":
        return [{ op: "conntrack-add", entry: filter, timeout: timeout! }];
      case "U":
        return [{ op: "conntrack-update", filter, timeout, line }];
      case "V":
        throw new ToolError("", 0, "conntrack v1.4.7 (conntrack-tools)\n");
      default:
        throw new ToolError("", 0, CONNTRACK_HELP);
    }
  },
  refused: (error) => ({ stderr: said(`Operation failed: ${error.message}`), status: 1 }),
};
