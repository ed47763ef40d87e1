import { changedConf, defaultInetConf, type InetConf } from "./inet-conf.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { SysctlDefinition } from "./sysctl-definitions.ts";
import { parseInteger } from "./sysctl-value.ts";

/** The names in /proc/sys/net/ipv4/conf: `all`, `default`, and the devices. */
export function starsOf(ns: NetworkNamespace): readonly string[] {
  return ["all", "default", ...ns.devices.map((device) => device.name)].sort();
}

/** Whether {@link starsOf} has it. */
export function isStar(ns: NetworkNamespace, name: string): boolean {
  return name === "all" || name === "default" || ns.device(name) !== null;
}

function confOf(ns: NetworkNamespace, star: string): InetConf {
  if (star === "all") return ns.ipv4.allConf;
  if (star === "default") return ns.ipv4.defaultConf;
  return ns.device(star)!.ipv4.conf;
}

/** net.ipv4.conf.STAR.*: what is written to `default` holds for devices that nobody has set or given an address. */
export function confSysctls(): readonly SysctlDefinition[] {
  const keys = Object.keys(defaultInetConf) as (keyof InetConf)[];
  return keys.map((key) => ({
    path: `net/ipv4/conf/*/${key}`,
    stars: starsOf,
    isStar,
    get: (ns, star) => String(confOf(ns, star)[key]),
    // The kernel itself says whether it routes groups: mrouted asks it to.
    set: key === "mc_forwarding" ? null : (ns, text, star) => write(ns, key, text, star),
  }));
}

function write(ns: NetworkNamespace, key: keyof InetConf, text: string, star: string): boolean {
  const value = parseInteger(text);
  if (value === null) return false;
  if (key === "forwarding" && star === "all") {
    setForwarding(ns, value);
    return true;
  }
  const changed = changedConf(confOf(ns, star), { [key]: value });
  if (star === "all") ns.ipv4 = ns.ipv4.with({ allConf: changed });
  else if (star === "default") {
    ns.ipv4 = ns.ipv4.with({ defaultConf: changed });
    for (const { ipv4 } of ns.devices)
      if (key !== "forwarding" && !ipv4.touched.has(key) && !ipv4.configured)
        ipv4.conf = changedConf(ipv4.conf, { [key]: value });
  } else {
    const { ipv4 } = ns.device(star)!;
    ipv4.conf = changed;
    ipv4.touch(key);
  }
  ns.world.generation++;
  return true;
}

/** net.ipv4.ip_forward: all devices, those to come, and whether redirects are believed (inet_forward_change). */
export function setForwarding(ns: NetworkNamespace, value: number): void {
  const { allConf, defaultConf } = ns.ipv4;
  if (allConf.forwarding === value) return;
  ns.ipv4 = ns.ipv4.with({
    allConf: changedConf(allConf, { forwarding: value, accept_redirects: value === 0 ? 1 : 0 }),
    defaultConf: changedConf(defaultConf, { forwarding: value }),
  });
  for (const { ipv4 } of ns.devices) ipv4.conf = changedConf(ipv4.conf, { forwarding: value });
  ns.world.generation++;
}
