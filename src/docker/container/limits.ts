import type { HostConfig } from "../api/container-types.ts";

/** A limit of processes, as `--ulimit` sets it. */
interface ProcessLimit {
  /** As ulimit(5) calls it: `nofile`. */
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** What a container's system shows of its limits: nothing is held to them. */
export interface SystemLimits {
  /** Bytes; null: as many as the machine has. */
  readonly memory: number | null;
  readonly memoryAndSwap: number | null;
  readonly memoryReservation: number | null;
  readonly pids: number | null;
  readonly cpuShares: number;
  /** Microseconds of a processor in each period; null: all. */
  readonly cpuQuota: number | null;
  readonly cpuPeriod: number;
  readonly oomScoreAdj: number;
  /** Bytes of /dev/shm. */
  readonly shmSize: number;
  readonly processes: readonly ProcessLimit[];
}

const PERIOD = 100_000;
const SHARES = 1024;
export const SHM_SIZE: number = 64 * 1024 ** 2;

interface Ulimit {
  readonly Name: string;
  readonly Hard: number;
  readonly Soft: number;
}

/** Adds the limits of processes that hold where a container has none of that kind. */
export function addUlimits(hostConfig: HostConfig, usual: readonly Ulimit[]): void {
  const own = (hostConfig["Ulimits"] ?? []) as readonly Ulimit[];
  const missing = usual.filter(({ Name }) => !own.some((one) => one.Name === Name));
  if (missing.length > 0) hostConfig["Ulimits"] = [...own, ...missing];
}

/** What a container's options set. */
export function limitsOf(hostConfig: HostConfig): SystemLimits {
  const number = (key: string): number => Number(hostConfig[key] ?? 0);
  const some = (key: string): number | null => (number(key) > 0 ? number(key) : null);
  const period = number("CpuPeriod") || PERIOD;
  const cpus = number("NanoCpus");
  const ulimits = (hostConfig["Ulimits"] ?? []) as readonly Ulimit[];
  return {
    memory: some("Memory"),
    memoryAndSwap: some("MemorySwap"),
    memoryReservation: some("MemoryReservation"),
    pids: some("PidsLimit"),
    cpuShares: number("CpuShares") || SHARES,
    cpuQuota: cpus > 0 ? Math.floor((cpus * period) / 1e9) : some("CpuQuota"),
    cpuPeriod: period,
    oomScoreAdj: number("OomScoreAdj"),
    shmSize: number("ShmSize") || SHM_SIZE,
    processes: ulimits.map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
  };
}
