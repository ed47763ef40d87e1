import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import { AddressPool } from "./address-pool.ts";
import type { IpamDriver, IpamPool, PoolRequest, Subnet } from "./ipam-driver.ts";

/** A block that is cut into pools of `size`: an entry of the daemon's `default-address-pools`. */
export interface DefaultPool {
  /** `192.168.0.0/16` */
  readonly base: string;
  readonly size: number;
}

/** The blocks that local networks are cut from: those of Docker Engine (libnetwork, ipamutils). */
export const LOCAL_POOLS: readonly DefaultPool[] = [
  ...Array.from({ length: 15 }, (_, i): DefaultPool => ({ base: `172.${17 + i}.0.0/16`, size: 16 })),
  { base: "192.168.0.0/16", size: 20 },
];

/** The IPAM driver `default`: all pools of a host's local networks. */
export class AddressSpace implements IpamDriver {
  readonly name = "default";
  readonly #pools: AddressPool[] = [];
  /** What default pools are cut from, each when it is asked for: a block can hold millions. */
  #blocks: readonly Block[] = [];
  /** Where the search for a default pool begins: behind the one that was given out last. */
  #start = 0;

  constructor(defaults: readonly DefaultPool[] = LOCAL_POOLS) {
    this.cutFrom(defaults);
  }

  /** Takes other blocks to cut pools from; those that are given out stay. */
  cutFrom(defaults: readonly DefaultPool[]): void {
    this.#blocks = defaults.map(blockOf);
    this.#start = 0;
  }

  /** The default pools in their order, those that are taken too. */
  *defaults(): Generator<Subnet, void> {
    for (const block of this.#blocks) for (let i = 0; i < block.count; i++) yield poolIn(block, i);
  }

  #defaultAt(index: number): Subnet {
    let left = index;
    for (const block of this.#blocks) {
      if (left < block.count) return poolIn(block, left);
      left -= block.count;
    }
    throw new RangeError(`no default pool ${index}`);
  }

  requestPool({ subnet, range, isFree }: PoolRequest): IpamPool {
    return subnet === null ? this.#takeDefault(isFree) : this.#take(subnet, range);
  }

  releasePool(pool: IpamPool): void {
    const at = this.#pools.indexOf(pool as AddressPool);
    if (at >= 0) this.#pools.splice(at, 1);
  }

  /** @throws {DaemonError} when it overlaps another network's */
  #take(subnet: Subnet, range: Subnet | null): AddressPool {
    if (this.#pools.some((pool) => overlap(pool.subnet, subnet)))
      throw new DaemonError(403, "Pool overlaps with other one on this address space");
    return this.#add(subnet, range);
  }

  /** The next default pool that no route of the host leads into: those that one does are held until it is found. @throws {DaemonError} */
  #takeDefault(isFree: (subnet: Subnet) => boolean): AddressPool {
    const held: AddressPool[] = [];
    try {
      for (;;) {
        const pool = this.#nextDefault();
        if (isFree(pool.subnet)) return pool;
        held.push(pool);
      }
    } finally {
      for (const pool of held) this.releasePool(pool);
    }
  }

  /**
   * One that was given back comes round again only when the end was reached; the search that gets beyond it begins at the
   * first the next time, wherever it ended (libnetwork's updateStartIndex).
   */
  #nextDefault(): AddressPool {
    const count = this.#blocks.reduce((sum, block) => sum + block.count, 0);
    for (let i = 0; i < count; i++) {
      const subnet = this.#defaultAt((this.#start + i) % count);
      if (this.#pools.some((pool) => overlap(pool.subnet, subnet))) continue;
      this.#start = this.#start + i + 1 >= count ? 0 : this.#start + i + 1;
      return this.#add(subnet, null);
    }
    throw new DaemonError(
      404,
      "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
    );
  }

  #add(subnet: Subnet, range: Subnet | null): AddressPool {
    const pool = new AddressPool(subnet, range);
    this.#pools.push(pool);
    return pool;
  }
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return ip.contains(a.address, Math.min(a.length, b.length), b.address);
}

/** A block, and how many pools it holds. */
interface Block extends Subnet {
  readonly size: number;
  readonly count: number;
}

function blockOf({ base, size }: DefaultPool): Block {
  const { address, length } = ip.parsePrefix(base)!;
  return { address: ip.network(address, length), length, size, count: 2 ** Math.max(0, size - length) };
}

function poolIn({ address, size }: Block, index: number): Subnet {
  return { address: (address + index * 2 ** (32 - size)) | 0, length: size };
}
