import * as ip from "../wire/ipv4-address.ts";
import { PrefixIndex } from "./prefix-index.ts";
import type { Route } from "./route.ts";

/** In more prefixes than this a look-up asks an index. */
const FEW = 16;

/** One routing table: the longest prefix wins. Few prefixes are looked through; many have an index. */
export class RoutingTable {
  readonly id: number;
  size = 0;
  /** The first route of some prefix; those of the others follow it as `nextPrefix`. Null once there is an index. */
  #first: Route | null = null;
  #prefixes = 0;
  #index: PrefixIndex | null = null;

  constructor(id: number) {
    this.id = id;
  }

  /**
   * The route for `dst`, or null. `oif` (0: any) asks for one out of that device; `tos` for one that is made for it.
   */
  lookup(dst: number, oif: number, tos: number): Route | null {
    if (this.#index !== null) return this.#lookupMany(this.#index, dst, oif, tos);
    let best: Route | null = null;
    for (let first = this.#first; first !== null; first = first.nextPrefix) {
      if (!ip.contains(first.dst, first.prefixLength, dst)) continue;
      if (best === null || first.prefixLength > best.prefixLength) best = suitable(first, oif, tos) ?? best;
    }
    return best;
  }

  #lookupMany(index: PrefixIndex, dst: number, oif: number, tos: number): Route | null {
    for (let first = index.match(dst, 33); first !== null; first = index.match(dst, first.prefixLength)) {
      const route = suitable(first, oif, tos);
      if (route !== null) return route;
    }
    return null;
  }

  /** Adds a route behind those of the same prefix, ToS and a metric that is not larger. */
  add(route: Route, before: boolean): void {
    this.size++;
    let next = this.firstOf(route.dst, route.prefixLength);
    if (next === null) {
      this.#addPrefix(route);
      return;
    }
    let previous: Route | null = null;
    while (next !== null && comesFirst(next, route, before)) {
      previous = next;
      next = next.next;
    }
    route.next = next;
    if (previous === null) this.#replace(next!, route);
    else previous.next = route;
  }

  /** Takes out exactly this route. */
  remove(route: Route): void {
    const first = this.firstOf(route.dst, route.prefixLength);
    if (first === route) {
      if (route.next !== null) this.#replace(route, route.next);
      else this.#removePrefix(route);
    } else {
      let previous = first;
      while (previous !== null && previous.next !== route) previous = previous.next;
      if (previous === null) return;
      previous.next = route.next;
    }
    route.next = null;
    this.size--;
  }

  /** The first route of exactly that prefix, or null; the others follow it. */
  firstOf(dst: number, prefixLength: number): Route | null {
    if (this.#index !== null) return this.#index.get(dst, prefixLength);
    let first = this.#first;
    while (first !== null && (first.dst !== dst || first.prefixLength !== prefixLength))
      first = first.nextPrefix;
    return first;
  }

  /** All routes of one prefix in the order in which they are tried. */
  of(dst: number, prefixLength: number): readonly Route[] {
    const routes: Route[] = [];
    for (let r = this.firstOf(dst, prefixLength); r !== null; r = r.next) routes.push(r);
    return routes;
  }

  /** All routes by ascending address, longer prefixes of one address first, as the kernel's trie gives them out. */
  list(): readonly Route[] {
    const prefixes = [...(this.#index?.list() ?? this.#firsts())];
    prefixes.sort((a, b) => ip.compare(a.dst, b.dst) || b.prefixLength - a.prefixLength);
    return prefixes.flatMap((first) => this.of(first.dst, first.prefixLength));
  }

  /** All routes whose prefix has `dst` in it, those of one prefix in the order in which they are tried. */
  containing(dst: number): readonly Route[] {
    const prefixes = this.#index?.list() ?? this.#firsts();
    const routes: Route[] = [];
    for (const first of prefixes)
      if (ip.contains(first.dst, first.prefixLength, dst))
        for (let r: Route | null = first; r !== null; r = r.next) routes.push(r);
    return routes;
  }

  /** The first route of each prefix, while there is no index. */
  *#firsts(): Iterable<Route> {
    for (let first = this.#first; first !== null; first = first.nextPrefix) yield first;
  }

  /** A route is the only one of its prefix. */
  #addPrefix(route: Route): void {
    if (this.#index !== null) {
      this.#index.put(route);
      return;
    }
    route.nextPrefix = this.#first;
    this.#first = route;
    if (++this.#prefixes <= FEW) return;
    this.#index = new PrefixIndex([...this.#firsts()]);
    this.#first = null;
  }

  /** Another route is the first of its prefix from now on. */
  #replace(old: Route, first: Route): void {
    if (this.#index !== null) {
      this.#index.put(first);
      return;
    }
    first.nextPrefix = old.nextPrefix;
    this.#pointTo(old, first);
  }

  /** There are no more routes of this one's prefix. */
  #removePrefix(route: Route): void {
    if (this.#index !== null) {
      this.#index.delete(route.dst, route.prefixLength);
      return;
    }
    this.#prefixes--;
    this.#pointTo(route, route.nextPrefix);
  }

  /** What led to `old` among the few leads to `first` from now on. */
  #pointTo(old: Route, first: Route | null): void {
    old.nextPrefix = null;
    if (this.#first === old) {
      this.#first = first;
      return;
    }
    let before = this.#first!;
    while (before.nextPrefix !== old) before = before.nextPrefix!;
    before.nextPrefix = first;
  }
}

/** From that route on through those of the same prefix: the first that may be used, or null. */
function suitable(first: Route, oif: number, tos: number): Route | null {
  for (let route: Route | null = first; route !== null; route = route.next) {
    if (route.tos !== 0 && route.tos !== tos) continue;
    // Routes that say no have no device, and say it to those who insist on one too.
    if (oif !== 0 && route.device !== null && route.device.ifindex !== oif) continue;
    return route;
  }
  return null;
}

function comesFirst(there: Route, added: Route, before: boolean): boolean {
  if (there.tos !== added.tos) return there.tos > added.tos;
  if (there.metric !== added.metric) return there.metric < added.metric;
  return !before;
}
