import { NOTHING, withOne } from "../base/short-list.ts";
import { Table } from "../base/table.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { Route } from "./route.ts";

/**
 * One routing table: the longest prefix wins. Prefixes of each length lie in one hash table, and a look-up tries the
 * lengths that occur from the longest down; what a table of a million routes costs is at most 33 probes.
 */
export class RoutingTable {
  readonly id: number;
  /** Pairs: the prefix lengths that occur, longest first, and how many routes each has. */
  #lengths: number[] = NOTHING;
  readonly #index: Table = new Table();
  /** First route of each prefix, by the row of the index. */
  #first: (Route | null)[] = NOTHING;

  constructor(id: number) {
    this.id = id;
  }

  get size(): number {
    return this.#lengths.reduce((sum, n, i) => (i % 2 === 0 ? sum : sum + n), 0);
  }

  /**
   * The route for `dst`, or null. `oif` (0: any) asks for one out of that device; `tos` for one that is made for it.
   */
  lookup(dst: number, oif: number, tos: number): Route | null {
    const lengths = this.#lengths;
    for (let i = 0; i < lengths.length; i += 2) {
      const length = lengths[i]!;
      const row = this.#index.find(ip.network(dst, length), length);
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
    if (previous !== null) previous.next = route;
    else if (row < this.#first.length) this.#first[row] = route;
    else this.#first = withOne<Route | null>(this.#first, route);
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
    const lengths = this.#lengths;
    let at = 0;
    while (at < lengths.length && lengths[at]! > length) at += 2;
    if (lengths[at] !== length) this.#lengths = lengths.slice(0, at).concat([length, 1], lengths.slice(at));
    else if (lengths[at + 1]! + change > 0) lengths[at + 1]! += change;
    else this.#lengths = lengths.slice(0, at).concat(lengths.slice(at + 2));
  }
}

function comesFirst(there: Route, added: Route, before: boolean): boolean {
  if (there.tos !== added.tos) return there.tos > added.tos;
  if (there.metric !== added.metric) return there.metric < added.metric;
  return !before;
}
