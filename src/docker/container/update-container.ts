import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";
import { checkLimits, checkRestartPolicy } from "./host-config-checks.ts";

/** Changes what can be changed of a container, running or not. @throws {DaemonError} */
export function updateContainer({ id, hostConfig }: Container, changes: Record<string, unknown>): void {
  const policy = changes["RestartPolicy"] as { Name: string; MaximumRetryCount: number } | undefined;
  const changesPolicy = policy !== undefined && policy.Name !== "";
  if (changesPolicy && hostConfig.AutoRemove)
    throw new DaemonError(
      500,
      "Restart policy cannot be updated because AutoRemove is enabled for the container",
    );
  if (policy !== undefined) checkRestartPolicy(policy);
  checkLimits(changes, true);
  const memory = Number(changes["Memory"] ?? 0);
  if (memory > Number(hostConfig["MemorySwap"] ?? 0) && Number(changes["MemorySwap"] ?? 0) === 0)
    throw new DaemonError(
      409,
      `Cannot update container ${id}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time`,
    );
  if (changesPolicy) hostConfig.RestartPolicy = { ...policy };
  for (const [key, value] of Object.entries(changes)) {
    if (key !== "RestartPolicy" && value !== 0 && value !== "" && value !== null) hostConfig[key] = value;
  }
}
