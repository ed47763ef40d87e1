/** net.ipv4.neigh.DEVICE.*: what the neighbour state machine goes by (struct neigh_parms), in the sysctls' own units. */
export interface NeighbourConf {
  mcast_solicit: number;
  ucast_solicit: number;
  app_solicit: number;
  mcast_resolicit: number;
  retrans_time_ms: number;
  base_reachable_time_ms: number;
  /** Seconds. */
  delay_first_probe_time: number;
  /** Seconds. */
  gc_stale_time: number;
  unres_qlen_bytes: number;
  /** Hundredths of a second, as the next two. */
  anycast_delay: number;
  proxy_delay: number;
  locktime: number;
  proxy_qlen: number;
  interval_probe_time_ms: number;
}

/** Linux's defaults for ARP (net/ipv4/arp.c, arp_tbl). */
export const defaultNeighbourConf: NeighbourConf = {
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
};
