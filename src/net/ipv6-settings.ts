import type { NetworkNamespace } from "./network-namespace.ts";

const key = "sysctl net/ipv6/conf";
/** What lessons set of IPv6, which is not simulated yet: with Linux's values at first. */
export const ipv6Defaults = {
  disable_ipv6: 0,
  forwarding: 0,
  accept_ra: 1,
  accept_redirects: 1,
  autoconf: 1,
  dad_transmits: 1,
  hop_limit: 64,
} as const;
export type Ipv6Key = keyof typeof ipv6Defaults;
/** What somebody set, or undefined before the first. */
function settings(ns: NetworkNamespace): Map<string, number> | undefined {
  return ns.extensions.get(key) as Map<string, number> | undefined;
}

export function readIpv6(ns: NetworkNamespace, name: Ipv6Key, star: string): number {
  const map = settings(ns);
  if (map === undefined) return ipv6Defaults[name];
  const own = map.get(`${star}/${name}`);
  if (own !== undefined) return own;
  return (star === "all" ? undefined : map.get(`default/${name}`)) ?? ipv6Defaults[name];
}

/** True when a device has IPv6, so that tools would show an address (net.ipv6.conf.DEVICE.disable_ipv6). */
export function hasIpv6(ns: NetworkNamespace, device: string): boolean {
  return readIpv6(ns, "disable_ipv6", device) === 0;
}

/** Writes a setting: one device's, or that of `all` or `default`. */
export function writeIpv6(ns: NetworkNamespace, name: Ipv6Key, star: string, value: number): void {
  const map = settings(ns) ?? new Map<string, number>();
  ns.extensions.set(key, map);
  map.set(`${star}/${name}`, value);
}
