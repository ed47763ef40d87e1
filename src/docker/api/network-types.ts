/** The network objects of the Engine API v1.41, with the API's own names: what `docker network inspect` prints. */

export interface IpamPool {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

export interface Ipam {
  Driver: string;
  Options: Record<string, string> | null;
  Config: IpamPool[];
}

/** A container on a network, as the network tells it. */
export interface NetworkContainer {
  Name: string;
  EndpointID: string;
  MacAddress: string;
  /** With the length of the prefix: `172.17.0.2/16`. */
  IPv4Address: string;
  IPv6Address: string;
}

export interface NetworkResource {
  Name: string;
  Id: string;
  /** RFC 3339 with nanoseconds. */
  Created: string;
  Scope: string;
  Driver: string;
  EnableIPv6: boolean;
  IPAM: Ipam;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigFrom: { Network: string };
  ConfigOnly: boolean;
  Containers: Record<string, NetworkContainer>;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

/** POST /networks/create */
export interface NetworkCreateRequest {
  Name: string;
  CheckDuplicate: boolean;
  Driver: string;
  /** `local`, `global` or `swarm`; empty: the driver's own. */
  Scope?: string;
  /** A network that only lends its settings to others. */
  ConfigOnly?: boolean;
  ConfigFrom?: { Network: string } | null;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  EnableIPv6: boolean;
  IPAM: Ipam;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

/** What a container wishes of a network, and what it got. */
export interface EndpointSettings {
  IPAMConfig: { IPv4Address?: string; IPv6Address?: string; LinkLocalIPs?: string[] } | null;
  Links: string[] | null;
  Aliases: string[] | null;
  NetworkID: string;
  EndpointID: string;
  Gateway: string;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  MacAddress: string;
  DriverOpts: Record<string, string> | null;
}

export interface PortBinding {
  HostIp: string;
  HostPort: string;
}

/** By `80/tcp`; null: exposed and not published. */
export type PortMap = Record<string, PortBinding[] | null>;
