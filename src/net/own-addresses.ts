import { NOTHING, withOne } from "../base/short-list.ts";

/** More addresses than this are counted in a map. */
const FEW = 16;

/** The addresses on the devices of a namespace; one that several devices have is there as often (inet_addr_lst). */
export class OwnAddresses {
  #few: number[] = NOTHING;
  /** How often each is there; null while there are few. */
  #many: Map<number, number> | null = null;

  has(address: number): boolean {
    return this.#many === null ? this.#few.includes(address) : this.#many.has(address);
  }

  /** A device got the address. */
  add(address: number): void {
    if (this.#many !== null) {
      this.#many.set(address, (this.#many.get(address) ?? 0) + 1);
      return;
    }
    this.#few = withOne(this.#few, address);
    if (this.#few.length <= FEW) return;
    this.#many = new Map();
    for (const one of this.#few) this.add(one);
    this.#few = NOTHING;
  }

  /** A device lost it. */
  remove(address: number): void {
    const many = this.#many;
    if (many === null) {
      const at = this.#few.indexOf(address);
      this.#few = this.#few.filter((_, i) => i !== at);
      return;
    }
    const count = many.get(address)!;
    if (count > 1) many.set(address, count - 1);
    else many.delete(address);
  }
}
