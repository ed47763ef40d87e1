import { changedNeighbourConf, defaultNeighbourConf, type NeighbourConf } from "./neighbour-settings.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { SysctlDefinition } from "./sysctl-definitions.ts";
import { number, parseInteger } from "./sysctl-value.ts";

/** What a full frame takes of a queue (SKB_TRUESIZE of ETH_FRAME_LEN), by which unres_qlen counts. */
const FRAME_TRUESIZE = 2090;

/** What new devices begin with is shown in the first namespace of a host only (arp_init). */
const starsOf = (ns: NetworkNamespace): readonly string[] =>
  [...(ns === ns.host.root ? ["default"] : []), ...ns.devices.map((device) => device.name)].sort();

function confOf(ns: NetworkNamespace, star: string): NeighbourConf {
  return star === "default" ? ns.ipv4.defaultNeighbour : ns.device(star)!.ipv4.neighbourConf;
}

/** One number under another name or in another unit: `scale` of it make one of `key`. */
function view(name: string, key: keyof NeighbourConf, scale: number): SysctlDefinition {
  return {
    path: `net/ipv4/neigh/*/${name}`,
    stars: starsOf,
    get: (ns, star) => String(Math.floor(confOf(ns, star)[key] / scale)),
    set: (ns, text, star) => {
      const value = parseInteger(text, 0);
      if (value === null) return false;
      const changed = changedNeighbourConf(confOf(ns, star), key, value * scale);
      if (star === "default") {
        ns.ipv4 = ns.ipv4.with({ defaultNeighbour: changed });
        for (const { ipv4 } of ns.devices)
          if (!ipv4.touched.has(key) && !ipv4.configured)
            ipv4.neighbourConf = changedNeighbourConf(ipv4.neighbourConf, key, value * scale);
      } else {
        const { ipv4 } = ns.device(star)!;
        ipv4.neighbourConf = changed;
        ipv4.touch(key);
      }
      return true;
    },
  };
}

/** net.ipv4.neigh.STAR.*, and the bounds of the whole table, which only the first namespace of a host shows. */
export function neighbourSysctls(): readonly SysctlDefinition[] {
  const keys = Object.keys(defaultNeighbourConf) as (keyof NeighbourConf)[];
  const bounds = (["gc_thresh1", "gc_thresh2", "gc_thresh3", "gc_interval"] as const).map((key) => ({
    ...number(
      `net/ipv4/neigh/*/${key}`,
      0,
      0x7fffffff,
      (ns) => ns.host.neighbourLimits[key],
      (ns, value) => {
        ns.host.neighbourLimits[key] = value;
      },
    ),
    stars: (ns: NetworkNamespace): readonly string[] => (ns === ns.host.root ? ["default"] : []),
  }));
  return [
    ...keys.map((key) => view(key, key, 1)),
    view("unres_qlen", "unres_qlen_bytes", FRAME_TRUESIZE),
    view("base_reachable_time", "base_reachable_time_ms", 1000),
    view("retrans_time", "retrans_time_ms", 10),
    ...bounds,
  ];
}
