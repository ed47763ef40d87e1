import { NOTHING, withOne } from "../base/short-list.ts";
import { Table } from "../base/table.ts";

/** The addresses on the devices of a namespace, with how often each is there (inet_addr_lst). */
export class OwnAddresses {
  readonly #index: Table = new Table();
  /** By row of the index. */
  #counts: number[] = NOTHING;

  has(address: number): boolean {
    return this.#index.find(address, 0) >= 0;
  }

  /** A device got the address. */
  add(address: number): void {
    const row = this.#index.insert(address, 0);
    if (row < this.#counts.length) this.#counts[row]!++;
    else this.#counts = withOne(this.#counts, 1);
  }

  /** A device lost it. */
  remove(address: number): void {
    const row = this.#index.find(address, 0);
    this.#counts[row]!--;
    if (this.#counts[row] === 0) this.#index.remove(address, 0);
  }
}
