import { ToolError } from "../tool-error.ts";

const NAME = "conntrack v1.4.7 (conntrack-tools)";

/** A line of the tool: its name stands in front of whatever it says. */
export function said(text: string): string {
  return `${NAME}: ${text}\n`;
}

/** A wrong command line. */
export function wrong(text: string): ToolError {
  return new ToolError(`${said(text)}Try \`conntrack -h' or 'conntrack --help' for more information.\n`, 2);
}

/** Something that the kernel did not do. */
export function failed(text: string): ToolError {
  return new ToolError(said(`Operation failed: ${text}`), 1);
}

/** What the tool says when it looks for names of labels: no host has the file. */
export const NO_LABELS = "nfct_labelmap_new: No such file or directory\n";
