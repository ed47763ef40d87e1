import { addBridge, bridgeOf, portOf } from "../bridge/add-bridge.ts";
import type { Bridge } from "../bridge/bridge.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { MILLISECOND } from "../sim/time.ts";
import { bridgeId } from "./bridge-id.ts";
import { bridgeSlave } from "./bridge-slave.ts";
import { notesOf } from "./device-notes.ts";
import { FixedNumber, type Json, type JsonObject } from "./json.ts";
import { type LinkOptions, type LinkType, nameOr } from "./link-type.ts";
import { bridgeTypeHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { matches, unsigned, type Words, wrong } from "./words.ts";

/** A tick of the kernel's interface (USER_HZ): 10 ms. */
const TICK = 10 * MILLISECOND;

/** Options with their largest number, in the order in which iproute2 compares them. */
const OPTIONS: readonly (readonly [name: string, max: number])[] = [
  ["forward_delay", 0xffffffff],
  ["hello_time", 0xffffffff],
  ["max_age", 0xffffffff],
  ["ageing_time", 0xffffffff],
  ["stp_state", 0xffffffff],
  ["priority", 0xffff],
  ["vlan_filtering", 0xff],
  ["vlan_default_pvid", 0xffff],
  ["vlan_stats_enabled", 0xff],
  ["vlan_stats_per_port", 0xff],
  ["group_fwd_mask", 0xffff],
  ["mcast_snooping", 0xff],
];

/** What a bridge says of itself that nobody can change here, in the order of `ip -d link`. */
const MCAST: readonly (readonly [text: string, json: string, value: number])[] = [
  ["no_linklocal_learn", "no_linklocal_learn", 0],
  ["mcast_vlan_snooping", "mcast_vlan_snooping", 0],
  ["mcast_router", "mcast_router", 1],
  ["mcast_query_use_ifaddr", "mcast_query_use_ifaddr", 0],
  ["mcast_querier", "mcast_querier", 0],
  ["mcast_hash_elasticity", "mcast_hash_elasticity", 16],
  ["mcast_hash_max", "mcast_hash_max", 4096],
  ["mcast_last_member_count", "mcast_last_member_cnt", 2],
  ["mcast_startup_query_count", "mcast_startup_query_cnt", 2],
  ["mcast_last_member_interval", "mcast_last_member_intvl", 100],
  ["mcast_membership_interval", "mcast_membership_intvl", 26000],
  ["mcast_querier_interval", "mcast_querier_intvl", 25500],
  ["mcast_query_interval", "mcast_query_intvl", 12500],
  ["mcast_query_response_interval", "mcast_query_response_intvl", 1000],
  ["mcast_startup_query_interval", "mcast_startup_query_intvl", 3124],
  ["mcast_stats_enabled", "mcast_stats_enabled", 0],
  ["mcast_igmp_version", "mcast_igmp_version", 2],
  ["mcast_mld_version", "mcast_mld_version", 1],
  ["nf_call_iptables", "nf_call_iptables", 0],
  ["nf_call_ip6tables", "nf_call_ip6tables", 0],
  ["nf_call_arptables", "nf_call_arptables", 0],
];
const CONSTANT: ReadonlySet<string> = new Set([
  ...MCAST.map(([name]) => name),
  "group_address",
  "vlan_protocol",
]);

/** `type bridge ...` */
export const bridge: LinkType = {
  kind: "bridge",
  help: bridgeTypeHelp,
  slaves: bridgeSlave,
  parse: parseBridge,
  words: (options) =>
    OPTIONS.flatMap(([name]) => (options[name] === undefined ? [] : [name, `${options[name]}`])),
  create({ namespace, name, common, options }) {
    const made = addBridge(namespace, nameOr(namespace, name, "bridge"), common);
    try {
      change(made.device, options);
    } catch (error) {
      namespace.removeDevice(made.device);
      throw error;
    }
    return made.device;
  },
  change,
  details: (device) =>
    `${display(bridgeOf(device)!)
      .map(([text, , value]) => `${text} ${value instanceof FixedNumber ? value.text.padStart(7) : value}`)
      .join(" ")} `,
  json: (device): JsonObject =>
    Object.fromEntries(display(bridgeOf(device)!).map(([, json, value]): [string, Json] => [json, value])),
};

function parseBridge(words: Words): LinkOptions {
  const options: Record<string, number> = {};
  while (!words.done) {
    const word = words.next();
    if (matches(word, "help")) throw new ToolError(bridgeTypeHelp, 1);
    const option = OPTIONS.find(([name]) => matches(word, name));
    if (option === undefined) {
      if ([...CONSTANT, "fdb_flush"].some((name) => matches(word, name)))
        throw new ToolError(`ip: bridge option "${word}" is not simulated`, 1);
      throw new ToolError(`bridge: unknown command "${word}"?\n${bridgeTypeHelp}`, 1);
    }
    const [name, max] = option;
    const text = words.next();
    const value = unsigned(text, max);
    if (value === null) throw wrong(text, `invalid ${name}`);
    options[name] = value;
  }
  return options;
}

/** Sets options in the kernel's order (br_changelink). @throws {KernelError} */
function change(device: NetDevice, options: LinkOptions): void {
  const target = bridgeOf(device)!;
  const kept = notesOf(device).options;
  const given = (name: string): number | undefined => options[name] as number | undefined;
  const between = (name: string, low: number, high: number): void => {
    const value = given(name);
    if (value !== undefined && (value < low || value > high)) throw new KernelError("ERANGE");
  };
  between("hello_time", 100, 1000);
  between("max_age", 600, 4000);
  for (const name of ["hello_time", "max_age", "priority", "mcast_snooping"] as const) {
    const value = given(name);
    if (value !== undefined) kept.set(name, value);
  }
  const delay = given("forward_delay");
  if (delay !== undefined) kept.set("forward_delay", delay);
  const ageing = given("ageing_time");
  if (ageing !== undefined) target.ageingTime = ageing * TICK;
  if ((given("stp_state") ?? 0) !== 0) throw new ToolError("ip: spanning tree is not simulated", 1);
  const mask = given("group_fwd_mask");
  if (mask !== undefined) {
    // Pause frames, LACP and spanning tree are never forwarded (BR_GROUPFWD_RESTRICTED).
    if ((mask & 7) !== 0) throw new KernelError("EINVAL");
    target.groupFwdMask = mask;
  }
  changeVlan(target, options);
  device.world.generation++;
}

function changeVlan(_target: Bridge, options: LinkOptions): void {
  if ((options["vlan_filtering"] ?? 0) !== 0) throw new KernelError("EOPNOTSUPP");
}

/** Everything that `ip -d link` says of a bridge: word, name in JSON, value. */
function display(target: Bridge): (readonly [text: string, json: string, value: Json])[] {
  const kept = notesOf(target.device).options;
  const option = (name: string, value: number): readonly [string, string, number] => [
    name,
    name,
    kept.get(name) ?? value,
  ];
  const timer = (name: string): readonly [string, string, Json] => [name, name, new FixedNumber("0.00")];
  const id = bridgeId(target);
  const mask = target.groupFwdMask === 0 ? "0" : `0x${target.groupFwdMask.toString(16)}`;
  return [
    option("forward_delay", 1500),
    option("hello_time", 200),
    option("max_age", 2000),
    ["ageing_time", "ageing_time", target.ageingTime / TICK],
    ["stp_state", "stp_state", target.stp ? 1 : 0],
    option("priority", 32768),
    ["vlan_filtering", "vlan_filtering", 0],
    ["vlan_protocol", "vlan_protocol", "802.1Q"],
    ["bridge_id", "bridge_id", id],
    ["designated_root", "root_id", id],
    ["root_port", "root_port", 0],
    ["root_path_cost", "root_path_cost", 0],
    ["topology_change", "topology_change", 0],
    ["topology_change_detected", "topology_change_detected", 0],
    timer("hello_timer"),
    timer("tcn_timer"),
    timer("topology_change_timer"),
    timer("gc_timer"),
    ["vlan_default_pvid", "vlan_default_pvid", 1],
    ["vlan_stats_enabled", "vlan_stats_enabled", 0],
    ["vlan_stats_per_port", "vlan_stats_per_port", 0],
    ["group_fwd_mask", "group_fwd_mask", mask],
    ["group_address", "group_addr", "01:80:c2:00:00:00"],
    option("mcast_snooping", 1),
    ...MCAST,
  ];
}

/** The bridge that a device is a port of, or null. */
export function bridgeOfPort(device: NetDevice): Bridge | null {
  return portOf(device)?.bridge ?? null;
}
