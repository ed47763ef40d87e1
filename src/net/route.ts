import type { EntryRef } from "../sim/registry.ts";
import type { Scope } from "./inet-device.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import { routeText } from "./route-text.ts";

export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw"
  | "anycast";

/** Types of routes that say no (fib_props in net/ipv4/fib_semantics.c). `throw` ends only the look-up in its table. */
const refusals: Partial<Record<RouteType, Errno>> = {
  blackhole: "EINVAL",
  unreachable: "EHOSTUNREACH",
  prohibit: "EACCES",
  throw: "EAGAIN",
};

/** Tables that exist from the start (/etc/iproute2/rt_tables). */
export const RouteTable = { default: 253, main: 254, local: 255 } as const;

/** What a route is made of. Addresses are int32; 0 means absent. */
export interface RouteSpec {
  readonly dst: number;
  readonly prefixLength: number;
  readonly type: RouteType;
  readonly table: number;
  readonly scope: Scope;
  /** Who made it, by iproute2's name or number: `kernel`, `boot`, `static` ... */
  readonly protocol: string;
  readonly metric: number;
  readonly tos: number;
  readonly device: NetDevice | null;
  readonly gateway: number;
  readonly prefSource: number;
  /** Locks or lowers the path MTU; 0 when not given. */
  readonly mtu: number;
  /** `mtu lock`: no path MTU is learned for it. */
  readonly mtuLocked?: boolean;
  /** What TCP announces as its largest segment; 0 or nothing when not given. */
  readonly advmss?: number;
  readonly onlink: boolean;
}

/** An entry of a routing table (struct fib_info and fib_alias in one). */
export class Route {
  readonly dst: number;
  readonly prefixLength: number;
  readonly type: RouteType;
  readonly table: number;
  readonly scope: Scope;
  readonly protocol: string;
  readonly metric: number;
  readonly tos: number;
  readonly device: NetDevice | null;
  readonly gateway: number;
  readonly prefSource: number;
  readonly mtu: number;
  readonly mtuLocked: boolean;
  readonly advmss: number;
  readonly onlink: boolean;
  readonly ref: EntryRef;
  /** What a look-up that ends here fails with; null for routes that lead somewhere. */
  readonly error: Errno | null;
  /** The next of the same prefix: by descending ToS, then ascending metric. */
  next: Route | null = null;

  constructor(spec: RouteSpec, ref: EntryRef) {
    this.dst = spec.dst;
    this.prefixLength = spec.prefixLength;
    this.type = spec.type;
    this.table = spec.table;
    this.scope = spec.scope;
    this.protocol = spec.protocol;
    this.metric = spec.metric;
    this.tos = spec.tos;
    this.device = spec.device;
    this.gateway = spec.gateway;
    this.prefSource = spec.prefSource;
    this.mtu = spec.mtu;
    this.mtuLocked = spec.mtuLocked ?? false;
    this.advmss = spec.advmss ?? 0;
    this.onlink = spec.onlink;
    this.error = refusals[spec.type] ?? null;
    this.ref = ref;
  }

  /** In the words of `ip route show table all`: how journeys name the entry that decided. */
  toString(): string {
    return routeText(this);
  }

  /** True when packets for this route leave by that device (fib_info_nh_uses_dev). */
  uses(device: NetDevice): boolean {
    return this.device === device;
  }
}
