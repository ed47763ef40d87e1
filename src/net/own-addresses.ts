import type { InetAddress } from "./inet-device.ts";

/** More addresses than this are counted in a map. */
const FEW = 16;

/** The addresses on the devices of a namespace; one that several devices have is there as often (inet_addr_lst). */
export class OwnAddresses {
  /** While there are few: one of them; the others follow it as `nextOwn`. */
  #first: InetAddress | null = null;
  #size = 0;
  /** How often each is there; null while there are few. */
  #many: Map<number, number> | null = null;

  has(address: number): boolean {
    if (this.#many !== null) return this.#many.has(address);
    let own = this.#first;
    while (own !== null && own.address !== address) own = own.nextOwn;
    return own !== null;
  }

  /** A device got the address. */
  add(own: InetAddress): void {
    if (this.#many !== null) {
      count(this.#many, own.address);
      return;
    }
    own.nextOwn = this.#first;
    this.#first = own;
    if (++this.#size <= FEW) return;
    this.#many = new Map();
    while (this.#first !== null) {
      const { nextOwn, address }: InetAddress = this.#first;
      count(this.#many, address);
      this.#first.nextOwn = null;
      this.#first = nextOwn;
    }
  }

  /** A device lost it. */
  remove(own: InetAddress): void {
    const many = this.#many;
    if (many !== null) {
      const left = many.get(own.address)! - 1;
      if (left > 0) many.set(own.address, left);
      else many.delete(own.address);
      return;
    }
    this.#size--;
    if (this.#first === own) this.#first = own.nextOwn;
    else {
      let before = this.#first!;
      while (before.nextOwn !== own) before = before.nextOwn!;
      before.nextOwn = own.nextOwn;
    }
    own.nextOwn = null;
  }
}

function count(many: Map<number, number>, address: number): void {
  many.set(address, (many.get(address) ?? 0) + 1);
}
