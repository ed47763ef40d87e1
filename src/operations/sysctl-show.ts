import { walkSysctls } from "../net/sysctl-tree.ts";
import { extendedRegExp } from "./extended-regexp.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import { nameOf } from "./sysctl-name.ts";
import { ToolError } from "./tool-error.ts";

/** `sysctl NAME ...` or `sysctl -a` */
export interface SysctlShow extends InNamespace {
  readonly ask: "sysctl-show";
  /** Paths relative to /proc/sys; a directory means all below it; none: everything. */
  readonly paths: readonly string[];
  /** `-n`, `-N` or `-b`: only values, only names, the bare value. */
  readonly only?: "values" | "names" | "binary";
  /** `-e`: say nothing of names that do not exist. */
  readonly ignore?: boolean;
  /** `-r`: only names that match this expression. */
  readonly pattern?: string;
  /** `--deprecated`: of a directory also the settings that newer ones stand for. */
  readonly deprecated?: boolean;
}

const DEPRECATED = /\/(?:base_reachable_time|retrans_time)$/;

const flags = { values: ["-n"], names: ["-N"], binary: ["-b"] } as const;

export const sysctlShow: QuestionRecord<SysctlShow> = {
  tool: "sysctl",
  words({ paths, only, ignore, pattern, deprecated }) {
    return [
      ...(only === undefined ? [] : flags[only]),
      ...(ignore ? ["-e"] : []),
      ...(pattern === undefined ? [] : ["-r", pattern]),
      ...(deprecated ? ["--deprecated"] : []),
      ...(paths.length === 0 ? ["-a"] : paths.map(nameOf)),
    ];
  },
  answer({ paths, only, ignore, pattern, deprecated = false }, context) {
    let text = "";
    let problems = "";
    const expression = pattern === undefined ? null : extendedRegExp(pattern);
    for (const path of paths.length === 0 ? [""] : paths) {
      const found = walkSysctls(context.namespace, path).filter(
        (sysctl) => deprecated || sysctl.path === path || !DEPRECATED.test(sysctl.path),
      );
      if (found.length === 0 && !ignore) {
        problems += `sysctl: cannot stat /proc/sys/${path}: No such file or directory\n`;
      }
      for (const sysctl of found) {
        const name = nameOf(sysctl.path);
        // An expression that is none fits nothing, and the tool does not say so.
        if (expression !== null && (typeof expression === "string" || !expression.test(name))) continue;
        if (only === "names") text += `${name}\n`;
        else if (only === "values") text += `${sysctl.read()}\n`;
        else if (only === "binary") text += sysctl.read();
        else text += `${name} = ${sysctl.read()}\n`;
      }
    }
    if (problems !== "") throw new ToolError(problems, 1, text);
    return text;
  },
};
