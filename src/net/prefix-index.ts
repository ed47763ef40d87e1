import { withOneAt } from "../base/short-list.ts";
import { Table } from "../base/table.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { Route } from "./route.ts";

/**
 * The first routes of many prefixes. Those of each length lie in one hash table, and a look-up tries the lengths that
 * occur from the longest down; what a table of a million routes costs is at most 33 probes.
 */
export class PrefixIndex {
  /** Pairs: the prefix lengths that occur, longest first, and how many prefixes each has. */
  #lengths: number[] = [];
  readonly #index: Table = new Table();
  /** By the row of the index. */
  readonly #first: (Route | null)[] = [];

  constructor(first: readonly Route[]) {
    for (const route of first) this.put(route);
  }

  /** The first route of the longest prefix with `dst` that is shorter than `below` bits, or null. */
  match(dst: number, below: number): Route | null {
    const lengths = this.#lengths;
    for (let i = 0; i < lengths.length; i += 2) {
      const length = lengths[i]!;
      if (length >= below) continue;
      const route = this.get(ip.network(dst, length), length);
      if (route !== null) return route;
    }
    return null;
  }

  /** The first route of exactly that prefix, or null. */
  get(dst: number, prefixLength: number): Route | null {
    const row = this.#index.find(dst, prefixLength);
    return row < 0 ? null : this.#first[row]!;
  }

  /** A route is the first of its prefix from now on. */
  put(route: Route): void {
    const { dst, prefixLength } = route;
    if (this.#index.find(dst, prefixLength) < 0) this.#count(prefixLength, 1);
    this.#first[this.#index.insert(dst, prefixLength)] = route;
  }

  /** A prefix has no routes any more. */
  delete(dst: number, prefixLength: number): void {
    this.#first[this.#index.remove(dst, prefixLength)] = null;
    this.#count(prefixLength, -1);
  }

  list(): readonly Route[] {
    return this.#first.filter((route) => route !== null);
  }

  /** One prefix of that length more or less. */
  #count(length: number, change: 1 | -1): void {
    const lengths = this.#lengths;
    let at = 0;
    while (at < lengths.length && lengths[at]! > length) at += 2;
    if (lengths[at] !== length) this.#lengths = withOneAt(withOneAt(lengths, at, 1), at, length);
    else if (lengths[at + 1]! + change > 0) lengths[at + 1]! += change;
    else this.#lengths = lengths.slice(0, at).concat(lengths.slice(at + 2));
  }
}
