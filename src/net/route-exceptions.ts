import { Table } from "../base/table.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** What was learned about one destination of a route (struct fib_nh_exception). */
export interface RouteException {
  readonly dst: number;
  readonly route: Route;
  /** The path's MTU, or 0. */
  pmtu: number;
  /** The MTU was below min_pmtu: it is not searched any more, and packets go without DF. */
  locked: boolean;
  /** The better gateway of a redirect, or 0. */
  gateway: number;
  expires: Nanos;
}

/** The path MTUs and redirects that a namespace has heard of. They end with their time, or with their route. */
export class RouteExceptions {
  readonly #ns: NetworkNamespace;
  readonly #index: Table = new Table();
  readonly #rows: RouteException[] = [];
  /** True while there is nothing to look for. */
  empty = true;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  /** What holds for `dst` on that route, or null. */
  find(dst: number, way: Route): RouteException | null {
    if (this.empty) return null;
    const row = this.#index.find(dst, 0);
    if (row < 0) return null;
    const found = this.#rows[row]!;
    if (found.route !== way || found.expires <= this.#ns.world.now) return null;
    return found;
  }

  /** "Fragmentation needed" says that packets to `dst` may have `mtu` bytes; `known` is what was believed so far. */
  learnMtu(dst: number, way: Route, mtu: number, known: number): void {
    const { ipv4 } = this.#ns;
    const before = this.find(dst, way);
    if (before?.locked === true || known < mtu) return;
    const locked = mtu < ipv4.min_pmtu;
    const exception = this.#get(dst, way);
    exception.pmtu = locked ? Math.min(known, ipv4.min_pmtu) : mtu;
    exception.locked = locked;
    exception.expires = this.#ns.world.now + ipv4.mtu_expires * SECOND;
  }

  /** A router showed a better one; net.ipv4.route.gc_timeout is its time. */
  learnGateway(dst: number, way: Route, gateway: number): void {
    const exception = this.#get(dst, way);
    exception.gateway = gateway;
    exception.expires = Math.max(exception.expires, this.#ns.world.now + 300 * SECOND);
  }

  list(): readonly RouteException[] {
    const now = this.#ns.world.now;
    return this.#rows.filter((e, row) => this.#index.find(e.dst, 0) === row && e.expires > now);
  }

  /** `ip route flush cache`. */
  flush(): void {
    for (const e of this.#rows) this.#index.remove(e.dst, 0);
    this.#rows.length = 0;
    this.empty = true;
    this.#ns.world.generation++;
  }

  #get(dst: number, route: Route): RouteException {
    this.#ns.world.generation++;
    this.empty = false;
    const there = this.find(dst, route);
    if (there !== null) return there;
    const made = { dst, route, pmtu: 0, locked: false, gateway: 0, expires: 0 };
    this.#rows[this.#index.insert(dst, 0)] = made;
    return made;
  }
}
