import { addBridge, bridgeOf } from "../bridge/add-bridge.ts";
import type { Bridge } from "../bridge/bridge.ts";
import { flushLearned } from "../bridge/fdb-commands.ts";
import {
  CENTISECOND,
  setForwardDelay,
  setGroupFwdMask,
  setHelloTime,
  setMaxAge,
} from "../bridge/settings.ts";
import { setDefaultPvid, setVlanFiltering } from "../bridge/vlan-commands.ts";
import type { NetDevice } from "../net/net-device.ts";
import { bridgeId } from "./bridge-id.ts";
import { bridgeSlave } from "./bridge-slave.ts";
import { notesOf } from "./device-notes.ts";
import { FixedNumber, type Json, type JsonObject } from "./json.ts";
import { type LinkOptions, type LinkType, nameOr } from "./link-type.ts";
import { bridgeTypeHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { matches, unsigned, type Words, wrong } from "./words.ts";

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
  ["group_fwd_mask", 0xffff],
  ["no_linklocal_learn", 0xff],
  ["mcast_snooping", 0xff],
  ["nf_call_iptables", 0xff],
  ["nf_call_ip6tables", 0xff],
  ["nf_call_arptables", 0xff],
];

/** What a bridge says of itself that nobody can change here, in the order of `ip -d link`. */
const MCAST: readonly (readonly [text: string, json: string, value: number])[] = [
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
];
const CONSTANT: ReadonlySet<string> = new Set([
  ...MCAST.map(([name]) => name),
  "group_address",
  "vlan_protocol",
  "vlan_stats_enabled",
  "vlan_stats_per_port",
]);

/** `type bridge ...` */
export const bridge: LinkType = {
  kind: "bridge",
  help: bridgeTypeHelp,
  slaves: bridgeSlave,
  parse: parseBridge,
  words: (options) => [
    ...OPTIONS.flatMap(([name]) => (options[name] === undefined ? [] : [name, `${options[name]}`])),
    ...(options["fdb_flush"] ? ["fdb_flush"] : []),
  ],
  create({ namespace, name, common, options }) {
    const made = addBridge(namespace, nameOr(namespace, name, "bridge"), common);
    if (common.mac !== undefined) notesOf(made.device).addressSet = true;
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
  const options: Record<string, number | boolean> = {};
  while (!words.done) {
    const word = words.next();
    if (matches(word, "help")) throw new ToolError(bridgeTypeHelp, 1);
    const option = OPTIONS.find(([name]) => matches(word, name));
    if (option === undefined) {
      if (matches(word, "fdb_flush")) {
        options["fdb_flush"] = true;
        continue;
      }
      if ([...CONSTANT].some((name) => matches(word, name)))
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
  const given = (name: string, set: (value: number) => void): void => {
    const value = options[name];
    if (value !== undefined) set(Number(value));
  };
  given("forward_delay", (v) => setForwardDelay(target, v * CENTISECOND));
  given("hello_time", (v) => setHelloTime(target, v * CENTISECOND));
  given("max_age", (v) => setMaxAge(target, v * CENTISECOND));
  given("ageing_time", (v) => {
    target.setAgeingTime(v * CENTISECOND);
  });
  given("stp_state", (v) => {
    if (v !== 0) throw new ToolError("ip: spanning tree (stp_state 1) is not simulated", 1);
  });
  given("priority", (v) => {
    target.priority = v;
  });
  given("vlan_filtering", (v) => setVlanFiltering(target, v !== 0));
  given("vlan_default_pvid", (v) => setDefaultPvid(target, v));
  given("group_fwd_mask", (v) => setGroupFwdMask(target, v));
  if (options["fdb_flush"]) flushLearned(target);
  given("no_linklocal_learn", (v) => {
    target.noLinkLocalLearn = v !== 0;
  });
  given("mcast_snooping", (v) => {
    target.mcastSnooping = v !== 0;
  });
  given("nf_call_iptables", (v) => {
    target.nfCallIptables = v !== 0;
  });
  given("nf_call_ip6tables", (v) => {
    target.nfCallIp6tables = v !== 0;
  });
  given("nf_call_arptables", (v) => {
    target.nfCallArptables = v !== 0;
  });
  device.world.generation++;
}

type Shown = readonly [text: string, json: string, value: Json];

/** Everything that `ip -d link` says of a bridge: word, name in JSON, value. */
function display(target: Bridge): readonly Shown[] {
  const same = (name: string, value: Json): Shown => [name, name, value];
  const timer = (name: string): Shown => same(name, new FixedNumber("0.00"));
  const flag = (name: string, on: boolean): Shown => same(name, on ? 1 : 0);
  const withVlans = target.device.ns.host.kernel.bridgeVlanFiltering;
  const id = bridgeId(target);
  const mask = target.groupFwdMask === 0 ? "0" : `0x${target.groupFwdMask.toString(16)}`;
  return [
    same("forward_delay", target.forwardDelay / CENTISECOND),
    same("hello_time", target.helloTime / CENTISECOND),
    same("max_age", target.maxAge / CENTISECOND),
    same("ageing_time", target.ageingTime / CENTISECOND),
    flag("stp_state", target.stp),
    same("priority", target.priority),
    flag("vlan_filtering", target.vlanFiltering),
    ...(withVlans ? [same("vlan_protocol", "802.1Q")] : []),
    same("bridge_id", id),
    ["designated_root", "root_id", id],
    same("root_port", 0),
    same("root_path_cost", 0),
    same("topology_change", 0),
    same("topology_change_detected", 0),
    timer("hello_timer"),
    timer("tcn_timer"),
    timer("topology_change_timer"),
    timer("gc_timer"),
    ...(withVlans
      ? [
          same("vlan_default_pvid", target.defaultPvid),
          same("vlan_stats_enabled", 0),
          same("vlan_stats_per_port", 0),
        ]
      : []),
    same("group_fwd_mask", mask),
    ["group_address", "group_addr", "01:80:c2:00:00:00"],
    flag("mcast_snooping", target.mcastSnooping),
    flag("no_linklocal_learn", target.noLinkLocalLearn),
    ...MCAST,
    flag("nf_call_iptables", target.nfCallIptables),
    flag("nf_call_ip6tables", target.nfCallIp6tables),
    flag("nf_call_arptables", target.nfCallArptables),
  ];
}
