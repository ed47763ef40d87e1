import { NOTHING, withOne } from "../base/short-list.ts";
import { Table } from "../base/table.ts";
import type { Cause, EntryRef } from "../sim/registry.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { NetDevice } from "./net-device.ts";
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
  /** A packet or a question has gone by it: only then `ip route show cache` knows it. */
  used: boolean;
  expires: Nanos;
  readonly ref: EntryRef;
  /** Ends it with its time. */
  readonly timer: Timer;
}

/** The path MTUs and redirects that a namespace has heard of. They end with their time, or with their route. */
export class RouteExceptions {
  readonly #ns: NetworkNamespace;
  readonly #index: Table = new Table();
  #rows: RouteException[] = NOTHING;
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
    found.used = true;
    return found;
  }

  /**
   * "Fragmentation needed" says that packets to `dst` may have `mtu` bytes; `known` is what was believed so far. A route
   * with `mtu lock` learns nothing (__ip_rt_update_pmtu).
   */
  learnMtu(dst: number, way: Route, mtu: number, known: number, cause: Cause): void {
    const { ipv4 } = this.#ns;
    const before = this.find(dst, way);
    if (way.mtuLocked || before?.locked === true || known < mtu) return;
    const locked = mtu < ipv4.min_pmtu;
    const exception = this.#get(dst, way, cause);
    exception.pmtu = locked ? Math.min(known, ipv4.min_pmtu) : mtu;
    exception.locked = locked;
    this.#changed(exception, this.#ns.world.now + ipv4.mtu_expires * SECOND, cause);
  }

  /** A router showed a better one; net.ipv4.route.gc_timeout is its time. */
  learnGateway(dst: number, way: Route, gateway: number, cause: Cause): void {
    const exception = this.#get(dst, way, cause);
    exception.gateway = gateway;
    const { now } = this.#ns.world;
    this.#changed(exception, Math.max(exception.expires, now + 300 * SECOND), cause);
  }

  /**
   * A device's own MTU became another one: what was learned is never more than that, and what was just that follows it
   * (fib_nhc_update_mtu).
   */
  deviceMtuChanged(device: NetDevice, before: number): void {
    if (this.empty) return;
    for (const e of this.list()) {
      if (e.route.device !== device || e.pmtu === 0) continue;
      const follows = e.locked ? device.mtu <= e.pmtu : device.mtu < e.pmtu || before === e.pmtu;
      if (!follows) continue;
      e.pmtu = device.mtu;
      e.locked = false;
      this.#ns.world.generation++;
      this.#ns.world.registry.changed(e.ref, textOf(e));
    }
  }

  /** In the order in which they were heard of. */
  list(): readonly RouteException[] {
    const now = this.#ns.world.now;
    return this.#rows.filter((e, row) => this.#index.find(e.dst, 0) === row && e.expires > now);
  }

  /** `ip route flush cache`. */
  flush(): void {
    for (const e of this.list()) this.#forget(e, this.#ns.world.registry.cause);
    for (const e of this.#rows) this.#index.remove(e.dst, 0);
    this.empty = true;
    this.#ns.world.generation++;
  }

  /** What was learned about a route ends with it. */
  routeGone(route: Route): void {
    if (this.empty) return;
    for (const e of this.list()) if (e.route === route) this.#forget(e, this.#ns.world.registry.cause);
  }

  #get(dst: number, route: Route, cause: Cause): RouteException {
    const { world } = this.#ns;
    world.generation++;
    this.empty = false;
    const there = this.find(dst, route);
    if (there !== null) return there;
    const row = this.#index.find(dst, 0);
    if (row >= 0) this.#forget(this.#rows[row]!, cause);
    const made: RouteException = {
      dst,
      route,
      pmtu: 0,
      locked: false,
      gateway: 0,
      used: false,
      expires: 0,
      ref: world.registry.made("exception", this.#ns.path, `${ip.format(dst)} cache`, cause),
      timer: world.timer(() => this.#forget(made, { by: "timer", text: "its time is over" })),
    };
    const free = this.#index.insert(dst, 0);
    if (free < this.#rows.length) this.#rows[free] = made;
    else this.#rows = withOne(this.#rows, made);
    return made;
  }

  #changed(e: RouteException, expires: Nanos, cause: Cause): void {
    const { world } = this.#ns;
    e.expires = expires;
    e.timer.arm(expires - world.now);
    world.registry.changed(e.ref, textOf(e), cause);
  }

  #forget(e: RouteException, cause: Cause): void {
    const { world } = this.#ns;
    e.timer.cancel();
    e.expires = world.now;
    this.#index.remove(e.dst, 0);
    world.registry.gone(e.ref, cause);
    world.generation++;
  }
}

/** In the words of `ip route get`. */
function textOf({ dst, route, gateway, pmtu, locked }: RouteException): string {
  const words = [ip.format(dst)];
  const via = gateway !== 0 ? gateway : route.gateway;
  if (via !== 0) words.push("via", ip.format(via));
  if (route.device !== null) words.push("dev", route.device.name);
  words.push("cache");
  if (gateway !== 0) words.push("<redirected>");
  if (pmtu !== 0) words.push("mtu", ...(locked ? ["lock"] : []), `${pmtu}`);
  return words.join(" ");
}
