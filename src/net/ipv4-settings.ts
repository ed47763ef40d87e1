import { defaultInetConf, deviceConf, type InetConf } from "./inet-conf.ts";
import { defaultNeighbourConf, type NeighbourConf } from "./neighbour-settings.ts";

/**
 * net.ipv4.* of a namespace that is not per device (Documentation/networking/ip-sysctl.rst), with Linux's defaults.
 * Namespaces share one object until somebody writes: it is replaced, never changed.
 */
export class Ipv4Settings {
  /** net.ipv4.conf.all and .default. */
  readonly allConf: InetConf = defaultInetConf;
  readonly defaultConf: InetConf = deviceConf;
  /** net.ipv4.neigh.default. */
  readonly defaultNeighbour: NeighbourConf = defaultNeighbourConf;
  readonly ip_default_ttl: number = 64;
  readonly ip_no_pmtu_disc: number = 0;
  readonly ip_forward_use_pmtu: number = 0;
  readonly ip_nonlocal_bind: number = 0;
  readonly ip_local_port_first: number = 32768;
  readonly ip_local_port_last: number = 60999;
  readonly ip_unprivileged_port_start: number = 1024;
  readonly icmp_echo_ignore_all: number = 0;
  readonly icmp_echo_ignore_broadcasts: number = 1;
  readonly icmp_ratelimit: number = 1000;
  readonly icmp_ratemask: number = 6168;
  readonly icmp_errors_use_inbound_ifaddr: number = 0;
  readonly icmp_ignore_bogus_error_responses: number = 1;
  readonly icmp_msgs_per_sec: number = 1000;
  readonly icmp_msgs_burst: number = 50;
  readonly igmp_max_memberships: number = 20;
  readonly igmp_qrv: number = 2;
  readonly igmp_max_msf: number = 10;
  readonly igmp_link_local_mcast_reports: number = 1;
  readonly ipfrag_time: number = 30;
  readonly ipfrag_high_thresh: number = 4194304;
  readonly ipfrag_low_thresh: number = 3145728;
  readonly ipfrag_max_dist: number = 64;
  readonly fwmark_reflect: number = 0;
  /** net.core.* */
  readonly rmem_default: number = 212992;
  /** net.ipv4.route.* */
  readonly min_pmtu: number = 552;
  readonly mtu_expires: number = 600;
  readonly min_adv_mss: number = 256;

  /** The same with other values for some. */
  with(changes: Partial<Ipv4Settings>): Ipv4Settings {
    return Object.assign(new Ipv4Settings(), this, changes);
  }
}

export const defaultIpv4Settings: Ipv4Settings = new Ipv4Settings();
