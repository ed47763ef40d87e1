import { DaemonError } from "../api/daemon-error.ts";
import type { NetworkCreateRequest } from "../api/network-types.ts";

const SWARM_ONLY =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

/** What cannot be made at all, whatever the driver (libnetwork's NewNetwork on an engine that is in no swarm). @throws {DaemonError} */
export function checkRequest(request: NetworkCreateRequest): void {
  const { Scope = "", Ingress, Internal, Attachable, Driver } = request;
  const borrows = (request.ConfigFrom ?? null) !== null;
  if (request.ConfigOnly === true) {
    if (Ingress || Internal || Attachable || Scope !== "")
      throw new DaemonError(
        403,
        "configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.",
      );
    if (borrows)
      throw new DaemonError(403, "a configuration network cannot depend on another configuration network");
    return;
  }
  if (borrows) {
    const { EnableIPv6, Labels, IPAM, Options } = request;
    const own = Object.keys({ ...Labels, ...IPAM.Options }).length + IPAM.Config.length;
    if (EnableIPv6 || own > 0 || !["", "default"].includes(IPAM.Driver))
      throw new DaemonError(
        403,
        "user specified configurations are not supported if the network depends on a configuration network",
      );
    if (Object.keys(Options).length > 0)
      throw new DaemonError(
        403,
        "network driver options are not supported if the network depends on a configuration network",
      );
  }
  if (Driver === "overlay" || Scope === "global") throw new DaemonError(500, SWARM_ONLY);
  if (Ingress) throw new DaemonError(403, "Ingress network can only be global scope network");
  if (Scope === "swarm")
    throw new DaemonError(403, "cannot create a swarm scoped network when swarm is not active");
}

/** Whether there is a store to keep a network of that scope in: that is found out when all else is done. @throws {DaemonError} */
export function checkStore({ Scope = "" }: NetworkCreateRequest): void {
  if (!["", "local", "swarm"].includes(Scope)) throw new DaemonError(500, SWARM_ONLY);
}

/** A request with the settings of the network that it borrows them from. */
export function withConfiguration(
  request: NetworkCreateRequest,
  lender: NetworkCreateRequest,
): NetworkCreateRequest {
  const { EnableIPv6, IPAM, Options, Labels } = lender;
  return { ...request, EnableIPv6, IPAM, Options, Labels };
}
