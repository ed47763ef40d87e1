import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import type { BridgePort } from "../bridge/bridge-port.ts";
import { portStateNames } from "../bridge/port-state.ts";
import { portId } from "../bridge/settings.ts";
import { KernelError } from "../net/kernel-error.ts";
import { bridgeId } from "./bridge-id.ts";
import { FixedNumber, type Json } from "./json.ts";
import type { LinkOptions, SlaveType } from "./link-type.ts";
import { bridgeSlaveHelp } from "./link-type-help.ts";
import { setPortOptions } from "./port-options.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same, unsigned, type Words, wrong } from "./words.ts";

/** Options of a port in the order of iproute2's comparisons: with the largest number, or `null` for on and off. */
const OPTIONS: readonly (readonly [name: string, max: number | null])[] = [
  ["state", 0xff],
  ["priority", 0xffff],
  ["cost", 0xffffffff],
  ["hairpin", null],
  ["guard", null],
  ["root_block", null],
  ["fastleave", null],
  ["learning", null],
  ["flood", null],
  ["mcast_router", 0xff],
  ["mcast_flood", null],
  ["bcast_flood", null],
  ["mcast_to_unicast", null],
  ["proxy_arp", null],
  ["proxy_arp_wifi", null],
  ["neigh_suppress", null],
  ["group_fwd_mask", 0xffff],
  ["vlan_tunnel", null],
  ["isolated", null],
  ["locked", null],
];
const ABSENT: readonly string[] = ["mcast_fast_leave", "backup_port", "nobackup_port"];

/** A bridge's ports. */
export const bridgeSlave: SlaveType = {
  kind: "bridge_slave",
  help: bridgeSlaveHelp,
  parse(words) {
    const options: Record<string, number | boolean> = {};
    while (!words.done) {
      const word = words.next();
      const option = OPTIONS.find(([name]) => matches(word, name));
      if (option !== undefined) options[option[0]] = readPortOption(words, option[0], option[1]);
      else if (matches(word, "fdb_flush")) options["fdb_flush"] = true;
      else if (matches(word, "help")) throw new ToolError(bridgeSlaveHelp, 1);
      else if (ABSENT.some((name) => matches(word, name)))
        throw new ToolError(`ip: bridge_slave option "${word}" is not simulated`, 1);
      else throw new ToolError(`bridge_slave: unknown option "${word}"?\n${bridgeSlaveHelp}`, 1);
    }
    return options;
  },
  words: portOptionWords,
  change: setPortOptions,
  details: (device) =>
    `${display(portOf(device)!)
      .map(([text, , value]) => {
        if (value instanceof FixedNumber) return `${text} ${value.text.padStart(7)}`;
        return `${text} ${typeof value === "boolean" ? (value ? "on" : "off") : value}`;
      })
      .join(" ")} `,
  json: (device) =>
    Object.fromEntries(
      display(portOf(device)!)
        .filter(([, json]) => json !== "")
        .map(([, json, value]): [string, Json] => [json, value]),
    ),
  enslave(master, port) {
    bridgeOf(master)!.addPort(port);
  },
  release(master, device) {
    const port = portOf(device);
    if (port === null) throw new KernelError("EINVAL");
    bridgeOf(master)!.removePort(port);
  },
};

function readPortOption(words: Words, name: string, max: number | null): number | boolean {
  const text = words.next();
  if (max === null) {
    if (!same(text, "on") && !same(text, "off"))
      throw new ToolError(`Error: argument of "${name}" must be one of "off", "on", not "${text}"`, 1);
    return text === "on";
  }
  const value = unsigned(text, max);
  if (value === null) throw wrong(text, `invalid ${name}`);
  return value;
}

/** The words of port options, for `ip link set type bridge_slave` and `bridge link set` alike. */
function portOptionWords(options: LinkOptions): readonly string[] {
  const words = OPTIONS.flatMap(([name, max]) => {
    const value = options[name];
    if (value === undefined) return [];
    return [name, max === null ? (value ? "on" : "off") : `${value}`];
  });
  return options["fdb_flush"] ? [...words, "fdb_flush"] : words;
}

/** Everything that `ip -d link` says of a port: word, name in JSON (empty: not there), value. */
function display(port: BridgePort): (readonly [text: string, json: string, value: Json])[] {
  const id = bridgeId(port.bridge);
  const designated = portId(port);
  const timer = (name: string): readonly [string, string, Json] => [name, name, new FixedNumber("0.00")];
  const same = (name: string, value: Json): readonly [string, string, Json] => [name, name, value];
  const hex = (value: number): string => (value === 0 ? "0" : `0x${value.toString(16)}`);
  return [
    ["state", "state", portStateNames[port.state]!],
    ["priority", "priority", port.priority],
    ["cost", "cost", port.cost],
    ["hairpin", "hairpin", port.hairpin],
    same("guard", port.guard),
    same("root_block", port.rootBlock),
    same("fastleave", port.fastLeave),
    ["learning", "learning", port.learning],
    ["flood", "flood", port.flood],
    ["port_id", "id", `0x${designated.toString(16)}`],
    ["port_no", "no", `0x${port.number.toString(16)}`],
    ["designated_port", "designated_port", designated],
    ["designated_cost", "designated_cost", 0],
    ["designated_bridge", "bridge_id", id],
    ["designated_root", "root_id", id],
    timer("hold_timer"),
    timer("message_age_timer"),
    timer("forward_delay_timer"),
    ["topology_change_ack", "topology_change_ack", 0],
    ["config_pending", "config_pending", 0],
    same("proxy_arp", port.proxyArp),
    same("proxy_arp_wifi", port.proxyArpWifi),
    ["mcast_router", "multicast_router", port.mcastRouter],
    ["mcast_fast_leave", "", port.fastLeave],
    ["mcast_flood", "mcast_flood", port.mcastFlood],
    ["bcast_flood", "bcast_flood", port.bcastFlood],
    same("mcast_to_unicast", port.mcastToUnicast),
    same("neigh_suppress", port.neighSuppress),
    ["group_fwd_mask", "group_fwd_mask", hex(port.groupFwdMask)],
    ["group_fwd_mask_str", "group_fwd_mask_str", `0x${port.groupFwdMask.toString(16)}`],
    same("vlan_tunnel", port.vlanTunnel),
    ["isolated", "isolated", port.isolated],
    same("locked", port.locked),
  ];
}
