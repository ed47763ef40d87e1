import { errorText } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { findSysctl, walkSysctls } from "../../net/sysctl-tree.ts";
import type { OperationContext } from "../operation-context.ts";
import { applyOperation } from "../run-tool.ts";
import { nameOf, pathOf } from "../sysctl-name.ts";
import type { ToolResult } from "../tool.ts";
import { ToolError } from "../tool-error.ts";

export const BUSYBOX_SYSCTL_USAGE = `Usage: sysctl [-enq] { -a | -p [FILE]... | [-w] [KEY[=VALUE]]... }

Show/set kernel parameters

	-e	Don't warn about unknown keys
	-n	Don't show key names
	-q      Quiet
	-a	Show all values
	-p	Set values from FILEs (default /etc/sysctl.conf)
	-w	Set values
`;

/** `busybox sysctl` (1.35) on the command line's own settings: a mistaken letter gives null, and the usage follows. */
export function busyboxSysctl(args: readonly string[], context: OperationContext): ToolResult | null {
  const letters = new Set(
    args.filter((word) => /^-[enqapw]+$/.test(word)).flatMap((word) => [...word.slice(1)]),
  );
  const words = args.filter((word) => !word.startsWith("-"));
  if (args.some((word) => word.startsWith("-") && !/^-[enqapw]+$/.test(word))) return null;
  const { namespace } = context;
  const result = { stdout: "", stderr: "", status: 0 };
  const complain = (message: string): void => {
    result.stderr += `sysctl: ${message}\n`;
    result.status = 1;
  };
  const show = (path: string): void => {
    const value = findSysctl(namespace, path)!.read();
    result.stdout += letters.has("n") ? `${value}\n` : `${nameOf(path)} = ${value}\n`;
  };
  if (letters.has("a")) for (const path of pathsBelow(namespace, "")) show(path);
  for (const word of letters.has("p") ? linesOf(words, context, complain) : words) {
    const equals = word.indexOf("=");
    const name = (equals < 0 ? word : word.slice(0, equals)).trim();
    const path = pathOf(name);
    if (equals < 0 && letters.has("w")) {
      complain(`error: '${word}' must be of the form name=value`);
      continue;
    }
    const below = pathsBelow(namespace, path);
    if (below.length === 0) {
      if (!letters.has("e")) complain(`error: '${name}' is an unknown key`);
    } else if (equals < 0) for (const each of below) show(each);
    else {
      const problem = set(path, word.slice(equals + 1).trim(), context);
      if (problem !== null) complain(problem);
      else if (!letters.has("q")) show(path);
    }
  }
  return result;
}

/** The sysctls of a directory, or the one of that path. */
function pathsBelow(namespace: NetworkNamespace, path: string): string[] {
  return findSysctl(namespace, path) === null
    ? walkSysctls(namespace, path).map((sysctl) => sysctl.path)
    : [path];
}

/** The settings in files. */
function linesOf(
  files: readonly string[],
  context: OperationContext,
  complain: (message: string) => void,
): string[] {
  return (files.length === 0 ? ["/etc/sysctl.conf"] : files).flatMap((file) => {
    const text = context.outside.readFile?.(file) ?? null;
    if (text === null) complain(`can't open '${file}': No such file or directory`);
    return (text ?? "").split("\n").filter((line) => /^\s*[^#;\s]/.test(line));
  });
}

/** Null when it is done, else why not. */
function set(path: string, value: string, context: OperationContext): string | null {
  if (context.outside.readOnlySysctls) return `error setting key '${nameOf(path)}': ${errorText.EROFS}`;
  try {
    applyOperation({ op: "sysctl-set", settings: [[path, value]], quiet: true }, context);
    return null;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return `write error: ${errorText.EINVAL}`;
  }
}
