/** A part of the addresses: network address (int32) and prefix length. */
export interface Subnet {
  readonly address: number;
  readonly length: number;
}

/** What a network asks for. */
export interface PoolRequest {
  /** `--subnet`; null: whichever the driver likes. */
  readonly subnet: Subnet | null;
  /** `--ip-range`: addresses that nobody asks for by number come from here; null: from everywhere. */
  readonly range: Subnet | null;
  /** What `--ipam-opt KEY=VALUE` said. */
  readonly options: Readonly<Record<string, string>>;
  /** Whether no route of the host leads into a subnet, and none of its name servers lies there. */
  readonly isFree: (subnet: Subnet) => boolean;
}

/** The addresses of one subnet of a network. */
export interface IpamPool {
  /** The subnet's own address (int32) and length. */
  readonly subnet: Subnet;
  /**
   * Takes an address (int32): this very one, or, for null, one of the driver's choice; null when none is left, 0 when it has
   * none at all.
   * @throws {DaemonError} when somebody has it
   */
  take(wanted: number | null): number | null;
  /** Gives an address back. */
  release(address: number): void;
}

/**
 * Gives networks their subnets and endpoints their addresses (libnetwork's ipamapi.Ipam), for
 * `docker network create --ipam-driver NAME`. docs/drivers.md has an example.
 */
export interface IpamDriver {
  /** What `--ipam-driver` says. */
  readonly name: string;
  /** A pool for a network, its own until it is given back. @throws {DaemonError} when there is none */
  requestPool(request: PoolRequest): IpamPool;
  /** Takes a pool back: its network is gone. */
  releasePool(pool: IpamPool): void;
}
