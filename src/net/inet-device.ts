import type { EntryRef } from "../sim/registry.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { NetDevice } from "./net-device.ts";

/** Scopes of addresses and routes (rtnetlink(7)): the larger, the nearer. */
export const Scope = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export type Scope = number;

/** An IPv4 address on a device (struct in_ifaddr). */
export interface InetAddress {
  readonly address: number;
  /** The other end of a point-to-point address, or the address itself. */
  readonly peer: number;
  readonly prefixLength: number;
  /** 0 when there is none. */
  readonly broadcast: number;
  readonly scope: Scope;
  readonly label: string;
  /** Another address of the same prefix was there before. */
  secondary: boolean;
  readonly noprefixroute: boolean;
  readonly ref: EntryRef;
}

/** net.ipv4.conf.DEVICE.*: the numbers that the stack reads (Documentation/networking/ip-sysctl.rst). */
export interface InetConf {
  forwarding: number;
  rp_filter: number;
  accept_local: number;
  accept_redirects: number;
  secure_redirects: number;
  send_redirects: number;
  shared_media: number;
  accept_source_route: number;
  log_martians: number;
  route_localnet: number;
  proxy_arp: number;
  proxy_arp_pvlan: number;
  arp_filter: number;
  arp_announce: number;
  arp_ignore: number;
  arp_accept: number;
  arp_notify: number;
  drop_unicast_in_l2_multicast: number;
  ignore_routes_with_linkdown: number;
  promote_secondaries: number;
  src_valid_mark: number;
}

/** What a namespace that nobody touched has. */
export const defaultInetConf: InetConf = {
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
};

/** The IPv4 side of a device (struct in_device): its addresses, its settings, the groups that it has joined. */
export class InetDevice {
  readonly device: NetDevice;
  readonly conf: InetConf;
  addresses: InetAddress[] = [];
  /** Multicast groups that somebody on this device wants, with how often. */
  readonly groups: Map<number, number> = new Map();

  constructor(device: NetDevice) {
    this.device = device;
    this.conf = { ...device.ns.ipv4.defaultConf };
  }

  /** The address to speak from to `dst` at `scope` (inet_select_addr), or 0. */
  select(dst: number, scope: Scope): number {
    let first = 0;
    for (const a of this.addresses) {
      if (a.secondary || a.scope > scope) continue;
      if (dst === 0 || ip.contains(a.peer, a.prefixLength, dst)) return a.address;
      if (first === 0) first = a.address;
    }
    return first;
  }

  has(address: number): boolean {
    return this.addresses.some((a) => a.address === address);
  }
}
