import type { Errno } from "./kernel-error.ts";

/** Scopes of addresses and routes (rtnetlink(7)): the larger, the nearer. */
export const Scope = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export type Scope = number;

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

/** What routes may have in common, whatever they lead to (struct fib_info): those of addresses share a few of these. */
export interface RouteKind {
  readonly type: RouteType;
  readonly table: number;
  readonly scope: Scope;
  /** Who made it, by iproute2's name or number: `kernel`, `boot`, `static` ... */
  readonly protocol: string;
  readonly metric: number;
  readonly tos: number;
  /** The MTU of the way (RTAX_MTU); 0 when not given. */
  readonly mtu: number;
  /** `mtu lock`: no path MTU is learned for it. */
  readonly mtuLocked: boolean;
  /** What TCP announces as its largest segment; 0 when not given. */
  readonly advmss: number;
  readonly onlink: boolean;
  /** What a look-up that ends here fails with; null for routes that lead somewhere. */
  readonly error: Errno | null;
}

/** What a kind of routes is asked for with. */
export interface KindSpec extends Omit<RouteKind, "mtuLocked" | "advmss" | "error"> {
  /** Not, unless given. */
  readonly mtuLocked?: boolean;
  /** 0 unless given. */
  readonly advmss?: number;
}

/** The kind of routes that the kernel makes for addresses and devices: without metric, ToS or MTU. */
export function kernelKind(type: RouteType, table: number, scope: Scope): RouteKind {
  return kindOf({ type, table, scope, protocol: "kernel", metric: 0, tos: 0, mtu: 0, onlink: false });
}

/** The kind of a route that is asked for so. */
export function kindOf(spec: KindSpec): RouteKind {
  return {
    type: spec.type,
    table: spec.table,
    scope: spec.scope,
    protocol: spec.protocol,
    metric: spec.metric,
    tos: spec.tos,
    mtu: spec.mtu,
    mtuLocked: spec.mtuLocked ?? false,
    advmss: spec.advmss ?? 0,
    onlink: spec.onlink,
    error: refusals[spec.type] ?? null,
  };
}
