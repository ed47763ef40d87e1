import { hasIpv6, type Ipv6Key, ipv6Defaults, readIpv6, writeIpv6 } from "./ipv6-settings.ts";
import { updateLinkLocal } from "./link-local.ts";
import { isStar, starsOf } from "./sysctl-conf.ts";
import type { SysctlDefinition } from "./sysctl-definitions.ts";
import { parseInteger } from "./sysctl-value.ts";

/** Keys that `all` sets on every device and on those to come, not just beside them. */
const forAll: readonly Ipv6Key[] = ["disable_ipv6", "forwarding"];

/** net.ipv6.conf.STAR.*: stored, and spread from `all` as the kernel spreads it. */
export function ipv6Sysctls(): readonly SysctlDefinition[] {
  return (Object.keys(ipv6Defaults) as Ipv6Key[]).map((name) => ({
    path: `net/ipv6/conf/*/${name}`,
    stars: starsOf,
    isStar,
    get: (ns, star) => String(readIpv6(ns, name, star)),
    set: (ns, text, star) => {
      const value = parseInteger(text);
      if (value === null) return false;
      const stars = star === "all" && forAll.includes(name) ? starsOf(ns) : [star];
      writeIpv6(ns, name, stars, value);
      if (name === "disable_ipv6")
        for (const device of ns.devices) {
          if (!hasIpv6(ns, device.name)) device.linkLocal = null;
          updateLinkLocal(device);
        }
      ns.world.generation++;
      return true;
    },
  }));
}
