import type { PortBinding, PortMap } from "../../api/network-types.ts";
import { inKeyOrder } from "../../key-order.ts";
import type { PortRequest, PublishedPort } from "../network-driver.ts";

/** What is published of a sandbox, as `docker inspect` shows it: ports that are exposed only are null. */
export function portMap(exposed: readonly string[], published: readonly PublishedPort[]): PortMap {
  const map: Record<string, PortBinding[] | null> = {};
  for (const { protocol, port, hostAddress, hostPort } of published) {
    const key = `${port}/${protocol}`;
    (map[key] ??= []).push({ HostIp: hostAddress, HostPort: `${hostPort}` });
  }
  for (const port of exposed) map[port] ??= null;
  return inKeyOrder(map);
}

/**
 * What a container wants to have published, in the order of the engine: a port of the container after the other, each with
 * all that it is bound to.
 */
export function portRequests(
  bindings: PortMap,
  exposed: readonly string[],
  publishAll: boolean,
): PortRequest[] {
  const requests: PortRequest[] = [];
  for (const [key, list] of Object.entries(bindings)) {
    const [port, protocol = "tcp"] = key.split("/");
    for (const { HostIp, HostPort } of list ?? []) {
      const [first = "0", last = first] = HostPort.split("/")[0]!.split("-");
      requests.push({
        protocol,
        port: Number(port),
        hostAddress: HostIp,
        hostPort: Number(first),
        hostPortEnd: Number(last),
      });
    }
  }
  if (publishAll)
    for (const key of exposed) {
      if ((bindings[key]?.length ?? 0) > 0) continue;
      const [port, protocol = "tcp"] = key.split("/");
      requests.push({ protocol, port: Number(port), hostAddress: "", hostPort: 0, hostPortEnd: 0 });
    }
  const ordered = sorted(requests);
  const ports = new Set(ordered.map(portOf));
  return [...ports].flatMap((port) => ordered.filter((request) => portOf(request) === port));
}

function portOf({ port, protocol }: PortRequest): string {
  return `${port}/${protocol}`;
}

/** What goes before what (nat.SortPortMap). Of two bindings of one TCP port each goes before the other. */
function isBefore(a: PortRequest, b: PortRequest): boolean {
  return a.hostPort > b.hostPort || a.port > b.port || (a.port === b.port && a.protocol === "tcp");
}

/** With such an order the result depends on how one sorts: Go sorts few things by insertion. */
function sorted(requests: readonly PortRequest[]): PortRequest[] {
  const result: PortRequest[] = [];
  for (const request of requests) {
    let at = result.length;
    while (at > 0 && isBefore(request, result[at - 1]!)) at--;
    result.splice(at, 0, request);
  }
  return result;
}
