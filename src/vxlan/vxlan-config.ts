import type { NetDevice } from "../net/net-device.ts";

/** Linux's own default, older than the port that IANA gave (4789). */
const DEFAULT_PORT = 8472;
/** Seconds after which an entry that nobody confirms is forgotten. */
export const DEFAULT_AGEING = 300;

/** Whether the outer packet may be cut on its way: never marked, always marked, or as the inner packet says. */
export type VxlanDf = "unset" | "set" | "inherit";

/** What a VTEP is made of, in the words of `ip link add ... type vxlan`. Addresses are int32, 0 for none. */
export interface VxlanConfig {
  /** `id`: the network's number, 24 bits. */
  readonly vni: number;
  readonly dstPort: number;
  readonly local: number;
  /** `remote` or `group`: the default destination; flooding goes there. */
  readonly remote: number;
  /** `dev`: the device below. */
  readonly lower: NetDevice | null;
  /** `srcport`: outer source ports are below `sourcePortLast`; both 0: the namespace's ip_local_port_range. */
  readonly sourcePortFirst: number;
  readonly sourcePortLast: number;
  readonly learning: boolean;
  /** Answers ARP requests from its neighbour table, and sends none. */
  readonly proxy: boolean;
  /** Route short circuit: frames to a router's address go straight to the neighbour behind it. */
  readonly rsc: boolean;
  readonly l2miss: boolean;
  readonly l3miss: boolean;
  /** 0: 1 for groups, else the namespace's default. */
  readonly ttl: number;
  readonly ttlInherit: boolean;
  readonly tos: number;
  readonly tosInherit: boolean;
  readonly df: VxlanDf;
  readonly udpCsum: boolean;
  /** Packets to a VTEP of the same namespace take the short way. */
  readonly localBypass: boolean;
  /** In seconds. */
  readonly ageing: number;
  /** The FDB takes no more entries than this; 0: no limit. */
  readonly maxAddress: number;
}

/** What may be left out when a device is made. `dstPort` and `ageing` 0 mean the default, as in the kernel. */
export type VxlanOptions = Pick<VxlanConfig, "vni"> & Partial<Omit<VxlanConfig, "vni">>;

/** What `ip link add type vxlan` has when nothing is said. */
export function configOf(options: VxlanOptions): VxlanConfig {
  return {
    vni: options.vni,
    dstPort: options.dstPort || DEFAULT_PORT,
    local: options.local ?? 0,
    remote: options.remote ?? 0,
    lower: options.lower ?? null,
    sourcePortFirst: options.sourcePortFirst ?? 0,
    sourcePortLast: options.sourcePortLast ?? 0,
    learning: options.learning ?? true,
    proxy: options.proxy ?? false,
    rsc: options.rsc ?? false,
    l2miss: options.l2miss ?? false,
    l3miss: options.l3miss ?? false,
    ttl: options.ttl ?? 0,
    ttlInherit: options.ttlInherit ?? false,
    tos: options.tos ?? 0,
    tosInherit: options.tosInherit ?? false,
    df: options.df ?? "unset",
    udpCsum: options.udpCsum ?? true,
    localBypass: options.localBypass ?? true,
    ageing: options.ageing || DEFAULT_AGEING,
    maxAddress: options.maxAddress ?? 0,
  };
}
