import { Table } from "../base/table.ts";
import { defaultInetConf, deviceConf, type InetConf } from "./inet-conf.ts";
import { defaultNeighbourConf, type NeighbourConf } from "./neighbour-settings.ts";

/** net.ipv4.* of a namespace that is not per device (Documentation/networking/ip-sysctl.rst), with Linux's defaults. */
export class Ipv4Settings {
  /** net.ipv4.conf.all and .default. */
  allConf: InetConf = defaultInetConf;
  defaultConf: InetConf = deviceConf;
  /** net.ipv4.neigh.default. */
  defaultNeighbour: NeighbourConf = defaultNeighbourConf;
  ip_default_ttl = 64;
  ip_no_pmtu_disc = 0;
  ip_forward_use_pmtu = 0;
  ip_nonlocal_bind = 0;
  ip_local_port_first = 32768;
  ip_local_port_last = 60999;
  ip_unprivileged_port_start = 1024;
  icmp_echo_ignore_all = 0;
  icmp_echo_ignore_broadcasts = 1;
  icmp_ratelimit = 1000;
  icmp_ratemask = 6168;
  icmp_errors_use_inbound_ifaddr = 0;
  icmp_ignore_bogus_error_responses = 1;
  ipfrag_time = 30;
  ipfrag_high_thresh = 4194304;
  ipfrag_low_thresh = 3145728;
  ipfrag_max_dist = 64;
  igmp_max_memberships = 20;
  icmp_msgs_per_sec = 1000;
  icmp_msgs_burst = 50;
  fwmark_reflect = 0;
  /** net.core.* */
  rmem_default = 212992;
  /** net.ipv4.route.* */
  min_pmtu = 552;
  mtu_expires = 600;
  min_adv_mss = 256;
  igmp_qrv = 2;
  igmp_max_msf = 10;
  igmp_link_local_mcast_reports = 1;

  /** Addresses on the devices of this namespace, with how often (inet_addr_lst). */
  readonly #own: Table = new Table();
  readonly #ownCount: number[] = [];

  /** True for an address that a device of this namespace has. */
  isOwn(address: number): boolean {
    return this.#own.find(address, 0) >= 0;
  }

  /** Called when a device gets or loses an address. */
  countOwn(address: number, change: 1 | -1): void {
    const row = this.#own.insert(address, 0);
    const count = (this.#ownCount[row] ?? 0) + change;
    this.#ownCount[row] = count;
    if (count === 0) this.#own.remove(address, 0);
  }
}
