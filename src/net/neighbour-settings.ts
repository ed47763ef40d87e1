/**
 * net.ipv4.neigh.DEVICE.*: what the neighbour state machine goes by (struct neigh_parms), in the sysctls' own units. Shared
 * until somebody writes: then it is replaced.
 */
export interface NeighbourConf {
  readonly mcast_solicit: number;
  readonly ucast_solicit: number;
  readonly app_solicit: number;
  readonly mcast_resolicit: number;
  readonly retrans_time_ms: number;
  readonly base_reachable_time_ms: number;
  /** Seconds. */
  readonly delay_first_probe_time: number;
  /** Seconds. */
  readonly gc_stale_time: number;
  readonly unres_qlen_bytes: number;
  /** Hundredths of a second, as the next two. */
  readonly anycast_delay: number;
  readonly proxy_delay: number;
  readonly locktime: number;
  readonly proxy_qlen: number;
  readonly interval_probe_time_ms: number;
}

/** Linux's defaults for ARP (net/ipv4/arp.c, arp_tbl). */
const untouched = (): Record<keyof NeighbourConf, number> => ({
  mcast_solicit: 3,
  ucast_solicit: 3,
  app_solicit: 0,
  mcast_resolicit: 0,
  retrans_time_ms: 1000,
  base_reachable_time_ms: 30000,
  delay_first_probe_time: 5,
  gc_stale_time: 60,
  unres_qlen_bytes: 212992,
  anycast_delay: 100,
  proxy_delay: 80,
  locktime: 100,
  proxy_qlen: 64,
  interval_probe_time_ms: 5000,
});

export const defaultNeighbourConf: NeighbourConf = untouched();

/** A copy with another value for one setting. */
export function changedNeighbourConf(
  conf: NeighbourConf,
  key: keyof NeighbourConf,
  value: number,
): NeighbourConf {
  return Object.assign(untouched(), conf, { [key]: value });
}
