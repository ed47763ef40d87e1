import type { Command } from "../operation.ts";
import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import type { ConntrackFilter } from "./conntrack-filter.ts";
import { CONNTRACK_HELP } from "./conntrack-help.ts";
import { failed, said } from "./conntrack-messages.ts";
import { readCommand } from "./conntrack-options.ts";

/** `conntrack` of conntrack-tools 1.4.7. `-E` runs in virtual time, as a program (`shell/commands/conntrack-events.ts`). */
export const conntrackTool: Tool = {
  name: "conntrack",
  entersNamespaces: false,
  parse(args): readonly Command[] {
    const read = readCommand(args);
    const { filter, line, format, timeout, table } = read;
    if (table === "expect") return ofExpectations(read.command);
    // Nothing is on its way in or out while a command runs.
    if (table !== "conntrack") return [{ ask: "conntrack-show", filter: NOTHING, line, format: "plain" }];
    if ("LD".includes(read.command) && filter.status?.every((name) => name === "UNSET") === true)
      throw failed("invalid parameters");
    switch (read.command) {
      case "L":
        return [{ ask: "conntrack-show", filter, line, format }];
      case "G":
        // The kernel looks an entry up by one whole tuple; this one has no addresses of its own.
        if (filter.src === undefined || filter.dst === undefined) throw failed("invalid parameters");
        return [{ ask: "conntrack-show", filter, line, format, one: true }];
      case "C":
        return [{ ask: "conntrack-figures", what: "counter" }];
      case "S":
        return [{ ask: "conntrack-figures", what: "stats" }];
      case "D":
        return [{ op: "conntrack-del", filter, line, format }];
      case "F":
        return [{ op: "conntrack-flush" }];
      case "I":
      case "A":
        return [
          {
            ...{ op: "conntrack-add", entry: filter, timeout: timeout ?? 0 },
            ...(read.command === "A" ? { exist: true as const } : {}),
          },
        ];
      case "U":
        return [{ op: "conntrack-update", filter, timeout, line, format }];
      case "V":
        throw new ToolError("", 0, "conntrack v1.4.7 (conntrack-tools)\n");
      default:
        throw new ToolError("", 0, CONNTRACK_HELP);
    }
  },
  refused: (error) => ({ stderr: said(`Operation failed: ${error.message}`), status: 1 }),
};

/** What no connection is like. */
const NOTHING: ConntrackFilter = { ipv6: true };

/** The table of expectations is empty, since there are no helpers. */
function ofExpectations(command: string): readonly Command[] {
  switch (command) {
    case "C":
      return [{ ask: "text", arguments: ["-C", "expect"], text: "0\n" }];
    case "F":
      return [
        {
          ask: "text",
          arguments: ["-F", "expect"],
          text: "",
          notes: said("expectation table has been emptied."),
        },
      ];
    default:
      return [{ ask: "conntrack-figures", what: "expect" }];
  }
}
