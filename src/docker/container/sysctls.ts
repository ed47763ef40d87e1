import { DaemonError } from "../api/daemon-error.ts";
import type { ContainerNetworks } from "../network/container-networks.ts";
import type { Sandbox } from "../network/sandbox.ts";
import type { Container } from "./container.ts";
import { StartFailure } from "./container-runtime.ts";

/** Sets what `--sysctl` asks for, as runc does when all devices are there. @throws {StartFailure | DaemonError} */
export function setSysctls(
  { hostConfig, networkKind }: Container,
  sandbox: Sandbox,
  networks: ContainerNetworks,
): void {
  const sysctls = hostConfig.Sysctls ?? {};
  for (const name of Object.keys(sysctls)) {
    const shared = name.startsWith("net.")
      ? networkKind === "host" && "not allowed in host network namespace"
      : hostConfig["IpcMode"] === "host" && "is not allowed in the hosts ipc namespace";
    if (shared === false) continue;
    const words = `OCI runtime create failed: runc create failed: sysctl ${JSON.stringify(name)} ${shared}`;
    throw new DaemonError(400, `failed to create shim task: ${words}: unknown`);
  }
  const problem = networks.setSysctls(sandbox, sysctls);
  if (problem === null) return;
  const status = problem.startsWith("open ") ? 127 : 128;
  throw new StartFailure(status, `error during container init: ${problem}`);
}
