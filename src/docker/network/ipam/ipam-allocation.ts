import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import type { Ipam, IpamPool as PoolConfig } from "../../api/network-types.ts";
import type { DriverSubnet } from "../network-driver.ts";
import type { IpamDriver, IpamPool, Subnet } from "./ipam-driver.ts";

/** A network's subnets, and which of their addresses are taken (libnetwork's ipamAllocate). */
export class IpamAllocation {
  static readonly NONE: IpamAllocation = new IpamAllocation(null, [], []);
  readonly subnets: readonly DriverSubnet[];
  readonly #driver: IpamDriver | null;
  readonly #pools: readonly IpamPool[];

  private constructor(
    driver: IpamDriver | null,
    pools: readonly IpamPool[],
    subnets: readonly DriverSubnet[],
  ) {
    this.#driver = driver;
    this.#pools = pools;
    this.subnets = subnets;
  }

  /**
   * Takes what was asked for; nothing was taken when it throws. @param isFree as in {@link PoolRequest}
   * @throws {DaemonError} in libnetwork's words
   */
  static of(
    { Config, Options }: Ipam,
    network: string,
    driver: IpamDriver,
    isFree: (subnet: Subnet) => boolean,
  ): IpamAllocation {
    const pools: IpamPool[] = [];
    const asked = Config.filter((config) => !isIpv6(config));
    try {
      const subnets = (asked.length === 0 ? [{}] : asked).map((config) => {
        const pool = driver.requestPool({ ...wanted(config), options: Options ?? {}, isFree });
        pools.push(pool);
        return { subnet: pool.subnet, gateway: takeGateway(config, pool, network) };
      });
      return new IpamAllocation(driver, pools, subnets);
    } catch (error) {
      for (const pool of pools) driver.releasePool(pool);
      throw error;
    }
  }

  /** An address for an endpoint: this one, or the next. @throws {DaemonError} */
  take(wanted: number | null, network: { readonly name: string; readonly id: string }): ip.Prefix {
    for (const pool of this.#pools) {
      if (wanted !== null && !contains(pool, wanted)) continue;
      const address = pool.take(wanted);
      if (address !== null) return { address, length: pool.subnet.length };
    }
    if (wanted !== null) {
      const text = ip.format(wanted);
      throw new DaemonError(
        400,
        `Invalid address ${text}: It does not belong to any of this network's subnets`,
      );
    }
    throw new DaemonError(
      500,
      `no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`,
    );
  }

  release(address: number): void {
    for (const pool of this.#pools) if (contains(pool, address)) pool.release(address);
  }

  /** Gives the subnets back. */
  end(): void {
    for (const pool of this.#pools) this.#driver?.releasePool(pool);
  }
}

/** A subnet of IPv6: a network that has none keeps it in mind, and no more. */
export function isIpv6({ Subnet = "" }: PoolConfig): boolean {
  return Subnet.includes(":");
}

function contains({ subnet }: IpamPool, address: number): boolean {
  return ip.contains(subnet.address, subnet.length, address);
}

function wanted({ Subnet = "", IPRange = "" }: PoolConfig): { subnet: Subnet | null; range: Subnet | null } {
  // The client has refused that before.
  if (Subnet === "" && IPRange !== "") throw new DaemonError(400, "subPool specified without a pool");
  return {
    subnet: Subnet === "" ? null : subnetOf(Subnet),
    range: IPRange === "" ? null : subnetOf(IPRange),
  };
}

/** @throws {DaemonError} */
function subnetOf(text: string): Subnet {
  const prefix = text.includes("/") ? ip.parsePrefix(text) : null;
  if (prefix === null) throw new DaemonError(400, `Invalid subnet ${text} : invalid CIDR address: ${text}`);
  return { address: ip.network(prefix.address, prefix.length), length: prefix.length };
}

/** The address that was asked for, or the first free one; and those that nobody is to have. */
function takeGateway(config: PoolConfig, pool: IpamPool, network: string): number {
  const asked = config.Gateway ?? "";
  let gateway: number | null;
  if (asked === "") {
    gateway = pool.take(null);
    if (gateway === null)
      throw new DaemonError(
        500,
        `failed to allocate gateway (${asked}): No available addresses on this pool`,
      );
  } else {
    gateway = ip.parse(asked);
    if (gateway === null || !contains(pool, gateway))
      throw new DaemonError(500, `failed to allocate gateway (${asked}): Address out of range`);
    try {
      pool.take(gateway);
    } catch (error) {
      throw new DaemonError(500, `failed to allocate gateway (${asked}): ${(error as Error).message}`);
    }
  }
  for (const [name, text] of Object.entries(config.AuxiliaryAddresses ?? {})) {
    const address = ip.parse(text);
    if (address === null)
      throw new DaemonError(
        400,
        `non parsable secondary ip address (${name}:${text}) passed for network ${network}`,
      );
    if (!contains(pool, address)) {
      const subnet = ip.formatPrefix(pool.subnet.address, pool.subnet.length);
      throw new DaemonError(
        403,
        `auxiliary address: (${name}:${text}) must belong to the master pool: ${subnet}`,
      );
    }
    try {
      pool.take(address);
    } catch (error) {
      const words = (error as Error).message;
      throw new DaemonError(500, `failed to allocate secondary ip address (${name}:${text}): ${words}`);
    }
  }
  return gateway;
}
