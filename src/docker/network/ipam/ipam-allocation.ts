import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import type { IpamPool } from "../../api/network-types.ts";
import type { DriverSubnet } from "../network-driver.ts";
import type { AddressPool, Subnet } from "./address-pool.ts";
import type { AddressSpace } from "./address-space.ts";

/** A network's subnets, and which of their addresses are taken (libnetwork's ipamAllocate). */
export class IpamAllocation {
  static readonly NONE: IpamAllocation = new IpamAllocation([], []);
  readonly subnets: readonly DriverSubnet[];
  readonly #pools: readonly AddressPool[];

  private constructor(pools: readonly AddressPool[], subnets: readonly DriverSubnet[]) {
    this.#pools = pools;
    this.subnets = subnets;
  }

  /**
   * Takes what was asked for; nothing was taken when it throws. @param suits whether a default pool is free on the host.
   * @throws {DaemonError} in libnetwork's words
   */
  static of(
    config: readonly IpamPool[],
    network: string,
    space: AddressSpace,
    suits: (subnet: Subnet) => boolean,
  ): IpamAllocation {
    const pools: AddressPool[] = [];
    try {
      const subnets = (config.length === 0 ? [{}] : config).map((pool) => {
        const taken = takePool(pool, space, suits);
        pools.push(taken);
        return { subnet: taken.subnet, gateway: takeGateway(pool, taken, network) };
      });
      return new IpamAllocation(pools, subnets);
    } catch (error) {
      for (const pool of pools) space.release(pool);
      throw error;
    }
  }

  /** An address for an endpoint: this one, or the next. @throws {DaemonError} */
  take(wanted: number | null, network: { readonly name: string; readonly id: string }): ip.Prefix {
    for (const pool of this.#pools) {
      if (wanted !== null && !pool.contains(wanted)) continue;
      const address = wanted ?? pool.next();
      if (address === null) continue;
      if (wanted !== null) pool.take(wanted);
      return { address, length: pool.subnet.length };
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
    for (const pool of this.#pools) if (pool.contains(address)) pool.release(address);
  }

  /** Gives the subnets back. */
  end(space: AddressSpace): void {
    for (const pool of this.#pools) space.release(pool);
  }
}

function takePool(pool: IpamPool, space: AddressSpace, suits: (subnet: Subnet) => boolean): AddressPool {
  if (pool.Subnet === undefined || pool.Subnet === "") {
    if (pool.IPRange !== undefined && pool.IPRange !== "")
      throw new DaemonError(400, "subPool specified without a pool"); // refused before by the client
    return space.takeDefault(suits);
  }
  const subnet = subnetOf(pool.Subnet);
  const range = pool.IPRange === undefined || pool.IPRange === "" ? null : subnetOf(pool.IPRange);
  return space.take(subnet, range);
}

/** @throws {DaemonError} */
function subnetOf(text: string): Subnet {
  const prefix = text.includes("/") ? ip.parsePrefix(text) : null;
  if (prefix === null) throw new DaemonError(400, `Invalid subnet ${text} : invalid CIDR address: ${text}`);
  return { address: ip.network(prefix.address, prefix.length), length: prefix.length };
}

/** The address that was asked for, or the first free one; and those that nobody is to have. */
function takeGateway(pool: IpamPool, taken: AddressPool, network: string): number {
  const asked = pool.Gateway ?? "";
  let gateway: number | null;
  if (asked === "") {
    gateway = taken.next();
    if (gateway === null)
      throw new DaemonError(500, `failed to allocate gateway (${asked}): No available addresses`);
  } else {
    gateway = ip.parse(asked);
    if (gateway === null || !taken.contains(gateway))
      throw new DaemonError(500, `failed to allocate gateway (${asked}): Address out of range`);
    try {
      taken.take(gateway);
    } catch (error) {
      throw new DaemonError(500, `failed to allocate gateway (${asked}): ${(error as Error).message}`);
    }
  }
  for (const [name, text] of Object.entries(pool.AuxiliaryAddresses ?? {})) {
    const address = ip.parse(text);
    if (address === null)
      throw new DaemonError(
        400,
        `non parsable secondary ip address (${name}:${text}) passed for network ${network}`,
      );
    if (!taken.contains(address)) {
      const subnet = ip.formatPrefix(taken.subnet.address, taken.subnet.length);
      throw new DaemonError(
        403,
        `auxiliary address: (${name}:${text}) must belong to the master pool: ${subnet}`,
      );
    }
    try {
      taken.take(address);
    } catch (error) {
      const words = (error as Error).message;
      throw new DaemonError(500, `failed to allocate secondary ip address (${name}:${text}): ${words}`);
    }
  }
  return gateway;
}
