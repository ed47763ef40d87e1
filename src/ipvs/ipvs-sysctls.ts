import type { SysctlDefinition } from "../net/sysctl-definitions.ts";
import { parseInteger, stored } from "../net/sysctl-value.ts";
import { strategyChanged } from "./defence.ts";
import { ipvsOf } from "./ipvs.ts";
import { IpvsSettings } from "./ipvs-settings.ts";

const INT_MAX = 0x7fffffff;

/** Least and greatest value of those that are bounded. */
const bounds: Partial<Record<keyof IpvsSettings, readonly [number, number]>> = {
  drop_entry: [0, 3],
  drop_packet: [0, 3],
  secure_tcp: [0, 3],
  sync_retries: [0, 3],
  sync_version: [0, 1],
  sync_qlen_max: [0, Number.MAX_SAFE_INTEGER],
};

/** net.ipv4.vs.* */
export function ipvsSysctls(): readonly SysctlDefinition[] {
  const keys = Object.keys(new IpvsSettings()) as (keyof IpvsSettings)[];
  return [...keys.map(setting), debugLevel, threshold];
}

function setting(key: keyof IpvsSettings): SysctlDefinition {
  const [min, max] = bounds[key] ?? [-INT_MAX - 1, INT_MAX];
  return {
    path: `net/ipv4/vs/${key}`,
    get: (ns) => String(ipvsOf(ns).settings[key]),
    set: (ns, text) => {
      const value = parseInteger(text, min, max);
      if (value === null) return false;
      // Several threads share the work of telling a backup: 1, 2, 4, 8 ...
      if (key === "sync_ports" && (value < 1 || (value & (value - 1)) !== 0)) return false;
      const ipvs = ipvsOf(ns);
      ipvs.settings[key] = value;
      strategyChanged(ipvs);
      return true;
    },
  };
}

/** There is nothing to debug: what is written is not kept. */
const debugLevel: SysctlDefinition = { path: "net/ipv4/vs/debug_level", get: () => "0", set: () => true };

/** After how many packets a backup hears of a connection, and how often then. */
const kept: SysctlDefinition = stored("net/ipv4/vs/sync_threshold", "3\t50");
const threshold: SysctlDefinition = {
  ...kept,
  set: (ns, text, star) => {
    const words = text.trim().split(/\s+/);
    const first = parseInteger(words[0] ?? "");
    const period = parseInteger(words[1] ?? kept.get(ns, star).split("\t")[1]!);
    if (first === null || period === null || first < 0 || period < 0) return false;
    if (first >= period && period !== 0) return false;
    return kept.set!(ns, `${first}\t${period}`, star);
  },
};
