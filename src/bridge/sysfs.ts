import { KernelError } from "../net/kernel-error.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";
import { flushLearned, flushPort } from "./fdb-commands.ts";
import type { PortFlag } from "./port-memory.ts";
import {
  CENTISECOND,
  portId,
  setForwardDelay,
  setGroupFwdMask,
  setHelloTime,
  setMaxAge,
  setPortCost,
  setPortFlag,
  setPortGroupFwdMask,
  setPortPriority,
} from "./settings.ts";
import { checkDefaultPvid, setDefaultPvid, setVlanFiltering } from "./vlan-commands.ts";

/** A file under /sys/class/net/BRIDGE/bridge or /sys/class/net/PORT/brport. */
export interface SysfsFile {
  readonly name: string;
  /** The value without its newline; null when the file cannot be read. */
  readonly read: (() => string) | null;
  /** Null when the file cannot be written. @throws {KernelError} */
  readonly write: ((text: string) => void) | null;
}

/** Reads a whole number as the kernel's simple_strtoul does: decimal, 0x or 0 in front, and what follows does not count. */
function number(text: string): number {
  const match = /^(0x[0-9a-f]+|\d+)/i.exec(text.trim());
  if (match === null) throw new KernelError("EINVAL");
  const digits = match[1]!;
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
}

function file(name: string, read: () => number | string, write: ((value: number) => void) | null): SysfsFile {
  return { name, read: () => String(read()), write: write === null ? null : (text) => write(number(text)) };
}

function fixed(name: string, value: string | number): SysfsFile {
  return { name, read: () => String(value), write: null };
}

function flush(write: () => void): SysfsFile {
  const checked = (text: string): void => {
    number(text);
    write();
  };
  return { name: "flush", read: null, write: checked };
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).padStart(digits, "0");
}

/** `8000.020000000101`: priority and address. */
function bridgeId(bridge: Bridge): string {
  const { hi, lo } = bridge.ownMac;
  return `${hex(bridge.priority, 4)}.${hex(hi, 4)}${hex(lo, 8)}`;
}

/** What multicast snooping would use; the bridge floods groups, so nothing reads them here. */
const MULTICAST: readonly (readonly [string, number])[] = [
  ["hash_elasticity", 16],
  ["hash_max", 4096],
  ["multicast_igmp_version", 2],
  ["multicast_last_member_count", 2],
  ["multicast_last_member_interval", 100],
  ["multicast_membership_interval", 26000],
  ["multicast_mld_version", 1],
  ["multicast_querier", 0],
  ["multicast_querier_interval", 25500],
  ["multicast_query_interval", 12500],
  ["multicast_query_response_interval", 1000],
  ["multicast_query_use_ifaddr", 0],
  ["multicast_router", 1],
  ["multicast_startup_query_count", 2],
  ["multicast_startup_query_interval", 3125],
  ["multicast_stats_enabled", 0],
];

