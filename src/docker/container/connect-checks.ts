import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";

/**
 * Whether a container may be connected to one network more (moby daemon, container_operations.go).
 * @throws {DaemonError} 403
 */
export function checkConnect(
  container: Container,
  network: { readonly Name: string; readonly Driver: string },
): void {
  if (network.Driver === "host" || container.hostConfig.NetworkMode === "host")
    throw new DaemonError(
      403,
      "container cannot be disconnected from host network or connected to host network",
    );
  const others = [...container.wishes.keys()].filter((name) => name !== network.Name);
  if (others.includes("none") || (network.Driver === "null" && others.length > 0))
    throw new DaemonError(
      403,
      "container cannot be connected to multiple networks with one of the networks in private (none) mode",
    );
}
