import type { SysctlDefinition } from "../net/kernel.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { procNet } from "../net/proc-net.ts";
import type { HostFiles, MountedTree } from "./files.ts";
import { sysClassNet } from "./sys-class-net.ts";

/** Puts the lazy trees of a Linux host into its files: what they hold is made when somebody reads. */
export function mountKernelTrees(files: HostFiles): void {
  files.mount("/proc/sys", procSys);
  files.mount("/proc/net", procNetFiles);
  files.mount("/sys/class/net", sysClassNet);
}

/** The tables of a namespace as the kernel prints them. */
function procNetFiles(ns: NetworkNamespace): MountedTree {
  return {
    list: (path) => (path === "" ? Object.keys(procNet).sort() : null),
    read: (path) => (Object.hasOwn(procNet, path) ? procNet[path]!(ns) : null),
    write: () => "Permission denied",
  };
}

interface Leaf {
  readonly definition: SysctlDefinition;
  readonly star: string;
}

/** The sysctls of a namespace as a tree of files. */
function procSys(ns: NetworkNamespace): MountedTree {
  const definitions = ns.host.kernel.sysctls;
  const find = (path: string): Leaf | null => {
    const parts = path.split("/");
    for (const definition of definitions) {
      const star = match(definition.path.split("/"), parts);
      if (star === null) continue;
      if (star === "" || (definition.stars?.(ns).includes(star) ?? false)) return { definition, star };
    }
    return null;
  };
  return {
    list: (path) => {
      const parts = path === "" ? [] : path.split("/");
      const names = new Set<string>();
      for (const definition of definitions) {
        const pattern = definition.path.split("/");
        if (pattern.length <= parts.length) continue;
        const star = match(pattern.slice(0, parts.length), parts);
        if (star === null || (star !== "" && !(definition.stars?.(ns).includes(star) ?? false))) continue;
        const next = pattern[parts.length]!;
        for (const name of next === "*" ? (definition.stars?.(ns) ?? []) : [next]) names.add(name);
      }
      return names.size === 0 ? null : [...names].sort();
    },
    read: (path) => {
      const leaf = find(path);
      return leaf === null ? null : `${leaf.definition.get(ns, leaf.star)}\n`;
    },
    write: (path, text) => {
      const leaf = find(path);
      if (leaf === null) return "No such file or directory";
      const { set } = leaf.definition;
      if (set === null) return "Permission denied";
      return set(ns, text.trim(), leaf.star) ? null : "Invalid argument";
    },
  };
}

/** What stands for the asterisk, empty when the pattern has none; null when they differ. */
function match(pattern: readonly string[], parts: readonly string[]): string | null {
  if (pattern.length !== parts.length) return null;
  let star = "";
  for (let i = 0; i < parts.length; i++) {
    if (pattern[i] === "*") star = parts[i]!;
    else if (pattern[i] !== parts[i]) return null;
  }
  return star;
}
