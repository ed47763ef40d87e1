import type { NetworkNamespace } from "./network-namespace.ts";

/**
 * net.ipv6.conf.STAR.*: what somebody set of IPv6, by `STAR/NAME`; what is missing has Linux's value. Namespaces share one
 * map until somebody writes: it is replaced, never changed.
 */
export type Ipv6Settings = ReadonlyMap<string, number>;

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

/** As a namespace is born. */
export const untouchedIpv6: Ipv6Settings = new Map();

/** After `sysctl net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1`, with no device but `lo`. */
export const disabledIpv6: Ipv6Settings = new Map([
  ["all/disable_ipv6", 1],
  ["default/disable_ipv6", 1],
  ["lo/disable_ipv6", 1],
]);

/** The value that holds for a device, or that stands at `all` or `default`. */
export function readIpv6(ns: NetworkNamespace, name: Ipv6Key, star: string): number {
  const { ipv6 } = ns;
  if (ipv6 === untouchedIpv6) return ipv6Defaults[name];
  const own = ipv6.get(`${star}/${name}`);
  if (own !== undefined) return own;
  return (star === "all" ? undefined : ipv6.get(`default/${name}`)) ?? ipv6Defaults[name];
}

/** True when a device has IPv6, so that tools would show an address (net.ipv6.conf.DEVICE.disable_ipv6). */
export function hasIpv6(ns: NetworkNamespace, device: string): boolean {
  return readIpv6(ns, "disable_ipv6", device) === 0;
}

/** Writes a setting of each of these: of devices, `all` or `default`. */
export function writeIpv6(
  ns: NetworkNamespace,
  name: Ipv6Key,
  stars: readonly string[],
  value: number,
): void {
  const written = new Map(ns.ipv6);
  for (const star of stars) written.set(`${star}/${name}`, value);
  ns.ipv6 = written;
}
