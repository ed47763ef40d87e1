import type { Ipv4Settings } from "./ipv4-settings.ts";
import type { Kernel } from "./kernel.ts";
import { confSysctls, setForwarding } from "./sysctl-conf.ts";
import type { SysctlDefinition } from "./sysctl-definitions.ts";
import { ipv6Sysctls } from "./sysctl-ipv6.ts";
import { neighbourSysctls } from "./sysctl-neigh.ts";
import { INT_MAX, number, parseInteger, stored } from "./sysctl-value.ts";
import { tcpSysctls } from "./tcp/sysctls.ts";

/** Names of settings that are one number. */
type NumberKey = {
  [K in keyof Ipv4Settings]: Ipv4Settings[K] extends number ? K : never;
}[keyof Ipv4Settings];

function setting(path: string, key: NumberKey, min: number, max: number): SysctlDefinition {
  return number(
    path,
    min,
    max,
    (ns) => ns.ipv4[key],
    (ns, value) => {
      ns.ipv4 = ns.ipv4.with({ [key]: value });
    },
  );
}

/** [name below net/ipv4, least, greatest value]; the setting has the same name. */
const ipv4Numbers: readonly (readonly [NumberKey, number, number])[] = [
  ["ip_default_ttl", 1, 255],
  ["ip_no_pmtu_disc", 0, 3],
  ["ip_forward_use_pmtu", 0, 255],
  ["ip_nonlocal_bind", 0, 255],
  ["fwmark_reflect", 0, 255],
  ["icmp_echo_ignore_all", 0, 1],
  ["icmp_echo_ignore_broadcasts", 0, 1],
  ["icmp_ratelimit", 0, INT_MAX],
  ["icmp_ratemask", -INT_MAX - 1, INT_MAX],
  ["icmp_errors_use_inbound_ifaddr", 0, 1],
  ["icmp_ignore_bogus_error_responses", 0, 1],
  ["icmp_msgs_per_sec", 0, INT_MAX],
  ["icmp_msgs_burst", 0, INT_MAX],
  ["ipfrag_time", 0, INT_MAX],
  ["ipfrag_max_dist", 0, INT_MAX],
  ["igmp_max_memberships", -INT_MAX - 1, INT_MAX],
  ["igmp_max_msf", -INT_MAX - 1, INT_MAX],
  ["igmp_qrv", 1, INT_MAX],
  ["igmp_link_local_mcast_reports", 0, 255],
  ["ip_unprivileged_port_start", 0, 65535],
];

/** [path, value at first]: nothing here depends on them. */
const others: readonly (readonly [string, string])[] = [
  ["net/ipv4/fib_multipath_hash_fields", "7"],
  ["net/ipv4/fib_multipath_hash_policy", "0"],
  ["net/ipv4/fib_multipath_hash_seed", "0"],
  ["net/ipv4/fib_multipath_use_neigh", "0"],
  ["net/ipv4/fib_notify_on_flag_change", "0"],
  ["net/ipv4/icmp_echo_enable_probe", "0"],
  ["net/ipv4/ip_autobind_reuse", "0"],
  ["net/ipv4/ip_dynaddr", "0"],
  ["net/ipv4/ip_early_demux", "1"],
  ["net/ipv4/ip_forward_update_priority", "1"],
  ["net/ipv4/ip_local_reserved_ports", ""],
  ["net/ipv4/nexthop_compat_mode", "1"],
  ["net/ipv4/ping_group_range", "1\t0"],
  ["net/ipv4/raw_l3mdev_accept", "1"],
  ["net/ipv4/udp_early_demux", "1"],
  ["net/ipv4/udp_l3mdev_accept", "0"],
  ["net/ipv4/udp_rmem_min", "4096"],
  ["net/ipv4/udp_wmem_min", "4096"],
  ["net/core/optmem_max", "131072"],
  ["net/core/wmem_default", "212992"],
  ["net/core/wmem_max", "4194304"],
];

const portRange: SysctlDefinition = {
  path: "net/ipv4/ip_local_port_range",
  get: (ns) => `${ns.ipv4.ip_local_port_first}\t${ns.ipv4.ip_local_port_last}`,
  set: (ns, text) => {
    const words = text.trim().split(/\s+/);
    const first = parseInteger(words[0] ?? "", 1, 65535);
    const last = parseInteger(words[1] ?? String(ns.ipv4.ip_local_port_last), 1, 65535);
    if (first === null || last === null || last < first) return false;
    ns.ipv4 = ns.ipv4.with({ ip_local_port_first: first, ip_local_port_last: last });
    return true;
  },
};

/** Of the whole host: only its first namespace shows it, so its name stands where others have a device's. */
const maxBacklog: SysctlDefinition = {
  ...number(
    "net/core/*",
    -INT_MAX - 1,
    INT_MAX,
    (ns) => ns.host.maxBacklog | 0,
    (ns, value) => {
      ns.host.maxBacklog = value >>> 0;
    },
  ),
  stars: (ns) => (ns === ns.host.root ? ["netdev_max_backlog"] : []),
};

/** Each of the two thresholds bounds the other: the low one is never above the high one. */
function threshold(key: "ipfrag_low_thresh" | "ipfrag_high_thresh"): SysctlDefinition {
  const isLow = key === "ipfrag_low_thresh";
  return {
    path: `net/ipv4/${key}`,
    get: (ns) => String(ns.ipv4[key]),
    set: (ns, text) => {
      const { ipfrag_low_thresh: low, ipfrag_high_thresh: high } = ns.ipv4;
      const value = parseInteger(text, isLow ? 0 : low, isLow ? high : Number.MAX_SAFE_INTEGER);
      if (value === null) return false;
      ns.ipv4 = ns.ipv4.with({ [key]: value });
      return true;
    },
  };
}

/** Adds the sysctls of IPv4, its neighbours, sockets and routes, and what is shown of IPv6, to a kernel. */
export function registerIpv4Sysctls(kernel: Kernel): void {
  kernel.sysctls.add(
    ...ipv4Numbers.map(([key, min, max]) => setting(`net/ipv4/${key}`, key, min, max)),
    number("net/ipv4/ip_forward", -INT_MAX - 1, INT_MAX, (ns) => ns.ipv4.allConf.forwarding, setForwarding),
    portRange,
    threshold("ipfrag_low_thresh"),
    threshold("ipfrag_high_thresh"),
    setting("net/ipv4/route/min_pmtu", "min_pmtu", 68, INT_MAX),
    setting("net/ipv4/route/mtu_expires", "mtu_expires", 0, INT_MAX),
    setting("net/ipv4/route/min_adv_mss", "min_adv_mss", -INT_MAX - 1, INT_MAX),
    {
      path: "net/ipv4/route/flush",
      get: () => "",
      set: (ns) => {
        ns.exceptions.flush();
        return true;
      },
    },
    setting("net/core/rmem_default", "rmem_default", 2304, INT_MAX),
    maxBacklog,
    ...others.map(([path, initial]) => stored(path, initial)),
    ...tcpSysctls(),
    ...confSysctls(),
    ...neighbourSysctls(),
    ...ipv6Sysctls(),
  );
}
