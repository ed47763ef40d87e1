import { DaemonError } from "../../api/daemon-error.ts";
import { AddressSet } from "./address-set.ts";
import type { IpamPool, Subnet } from "./ipam-driver.ts";

/**
 * The addresses of one network's subnet (libnetwork's default IPAM driver): the lowest free one is given out, and one
 * that was given back is the lowest again. Its own number and the broadcast address are never given out.
 */
export class AddressPool implements IpamPool {
  readonly subnet: Subnet;
  /** `--ip-range`: addresses that nobody asked for by name come from here. */
  readonly range: Subnet | null;
  readonly #taken: AddressSet;

  constructor(subnet: Subnet, range: Subnet | null) {
    this.subnet = subnet;
    this.range = range;
    const size = 2 ** (32 - subnet.length);
    this.#taken = new AddressSet(size);
    this.#taken.take(0);
    this.#taken.take(size - 1);
  }

  take(wanted: number | null): number | null {
    if (wanted === null) return this.#next();
    if (!this.#taken.take(this.#ordinal(wanted))) throw new DaemonError(403, "Address already in use");
    return wanted;
  }

  #next(): number | null {
    const { range } = this;
    const first = range === null ? 0 : this.#ordinal(range.address);
    const last = range === null ? undefined : first + 2 ** (32 - range.length) - 1;
    const ordinal = this.#taken.takeLowest(first, last);
    return ordinal === null ? null : (this.subnet.address + ordinal) | 0;
  }

  release(address: number): void {
    this.#taken.release(this.#ordinal(address));
  }

  #ordinal(address: number): number {
    return (address - this.subnet.address) >>> 0;
  }
}