/** /sys/class/net/BRIDGE/bridge, in alphabetical order (net/bridge/br_sysfs_br.c). */
export function bridgeFiles(bridge: Bridge): readonly SysfsFile[] {
  const files: SysfsFile[] = [
    file(
      "ageing_time",
      () => bridge.ageingTime / CENTISECOND,
      (v) => bridge.setAgeingTime(v * CENTISECOND),
    ),
    file("bridge_id", () => bridgeId(bridge), null),
    flush(() => flushLearned(bridge)),
    file(
      "forward_delay",
      () => bridge.forwardDelay / CENTISECOND,
      (v) => setForwardDelay(bridge, v * CENTISECOND),
    ),
    file("gc_timer", () => Math.floor(bridge.collectsIn / CENTISECOND), null),
    fixed("group_addr", "01:80:c2:00:00:00"),
    file(
      "group_fwd_mask",
      () => `0x${hex(bridge.groupFwdMask, 0)}`,
      (v) => setGroupFwdMask(bridge, v),
    ),
    file(
      "hello_time",
      () => bridge.helloTime / CENTISECOND,
      (v) => setHelloTime(bridge, v * CENTISECOND),
    ),
    fixed("hello_timer", 0),
    file(
      "max_age",
      () => bridge.maxAge / CENTISECOND,
      (v) => setMaxAge(bridge, v * CENTISECOND),
    ),
    ...MULTICAST.map(([name, value]) => fixed(name, value)),
    file(
      "multicast_snooping",
      () => Number(bridge.mcastSnooping),
      (v) => {
        bridge.mcastSnooping = v !== 0;
      },
    ),
    ...(["Arptables", "Ip6tables", "Iptables"] as const).map((table) =>
      file(
        `nf_call_${table.toLowerCase()}`,
        () => Number(bridge[`nfCall${table}`]),
        (v) => {
          bridge[`nfCall${table}`] = v !== 0;
        },
      ),
    ),
    file(
      "no_linklocal_learn",
      () => Number(bridge.noLinkLocalLearn),
      (v) => {
        bridge.noLinkLocalLearn = v !== 0;
      },
    ),
    file(
      "priority",
      () => bridge.priority,
      (v) => {
        bridge.priority = v & 0xffff;
      },
    ),
    file("root_id", () => bridgeId(bridge), null),
    ...["root_path_cost", "root_port"].map((name) => fixed(name, 0)),
    file(
      "stp_state",
      () => Number(bridge.stp),
      (v) => {
        bridge.stp = v !== 0;
      },
    ),
    ...["tcn_timer", "topology_change", "topology_change_detected", "topology_change_timer"].map((name) =>
      fixed(name, 0),
    ),
  ];
  if (bridge.device.ns.host.kernel.bridgeVlanFiltering)
    files.push(
      file(
        "default_pvid",
        () => bridge.defaultPvid,
        (v) => {
          checkDefaultPvid(v);
          if (bridge.vlanFiltering && v !== bridge.defaultPvid) throw new KernelError("EPERM");
          setDefaultPvid(bridge, v);
        },
      ),
      file(
        "vlan_filtering",
        () => Number(bridge.vlanFiltering),
        (v) => setVlanFiltering(bridge, v !== 0),
      ),
      fixed("vlan_protocol", "0x8100"),
      ...["vlan_stats_enabled", "vlan_stats_per_port"].map((name) => fixed(name, 0)),
    );
  return files.sort(byName);
}

const PORT_FLAGS: readonly (readonly [string, PortFlag])[] = [
  ["bpdu_guard", "guard"],
  ["broadcast_flood", "bcastFlood"],
  ["hairpin_mode", "hairpin"],
  ["isolated", "isolated"],
  ["learning", "learning"],
  ["multicast_fast_leave", "fastLeave"],
  ["multicast_flood", "mcastFlood"],
  ["multicast_to_unicast", "mcastToUnicast"],
  ["neigh_suppress", "neighSuppress"],
  ["proxyarp", "proxyArp"],
  ["proxyarp_wifi", "proxyArpWifi"],
  ["root_block", "rootBlock"],
  ["unicast_flood", "flood"],
];

/** /sys/class/net/PORT/brport, in alphabetical order, but for the link `bridge` (net/bridge/br_sysfs_if.c). */
export function portFiles(port: BridgePort): readonly SysfsFile[] {
  const { bridge } = port;
  return [
    fixed("backup_port", ""),
    ...["change_ack", "config_pending", "designated_cost"].map((name) => fixed(name, 0)),
    ...["forward_delay_timer", "hold_timer", "message_age_timer"].map((name) => fixed(name, 0)),
    ...["designated_bridge", "designated_root"].map((name) => file(name, () => bridgeId(bridge), null)),
    file("designated_port", () => portId(port), null),
    flush(() => flushPort(port)),
    file(
      "group_fwd_mask",
      () => `0x${hex(port.groupFwdMask, 0)}`,
      (v) => setPortGroupFwdMask(port, v),
    ),
    file(
      "multicast_router",
      () => port.mcastRouter,
      (v) => {
        if (v > 3) throw new KernelError("EINVAL");
        port.mcastRouter = v;
      },
    ),
    file(
      "path_cost",
      () => port.cost,
      (v) => setPortCost(port, v),
    ),
    file("port_id", () => `0x${hex(portId(port), 0)}`, null),
    file("port_no", () => `0x${hex(port.number, 0)}`, null),
    file(
      "priority",
      () => port.priority,
      (v) => setPortPriority(port, v),
    ),
    file("state", () => port.state, null),
    ...PORT_FLAGS.map(([name, flag]) =>
      file(
        name,
        () => Number(port[flag]),
        (v) => setPortFlag(port, flag, v !== 0),
      ),
    ),
  ].sort(byName);
}

function byName(a: SysfsFile, b: SysfsFile): number {
  return a.name < b.name ? -1 : 1;
}
