import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import { AddressSet } from "./address-set.ts";

/** A part of a pool, or the pool itself: network address (int32) and length. */
export interface Subnet {
  readonly address: number;
  readonly length: number;
}

/**
 * The addresses of one network's subnet (libnetwork's default IPAM driver): the lowest free one is given out, and one
 * that was given back is the lowest again. Its own number and the broadcast address are never given out.
 */
export class AddressPool {
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

  contains(address: number): boolean {
    return ip.contains(this.subnet.address, this.subnet.length, address);
  }

  /** The next address; null when all are taken. */
  next(): number | null {
    const { range } = this;
    const first = range === null ? 0 : this.#ordinal(range.address);
    const last = range === null ? undefined : first + 2 ** (32 - range.length) - 1;
    const ordinal = this.#taken.takeLowest(first, last);
    return ordinal === null ? null : (this.subnet.address + ordinal) | 0;
  }

  /** Takes this very address. @throws {DaemonError} when somebody has it */
  take(address: number): void {
    if (!this.#taken.take(this.#ordinal(address))) throw new DaemonError(403, "Address already in use");
  }

  release(address: number): void {
    this.#taken.release(this.#ordinal(address));
  }

  #ordinal(address: number): number {
    return (address - this.subnet.address) >>> 0;
  }
}
