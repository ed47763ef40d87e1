import { errorText } from "../net/kernel-error.ts";
import { findSysctl } from "../net/sysctl-tree.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { nameOf, pathOf } from "./sysctl-name.ts";
import { ToolError } from "./tool-error.ts";

/** How `sysctl` tells what it has set. */
export interface SysctlTelling {
  /** `-q`: say nothing of what was set. */
  readonly quiet?: boolean;
  /** `-e`: say nothing of names that do not exist. */
  readonly ignore?: boolean;
  /** `-n` or `-b`: only the value, with or without a line end. */
  readonly only?: "values" | "binary";
}

/** `sysctl -w NAME=VALUE ...` */
export interface SysctlSet extends InNamespace, SysctlTelling {
  readonly op: "sysctl-set";
  /** Paths relative to /proc/sys, and what to write there. */
  readonly settings: readonly (readonly [path: string, value: string])[];
}

/** `sysctl -p FILE`: the `name = value` lines of a file; `-` is the standard input. */
export interface SysctlLoad extends InNamespace, SysctlTelling {
  readonly op: "sysctl-load";
  readonly file: string;
}

function flags({ quiet, ignore, only }: SysctlTelling, last: string): string {
  const letter = only === "values" ? "n" : only === "binary" ? "b" : "";
  return `-${quiet ? "q" : ""}${ignore ? "e" : ""}${letter}${last}`;
}

/**
 * Sets one after the other; what cannot be set does not keep the others from it. Gives what procps prints: each as it was
 * told, not what the kernel made of it. @throws {ToolError} at the end
 */
function setAll(
  settings: SysctlSet["settings"],
  telling: SysctlTelling,
  { namespace, outside }: OperationContext,
  complaints: string,
): string {
  let problems = complaints;
  // What nobody may write is told, but is no failure.
  let told = "";
  let text = "";
  for (const [path, value] of settings) {
    const sysctl = findSysctl(namespace, path);
    if (sysctl === null) {
      if (!telling.ignore) problems += `sysctl: cannot stat /proc/sys/${path}: No such file or directory\n`;
    } else if (outside.readOnlySysctls === true)
      problems += `sysctl: setting key "${nameOf(path)}": ${errorText.EROFS}\n`;
    else if (!sysctl.writable) told += invalid(path);
    else if (!sysctl.write(value)) problems += invalid(path);
    else text += line(path, value, telling);
  }
  if (problems + told !== "") throw new ToolError(problems + told, problems === "" ? 0 : 1, text);
  return text;
}

function invalid(path: string): string {
  return `sysctl: setting key "${nameOf(path)}": Invalid argument\n`;
}

export const sysctlSet: OperationRecord<SysctlSet> = {
  tool: "sysctl",
  words: ({ settings, ...telling }) => [
    flags(telling, "w"),
    ...settings.map(([path, value]) => `${nameOf(path)}=${value}`),
  ],
  apply: (operation, context) => setAll(operation.settings, operation, context, ""),
};

export const sysctlLoad: OperationRecord<SysctlLoad> = {
  tool: "sysctl",
  words: ({ file, ...telling }) => [flags(telling, "p"), file],
  apply({ file, ...telling }, context) {
    const text = file === "-" ? (context.outside.stdin ?? "") : (context.outside.readFile?.(file) ?? null);
    if (text === null) throw new ToolError(`sysctl: cannot open "${file}": No such file or directory`, 1);
    const settings: [string, string][] = [];
    let complaints = "";
    for (const [i, entry] of text.split("\n").entries()) {
      const trimmed = entry.trim();
      if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
      const match = /^-?([^=]+?)\s*=\s*(.*)$/.exec(trimmed);
      if (match === null) complaints += `sysctl: ${file}(${i + 1}): invalid syntax, continuing...\n`;
      else settings.push([pathOf(match[1]!), match[2]!]);
    }
    return setAll(settings, telling, context, complaints);
  },
};

function line(path: string, value: string, { quiet, only }: SysctlTelling): string {
  if (quiet) return "";
  if (only === "binary") return value;
  return only === "values" ? `${value}\n` : `${nameOf(path)} = ${value}\n`;
}
