import type { EntryRef } from "../sim/registry.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import { type KindSpec, kindOf, type RouteKind, type RouteType, type Scope } from "./route-kind.ts";
import { routeText } from "./route-text.ts";

/** What a route is asked for with. Addresses are int32; 0 means absent. */
export interface RouteSpec extends KindSpec {
  readonly dst: number;
  readonly prefixLength: number;
  readonly device: NetDevice | null;
  readonly gateway: number;
  readonly prefSource: number;
}

/** An entry of a routing table (struct fib_alias). */
export class Route implements RouteKind {
  readonly dst: number;
  readonly prefixLength: number;
  readonly kind: RouteKind;
  readonly device: NetDevice | null;
  readonly gateway: number;
  readonly prefSource: number;
  readonly ref: EntryRef;
  /** What its device was called when it was made. */
  readonly #deviceName: string;
  /** The next of the same prefix: by descending ToS, then ascending metric. */
  next: Route | null = null;
  /** The first of another prefix, while the table has few of them. */
  nextPrefix: Route | null = null;

  constructor(
    ref: EntryRef,
    kind: RouteKind,
    dst: number,
    prefixLength: number,
    device: NetDevice | null,
    gateway: number,
    prefSource: number,
  ) {
    this.ref = ref;
    this.kind = kind;
    this.dst = dst;
    this.prefixLength = prefixLength;
    this.device = device;
    this.gateway = gateway;
    this.prefSource = prefSource;
    this.#deviceName = device === null ? "" : device.name;
  }

  /** A route as an administrator asks for it. */
  static of(spec: RouteSpec, ref: EntryRef): Route {
    const { dst, prefixLength, device, gateway, prefSource } = spec;
    return new Route(ref, kindOf(spec), dst, prefixLength, device, gateway, prefSource);
  }

  get type(): RouteType {
    return this.kind.type;
  }
  get table(): number {
    return this.kind.table;
  }
  get scope(): Scope {
    return this.kind.scope;
  }
  get protocol(): string {
    return this.kind.protocol;
  }
  get metric(): number {
    return this.kind.metric;
  }
  get tos(): number {
    return this.kind.tos;
  }
  get mtu(): number {
    return this.kind.mtu;
  }
  get mtuLocked(): boolean {
    return this.kind.mtuLocked;
  }
  get advmss(): number {
    return this.kind.advmss;
  }
  get onlink(): boolean {
    return this.kind.onlink;
  }
  get error(): Errno | null {
    return this.kind.error;
  }

  /** In the words of `ip route show table all` when it was made: how journeys name the entry that decided. */
  toString(): string {
    return routeText(this, this.#deviceName);
  }

  /** True when packets for this route leave by that device (fib_info_nh_uses_dev). */
  uses(device: NetDevice): boolean {
    return this.device === device;
  }
}
