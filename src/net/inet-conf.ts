/**
 * net.ipv4.conf.DEVICE.*: the numbers that the stack reads (Documentation/networking/ip-sysctl.rst).
 * Devices, and all namespaces, share one object until somebody writes: it is replaced, never changed.
 */
export interface InetConf {
  readonly forwarding: number;
  readonly rp_filter: number;
  readonly accept_local: number;
  readonly accept_redirects: number;
  readonly secure_redirects: number;
  readonly send_redirects: number;
  readonly shared_media: number;
  readonly accept_source_route: number;
  readonly log_martians: number;
  readonly route_localnet: number;
  readonly proxy_arp: number;
  readonly proxy_arp_pvlan: number;
  readonly arp_filter: number;
  readonly arp_announce: number;
  readonly arp_ignore: number;
  readonly arp_accept: number;
  readonly arp_notify: number;
  readonly drop_unicast_in_l2_multicast: number;
  readonly ignore_routes_with_linkdown: number;
  readonly promote_secondaries: number;
  readonly src_valid_mark: number;
  readonly arp_evict_nocarrier: number;
  readonly drop_gratuitous_arp: number;
  readonly bc_forwarding: number;
  readonly mc_forwarding: number;
  readonly bootp_relay: number;
  readonly medium_id: number;
  readonly tag: number;
  readonly disable_policy: number;
  readonly disable_xfrm: number;
  readonly force_igmp_version: number;
  /** Milliseconds. */
  readonly igmpv2_unsolicited_report_interval: number;
  readonly igmpv3_unsolicited_report_interval: number;
}

/** Numbers as a namespace that nobody touched has them. */
const untouched = (): Record<keyof InetConf, number> => ({
  forwarding: 0,
  rp_filter: 0,
  accept_local: 0,
  accept_redirects: 1,
  secure_redirects: 1,
  send_redirects: 1,
  shared_media: 1,
  accept_source_route: 0,
  log_martians: 0,
  route_localnet: 0,
  proxy_arp: 0,
  proxy_arp_pvlan: 0,
  arp_filter: 0,
  arp_announce: 0,
  arp_ignore: 0,
  arp_accept: 0,
  arp_notify: 0,
  drop_unicast_in_l2_multicast: 0,
  ignore_routes_with_linkdown: 0,
  promote_secondaries: 0,
  src_valid_mark: 0,
  arp_evict_nocarrier: 1,
  drop_gratuitous_arp: 0,
  bc_forwarding: 0,
  mc_forwarding: 0,
  bootp_relay: 0,
  medium_id: 0,
  tag: 0,
  disable_policy: 0,
  disable_xfrm: 0,
  force_igmp_version: 0,
  igmpv2_unsolicited_report_interval: 10000,
  igmpv3_unsolicited_report_interval: 1000,
});

export const defaultInetConf: InetConf = untouched();

/** A copy with other values for some settings. */
export function changedConf(conf: InetConf, changes: Partial<InetConf>): InetConf {
  return Object.assign(untouched(), conf, changes);
}

/** Where devices begin: net.ipv4.conf.default as it is at first, and what a loopback device has of it. */
export const deviceConf: InetConf = changedConf(defaultInetConf, { accept_source_route: 1 });
export const loopbackConf: InetConf = changedConf(deviceConf, { disable_policy: 1, disable_xfrm: 1 });
