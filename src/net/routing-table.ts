import { Table } from "../base/table.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { Route } from "./route.ts";

/**
 * One routing table: the longest prefix wins. Prefixes of each length lie in one hash table, and a look-up tries the
 * lengths that occur from the longest down; what a table of a million routes costs is at most 33 probes.
 */
export class RoutingTable {
  readonly id: number;
  /** Prefix lengths that occur, longest first, with their masks and how many routes each has. */
  #lengths: number[] = [];
  #masks: number[] = [];
  #counts: number[] = [];
  readonly #index: Table = new Table();
  /** First route of each prefix, by the row of the index. */
  readonly #first: (Route | null)[] = [null, null, null, null];

  constructor(id: number) {
    this.id = id;
  }

  get size(): number {
    return this.#counts.reduce((sum, n) => sum + n, 0);
  }

  /**
   * The route for `dst`, or null. `oif` (0: any) asks for one out of that device; `tos` for one that is made for it.
   */
  lookup(dst: number, oif: number, tos: number): Route | null {
    const masks = this.#masks;
    for (let i = 0; i < masks.length; i++) {
      const row = this.#index.find(dst & masks[i]!, this.#lengths[i]!);
      if (row < 0) continue;
      for (let route = this.#first[row]!; route !== null; route = route.next as Route) {
        if (route.tos !== 0 && route.tos !== tos) continue;
        // Routes that say no have no device, and say it to those who insist on one too.
        if (oif !== 0 && route.device !== null && route.device.ifindex !== oif) continue;
        return route;
      }
    }
    return null;
  }

  /** Adds a route behind those of the same prefix, ToS and a metric that is not larger. */
  add(route: Route, before: boolean): void {
    const row = this.#index.insert(route.dst, route.prefixLength);
    let previous: Route | null = null;
    let next = this.#first[row] ?? null;
    while (next !== null && comesFirst(next, route, before)) {
      previous = next;
      next = next.next;
    }
    route.next = next;
    if (previous === null) this.#first[row] = route;
    else previous.next = route;
    this.#count(route.prefixLength, 1);
  }

  /** Takes out exactly this route. */
  remove(route: Route): void {
    const row = this.#index.find(route.dst, route.prefixLength);
    if (row < 0) return;
    if (this.#first[row] === route) this.#first[row] = route.next;
    else {
      for (let r = this.#first[row]!; r !== null; r = r.next as Route)
        if (r.next === route) r.next = route.next;
    }
    route.next = null;
    if (this.#first[row] === null) this.#index.remove(route.dst, route.prefixLength);
    this.#count(route.prefixLength, -1);
  }

  /** All routes of one prefix in the order in which they are tried. */
  of(dst: number, prefixLength: number): readonly Route[] {
    const row = this.#index.find(dst, prefixLength);
    const routes: Route[] = [];
    for (let r = row < 0 ? null : this.#first[row]!; r !== null; r = r.next) routes.push(r);
    return routes;
  }

  /** All routes by ascending address, longer prefixes of one address first, as the kernel's trie gives them out. */
  list(): readonly Route[] {
    const routes: Route[] = [];
    for (let row = 0; row < this.#index.rows; row++) {
      for (let r = this.#first[row] ?? null; r !== null; r = r.next) routes.push(r);
    }
    const rank = new Map(routes.map((route, i) => [route, i]));
    return routes.sort(
      (a, b) => ip.compare(a.dst, b.dst) || b.prefixLength - a.prefixLength || rank.get(a)! - rank.get(b)!,
    );
  }

  /** One route more or less has a prefix of that length. */
  #count(length: number, change: 1 | -1): void {
    let at = this.#lengths.indexOf(length);
    if (at < 0) {
      at = this.#lengths.filter((other) => other > length).length;
      this.#lengths = spliced(this.#lengths, at, 0, [length]);
      this.#masks = spliced(this.#masks, at, 0, [ip.netmask(length)]);
      this.#counts = spliced(this.#counts, at, 0, [0]);
    }
    this.#counts[at]! += change;
    if (this.#counts[at]! > 0) return;
    this.#lengths = spliced(this.#lengths, at, 1, []);
    this.#masks = spliced(this.#masks, at, 1, []);
    this.#counts = spliced(this.#counts, at, 1, []);
  }
}

/** A copy with `gone` numbers at `at` replaced; unlike a list that was pushed to it has no room to spare. */
function spliced(list: readonly number[], at: number, gone: number, put: readonly number[]): number[] {
  return list.slice(0, at).concat(put, list.slice(at + gone));
}

function comesFirst(there: Route, added: Route, before: boolean): boolean {
  if (there.tos !== added.tos) return there.tos > added.tos;
  if (there.metric !== added.metric) return there.metric < added.metric;
  return !before;
}
