import { own } from "../base/own.ts";
import { errorText } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { procNet } from "../net/proc-net.ts";
import { findSysctl, listSysctls } from "../net/sysctl-tree.ts";
import type { HostFiles, MountedTree } from "./host-files.ts";
import { sysClassNet } from "./sys-class-net.ts";

/** Puts the lazy trees of a Linux host into its files: what they hold is made when somebody reads. */
export function mountKernelTrees(files: HostFiles, readOnly = false): void {
  const mount = (point: string, source: (ns: NetworkNamespace) => MountedTree): void => {
    files.mount(point, readOnly ? (ns) => ({ ...source(ns), write: () => errorText.EROFS }) : source);
  };
  mount("/proc/sys", procSys);
  files.mount("/proc/net", procNetFiles);
  mount("/sys/class/net", sysClassNet);
}

function procNetFiles(ns: NetworkNamespace): MountedTree {
  const others = ns.host.kernel.procNet;
  const names = [
    ...Object.keys(procNet),
    ...[...others.keys()].filter((name) => others.get(name)!(ns) !== null),
  ];
  return {
    list: (path) => {
      const below = path === "" ? names : names.filter((name) => name.startsWith(`${path}/`));
      const at = path === "" ? 0 : path.length + 1;
      return below.length === 0
        ? null
        : [...new Set(below.map((name) => name.slice(at).split("/")[0]!))].sort();
    },
    read: (path) => own(procNet, path)?.(ns) ?? others.get(path)?.(ns) ?? null,
  };
}

/** The sysctls of a namespace as a tree of files. */
function procSys(ns: NetworkNamespace): MountedTree {
  return {
    list: (path) => listSysctls(ns, path),
    read: (path) => {
      const sysctl = findSysctl(ns, path);
      return sysctl === null ? null : `${sysctl.read()}\n`;
    },
    write: (path, text) => {
      const sysctl = findSysctl(ns, path);
      if (sysctl === null) return "No such file or directory";
      if (!sysctl.writable) return "Permission denied";
      const { registry } = ns.world;
      const before = registry.cause;
      const value = text.trim();
      registry.cause = { by: "operation", text: `echo ${value} >/proc/sys/${path}`, line: "" };
      const done = sysctl.write(value);
      registry.cause = before;
      return done ? null : "Invalid argument";
    },
  };
}
