import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";

interface NamedNetwork {
  readonly Name: string;
  readonly Driver: string;
}

const HOST_NETWORK = "container cannot be disconnected from host network or connected to host network";

/**
 * Whether a container may be connected to one network more (moby daemon, container_operations.go).
 * @throws {DaemonError} 403
 */
export function checkConnect(container: Container, network: NamedNetwork): void {
  const isHosts = container.hostConfig.NetworkMode === "host";
  if (container.networkKind === "container" || (isHosts && network.Driver !== "host"))
    throw new DaemonError(
      403,
      "container sharing network namespace with another container or host cannot be connected to any other network",
    );
  // One that has the host's network already gets as far as its endpoint, which is there.
  if (network.Driver === "host" && !isHosts) throw new DaemonError(403, HOST_NETWORK);
  const others = [...container.wishes.keys()].filter((name) => name !== network.Name);
  if (others.includes("none") || (network.Driver === "null" && others.length > 0))
    throw new DaemonError(
      403,
      "container cannot be connected to multiple networks with one of the networks in private (none) mode",
    );
}

/** Whether a container may be taken off a network. @throws {DaemonError} 403, 500 */
export function checkDisconnect(container: Container, network: NamedNetwork): void {
  if (!container.wishes.has(network.Name))
    throw new DaemonError(500, `container ${container.id} is not connected to network ${network.Name}`);
  if (container.hostConfig.NetworkMode === "host" && network.Driver === "host")
    throw new DaemonError(403, HOST_NETWORK);
}
