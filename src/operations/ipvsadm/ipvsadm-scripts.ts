import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import { ipvsadm } from "./ipvsadm.ts";

const HELP = `ipvsadm-save: Script to save the IPVS table to stdout.
   With the -n option, prints out the table in numeric format.
`;

/** The script around `ipvsadm -S` of Debian's package. */
export const ipvsadmSave: Tool = {
  name: "ipvsadm-save",
  entersNamespaces: false,
  parse(args) {
    if (args.some((arg) => arg.startsWith("-") && arg !== "-n")) throw new ToolError(HELP, 1);
    return [{ ask: "ipvs-save", ...(args.includes("-n") ? { numeric: true as const } : {}) }];
  },
  refused: ipvsadm.refused,
};

/** The script around `ipvsadm -C` and `ipvsadm -R`: comments are left out, and all options are passed over. */
export const ipvsadmRestore: Tool = {
  name: "ipvsadm-restore",
  entersNamespaces: false,
  readsInput: () => true,
  parse(_args, _toolbox, outside) {
    const lines = (outside?.stdin ?? "").split("\n").filter((line) => !line.startsWith("#"));
    return [{ op: "ipvs-flush" }, { op: "ipvs-restore", text: `${lines.join("\n").replace(/\n+$/, "")}\n` }];
  },
  refused: ipvsadm.refused,
};
