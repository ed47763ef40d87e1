import { capabilityMask } from "../programs/capability-mask.ts";
import { SECOND } from "../sim/time.ts";
import type { HostFiles, MountedTree } from "./host-files.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { nameOf, wordsOf } from "./programs/process-name.ts";

/** What is the same for all processes of a system. */
interface ProcessFacts {
  readonly oomScoreAdj: number;
}

/** The files of a process in /proc (proc(5)). */
const OF_PROCESS: Readonly<Record<string, (entry: ProcessEntry, facts: ProcessFacts) => string>> = {
  cmdline: (entry) => `${wordsOf(entry).split(" ").join("\0")}\0`,
  comm: (entry) => `${nameOf(entry)}\n`,
  oom_score_adj: (_entry, { oomScoreAdj }) => `${oomScoreAdj}\n`,
  status: (entry) => {
    const { pid, parent, uid, gid, credentials } = entry;
    const { capabilities, bounding = capabilities } = credentials;
    const four = (id: number): string => `${id}\t${id}\t${id}\t${id}`;
    return `Name:\t${nameOf(entry)}
Umask:\t0022
State:\tS (sleeping)
Tgid:\t${pid}
Ngid:\t0
Pid:\t${pid}
PPid:\t${parent}
TracerPid:\t0
Uid:\t${four(uid)}
Gid:\t${four(gid)}
Threads:\t1
CapInh:\t0000000000000000
CapPrm:\t${capabilityMask(capabilities)}
CapEff:\t${capabilityMask(capabilities)}
CapBnd:\t${capabilityMask(bounding)}
CapAmb:\t0000000000000000
`;
  },
};

/** Puts the processes of a system into its /proc, and what the kernel tells of itself there. */
export function mountProcesses(files: HostFiles, processes: ProcessTable, facts: ProcessFacts): void {
  const { world } = processes;
  const ofKernel: Readonly<Record<string, () => string>> = {
    loadavg: () =>
      `0.00 0.00 0.00 1/${processes.list().length} ${Math.max(0, ...processes.list().map(({ pid }) => pid))}\n`,
    uptime: () => `${(world.now / SECOND).toFixed(2)} ${(world.now / SECOND).toFixed(2)}\n`,
    version: () => "Linux version 6.1.0-overmesh (overmesh) #1 SMP\n",
  };
  const tree: MountedTree = {
    list: (path) => {
      if (path === "")
        return [
          ...processes.list().map(({ pid }) => `${pid}`),
          ...Object.keys(ofKernel),
          "net",
          "self",
          "sys",
        ];
      return processFor(processes, path) === null ? null : Object.keys(OF_PROCESS);
    },
    read: (path) => {
      if (Object.hasOwn(ofKernel, path)) return ofKernel[path]!();
      const slash = path.indexOf("/");
      const name = path.slice(slash + 1);
      const entry = slash < 0 ? null : processFor(processes, path.slice(0, slash));
      return entry === null || !Object.hasOwn(OF_PROCESS, name) ? null : OF_PROCESS[name]!(entry, facts);
    },
  };
  files.mount("/proc", () => tree);
}

function processFor(processes: ProcessTable, pid: string): ProcessEntry | null {
  return /^\d+$/.test(pid) ? processes.find(Number(pid)) : null;
}
