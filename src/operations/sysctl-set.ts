import { findSysctl } from "../net/sysctl-tree.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import { nameOf } from "./sysctl-name.ts";
import { ToolError } from "./tool-error.ts";

/** `sysctl -w NAME=VALUE ...` */
export interface SysctlSet extends InNamespace {
  readonly op: "sysctl-set";
  /** Paths relative to /proc/sys, and what to write there. */
  readonly settings: readonly (readonly [path: string, value: string])[];
  /** `-q`: say nothing of what was set. */
  readonly quiet?: boolean;
  /** `-e`: say nothing of names that do not exist. */
  readonly ignore?: boolean;
}

export const sysctlSet: OperationRecord<SysctlSet> = {
  tool: "sysctl",
  words({ settings, quiet, ignore }) {
    const flags = `-${quiet ? "q" : ""}${ignore ? "e" : ""}w`;
    return [flags, ...settings.map(([path, value]) => `${nameOf(path)}=${value}`)];
  },
  apply({ settings, quiet, ignore }, { namespace }) {
    let problems = "";
    let text = "";
    for (const [path, value] of settings) {
      const sysctl = findSysctl(namespace, path);
      const name = nameOf(path);
      if (sysctl === null) {
        if (!ignore) problems += `sysctl: cannot stat /proc/sys/${path}: No such file or directory\n`;
      } else if (!sysctl.writable) problems += `sysctl: setting key "${name}": Read-only file system\n`;
      else if (!sysctl.write(value)) problems += `sysctl: setting key "${name}": Invalid argument\n`;
      else text += line(path, value);
    }
    if (problems !== "") throw new ToolError(problems, 1, quiet ? "" : text);
  },
  /** procps prints what it wrote as it was told, not what the kernel made of it. */
  said({ settings, quiet }, { namespace }) {
    if (quiet) return "";
    return settings
      .filter(([path]) => findSysctl(namespace, path) !== null)
      .map(([path, value]) => line(path, value))
      .join("");
  },
};

function line(path: string, value: string): string {
  return `${nameOf(path)} = ${value}\n`;
}
