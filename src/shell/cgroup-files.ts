import type { SystemLimits } from "../docker/container/limits.ts";
import type { MountedTree } from "./host-files.ts";

/** What cgroups of version 1 show for no limit of memory: the largest number of whole pages. */
const UNLIMITED = "9223372036854771712";

/** The files below /sys/fs/cgroup that tell of a container's limits (cgroup v1: memory, cpu, pids). */
export function cgroupFiles(limits: () => SystemLimits, processes: () => number): MountedTree {
  const bytes = (value: number | null): string => (value === null ? UNLIMITED : `${value}`);
  const files: Readonly<Record<string, () => string>> = {
    "memory/memory.limit_in_bytes": () => bytes(limits().memory),
    "memory/memory.memsw.limit_in_bytes": () => bytes(limits().memoryAndSwap),
    "memory/memory.soft_limit_in_bytes": () => bytes(limits().memoryReservation),
    "cpu/cpu.shares": () => `${limits().cpuShares}`,
    "cpu/cpu.cfs_quota_us": () => `${limits().cpuQuota ?? -1}`,
    "cpu/cpu.cfs_period_us": () => `${limits().cpuPeriod}`,
    "pids/pids.max": () => `${limits().pids ?? "max"}`,
    "pids/pids.current": () => `${processes()}`,
  };
  return {
    list: (path) => {
      const below = Object.keys(files).filter((name) => path === "" || name.startsWith(`${path}/`));
      const at = path === "" ? 0 : path.length + 1;
      return below.length === 0 ? null : [...new Set(below.map((name) => name.slice(at).split("/")[0]!))];
    },
    read: (path) => (Object.hasOwn(files, path) ? `${files[path]!()}\n` : null),
  };
}
