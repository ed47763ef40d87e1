import type { Prefix } from "../../wire/ipv4-address.ts";
import type { DriverHost } from "./driver-host.ts";

/** A subnet of a network as its driver sees it. */
export interface DriverSubnet {
  /** Its address (int32) and length. */
  readonly subnet: Prefix;
  /** Int32; the address of the network's own router. */
  readonly gateway: number;
}

/** A network as its driver sees it. */
export interface DriverNetwork {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** As `docker network create NAME` names it. */
  readonly name: string;
  /** `--internal`: nothing is to come in or go out. */
  readonly internal: boolean;
  /** What `docker network create -o KEY=VALUE` said. */
  readonly options: Readonly<Record<string, string>>;
  /** In the order in which they were asked for; none on networks without addresses. */
  readonly subnets: readonly DriverSubnet[];
}

/** A port to publish: a container's port, and where on the host. */
export interface PortRequest {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string;
  /** The container's port. */
  readonly port: number;
  /** Empty: wherever the network publishes. */
  readonly hostAddress: string;
  /** The first that will do, and the last; both 0: any. */
  readonly hostPort: number;
  /** See `hostPort`. */
  readonly hostPortEnd: number;
}

/** A port that is published. */
export interface PublishedPort {
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string;
  /** The container's port. */
  readonly port: number;
  /** The host's address: `0.0.0.0` and `::` for all. */
  readonly hostAddress: string;
  /** The host's port. */
  readonly hostPort: number;
}

/** A container's place on a network as the driver sees it. */
export interface DriverEndpoint {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Null on a network without addresses. */
  readonly address: Prefix | null;
  /** `02:42:ac:11:00:02`; what the container asked for, or null. */
  readonly macAddress: string | null;
  /** Ports that the container or its image exposes: `80/tcp`. */
  readonly exposed: readonly string[];
  /** For a network whose containers may not talk (`enable_icc=false`): the addresses that this one may talk to, by `--link`. */
  readonly links: readonly EndpointLink[];
}

/** A container that another one is linked to. */
export interface EndpointLink {
  /** Its address (int32). */
  readonly address: number;
  /** Its ports: `80/tcp`. */
  readonly exposed: readonly string[];
}

/** How an endpoint joins a container. */
export interface JoinInfo {
  /** The device of the host that moves into the sandbox; null: none does. */
  readonly device: string | null;
  /** What it is called there, with a number behind: `eth`. */
  readonly prefix: string;
  /** Its address, where it can have one of its own. */
  readonly macAddress: string;
  /** Where the default route leads (int32); null: nowhere. */
  readonly gateway: number | null;
  /** Further routes by the device. */
  readonly routes: readonly { readonly to: Prefix; readonly via: number | null }[];
}

/**
 * What a network is made of on one host: `bridge`, `host`, `null`, `macvlan`, `ipvlan`, or somebody's own. A driver touches
 * the host through {@link DriverHost} only: by operations, which a person can read and type. docs/drivers.md has an example.
 * All methods may throw a DaemonError, whose words the user sees; then nothing may be left behind.
 */
export interface NetworkDriver {
  /** As `docker network create --driver` names it. */
  readonly name: string;
  /** False: a network has no subnets and endpoints have no addresses (`host`, `null`). */
  readonly addresses: boolean;
  /** Checks the options of a network that is to be, and makes its devices and rules. */
  createNetwork(network: DriverNetwork, host: DriverHost): void;
  /** Takes away what is left of a network that has no endpoints any more. */
  deleteNetwork(network: DriverNetwork, host: DriverHost): void;
  /** Makes the devices of an endpoint, all of them in the host's namespace still. */
  createEndpoint(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void;
  /** Takes away what is left of them in the host's namespace; a device that had moved into a sandbox is back. */
  deleteEndpoint(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void;
  /** Asked when the endpoint is about to move into a sandbox; what was not made before may be made now. */
  join(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): JoinInfo;
  /** The endpoint gives its container the way out: publishes its ports; all or none. Absent: this kind of network cannot. */
  publish?(
    network: DriverNetwork,
    endpoint: DriverEndpoint,
    ports: readonly PortRequest[],
    host: DriverHost,
  ): readonly PublishedPort[];
  /** Takes that back. */
  unpublish?(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void;
}
