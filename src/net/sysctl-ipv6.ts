import type { NetworkNamespace } from "./network-namespace.ts";
import { starsOf } from "./sysctl-conf.ts";
import type { SysctlDefinition } from "./sysctl-definitions.ts";
import { parseInteger } from "./sysctl-value.ts";

const key = "sysctl net/ipv6/conf";
/** What lessons set of IPv6, which is not simulated yet: with Linux's values at first. */
const values = {
  disable_ipv6: 0,
  forwarding: 0,
  accept_ra: 1,
  accept_redirects: 1,
  autoconf: 1,
  dad_transmits: 1,
  hop_limit: 64,
} as const;
type Ipv6Key = keyof typeof values;
/** Keys that `all` sets on every device and on those to come, not just beside them. */
const forAll: readonly Ipv6Key[] = ["disable_ipv6", "forwarding"];

function settings(ns: NetworkNamespace): Map<string, number> {
  let map = ns.extensions.get(key) as Map<string, number> | undefined;
  if (map === undefined) {
    map = new Map();
    ns.extensions.set(key, map);
  }
  return map;
}

function read(ns: NetworkNamespace, name: Ipv6Key, star: string): number {
  const map = settings(ns);
  const own = map.get(`${star}/${name}`);
  if (own !== undefined) return own;
  return (star === "all" ? undefined : map.get(`default/${name}`)) ?? values[name];
}

/** True when a device has IPv6, so that tools would show an address (net.ipv6.conf.DEVICE.disable_ipv6). */
export function hasIpv6(ns: NetworkNamespace, device: string): boolean {
  return read(ns, "disable_ipv6", device) === 0;
}

/** net.ipv6.conf.STAR.*: stored, and spread from `all` as the kernel spreads it. */
export function ipv6Sysctls(): readonly SysctlDefinition[] {
  return (Object.keys(values) as Ipv6Key[]).map((name) => ({
    path: `net/ipv6/conf/*/${name}`,
    stars: starsOf,
    get: (ns, star) => String(read(ns, name, star)),
    set: (ns, text, star) => {
      const value = parseInteger(text);
      if (value === null) return false;
      const map = settings(ns);
      const stars = star === "all" && forAll.includes(name) ? starsOf(ns) : [star];
      for (const s of stars) map.set(`${s}/${name}`, value);
      ns.world.generation++;
      return true;
    },
  }));
}
