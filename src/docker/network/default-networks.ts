import * as ip from "../../wire/ipv4-address.ts";
import type { NetworkCreateRequest } from "../api/network-types.ts";
import type { DaemonOptions } from "./daemon-options.ts";
import type { DriverHost } from "./driver-host.ts";
import type { AddressSpace } from "./ipam/address-space.ts";
import type { Subnet } from "./ipam/ipam-driver.ts";

/** The network `bridge` as the engine makes it when it starts (initBridgeDriver); null with `--bridge none`. */
export function defaultBridgeRequest(
  options: DaemonOptions,
  host: DriverHost,
  space: AddressSpace,
  isFree: (subnet: Subnet) => boolean,
): NetworkCreateRequest | null {
  const { bridge = "", bip } = options;
  if (bridge === "none") return null;
  const device = bridge === "" ? "docker0" : bridge;
  const there = host.namespace.device(device)?.ipv4.addresses[0];
  const own = bip ?? (there === undefined ? null : ip.formatPrefix(there.address, there.prefixLength));
  const range = options["fixed-cidr"];
  const gateway = own === null ? undefined : own.split("/")[0];
  return {
    Name: "bridge",
    CheckDuplicate: false,
    Driver: "bridge",
    Internal: false,
    Attachable: false,
    Ingress: false,
    EnableIPv6: false,
    IPAM: {
      Driver: "default",
      Options: null,
      Config: [
        {
          Subnet: own === null ? firstFree(space, isFree) : networkOf(own),
          ...(range === undefined ? {} : { IPRange: range }),
          ...(gateway === undefined ? {} : { Gateway: gateway }),
        },
      ],
    },
    Options: {
      "com.docker.network.bridge.default_bridge": "true",
      "com.docker.network.bridge.enable_icc": `${options.icc}`,
      "com.docker.network.bridge.enable_ip_masquerade": `${options["ip-masq"] && options.iptables}`,
      "com.docker.network.bridge.host_binding_ipv4": options.ip,
      "com.docker.network.bridge.name": device,
      "com.docker.network.driver.mtu": `${options.mtu}`,
    },
    Labels: {},
  };
}

/** The first default pool that nothing on the host is in. */
function firstFree(space: AddressSpace, isFree: (subnet: Subnet) => boolean): string {
  let first: Subnet | null = null;
  for (const subnet of space.defaults()) {
    if (isFree(subnet)) return prefixOf(subnet);
    first ??= subnet;
  }
  return prefixOf(first!);
}

function prefixOf({ address, length }: Subnet): string {
  return ip.formatPrefix(address, length);
}

function networkOf(own: string): string {
  const { address, length } = ip.parsePrefix(own)!;
  return ip.formatPrefix(ip.network(address, length), length);
}
