import type { HostConfig } from "../api/container-types.ts";
import { DaemonError, withPrefix } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";
import { checkLimits, checkRestartPolicy } from "./host-config-checks.ts";
import { limitsOf } from "./limits.ts";

/** The kernel takes no fewer (runc). */
const LEAST_SHARES = 2;
export const KERNEL_MEMORY =
  "Specifying a kernel memory limit is deprecated and will be removed in a future release.";

/** What is wrong with changes, whatever container they are for. @throws {DaemonError} 400 */
export function checkUpdate(changes: Record<string, unknown>): void {
  const policy = changes["RestartPolicy"] as HostConfig["RestartPolicy"] | undefined;
  checkLimits(changes, true);
  if (policy !== undefined) checkRestartPolicy(policy);
}

/** What the engine warns of when it has changed a container. */
export function updateWarnings(changes: Record<string, unknown>): string[] {
  return Number(changes["KernelMemory"] ?? 0) > 0 ? [KERNEL_MEMORY] : [];
}

/** Changes what can be changed of a container, running or not (moby container_unix.go). @throws {DaemonError} */
export function updateContainer(container: Container, changes: Record<string, unknown>): void {
  const { hostConfig } = container;
  withPrefix(`Cannot update container ${container.id}`, () => refuseConflicts(container, changes));
  const policy = changes["RestartPolicy"] as HostConfig["RestartPolicy"] | undefined;
  if (policy !== undefined && policy.Name !== "") hostConfig.RestartPolicy = { ...policy };
  for (const [key, value] of Object.entries(changes)) {
    if (key === "RestartPolicy") continue;
    // No more than so many processes: none or a negative number stands for any.
    if (key === "PidsLimit") hostConfig.PidsLimit = Math.max(0, Number(value));
    else if (value !== 0 && value !== "" && value !== null) hostConfig[key] = value;
  }
  if (container.system !== null) container.system.limits = limitsOf(hostConfig);
}

/** What does not go with what the container has already. */
function refuseConflicts(container: Container, changes: Record<string, unknown>): void {
  const { hostConfig } = container;
  const now = (key: string): number => Number(hostConfig[key] ?? 0);
  const next = (key: string): number => Number(changes[key] ?? 0);
  const refuse = (words: string): never => {
    throw new DaemonError(409, words);
  };
  if (next("NanoCpus") > 0 && now("CpuPeriod") > 0)
    refuse("Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
  if (next("NanoCpus") > 0 && now("CpuQuota") > 0)
    refuse("Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
  if (next("CpuPeriod") > 0 && now("NanoCpus") > 0)
    refuse("Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
  if (next("CpuQuota") > 0 && now("NanoCpus") > 0)
    refuse("Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
  if (next("Memory") > 0 && next("Memory") > now("MemorySwap") && next("MemorySwap") === 0)
    refuse(
      "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
    );
  const policy = changes["RestartPolicy"] as HostConfig["RestartPolicy"] | undefined;
  if (policy !== undefined && !["", "no"].includes(policy.Name) && hostConfig.AutoRemove)
    refuse("Restart policy cannot be updated because AutoRemove is enabled for the container");
  if (container.process !== null) refuseWhatRuncWould(container, changes);
}

/** What the kernel's cgroups do not take of a container that runs. */
function refuseWhatRuncWould({ id, hostConfig }: Container, changes: Record<string, unknown>): void {
  const refuse = (words: string): never => {
    throw new DaemonError(500, `runc did not terminate successfully: exit status 1: ${words}\n: unknown`);
  };
  const [shares, swap] = [Number(changes["CpuShares"] ?? 0), Number(changes["MemorySwap"] ?? 0)];
  if (shares !== 0 && shares < LEAST_SHARES) refuse(`the minimum allowed cpu-shares is ${LEAST_SHARES}`);
  const memory = Number(changes["Memory"] ?? 0) || hostConfig.Memory;
  if (swap > 0 && swap < memory)
    refuse(
      `failed to write "${swap}": write /sys/fs/cgroup/memory/docker/${id}/memory.memsw.limit_in_bytes: invalid argument`,
    );
}
