import { portOf } from "../bridge/add-bridge.ts";
import type { BridgePort } from "../bridge/bridge-port.ts";
import { portStateNames } from "../bridge/port-state.ts";
import type { NetDevice } from "../net/net-device.ts";
import { flagsOf } from "./device-state.ts";
import { noDevice } from "./fdb-address.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type Json, type JsonObject, printJson } from "./json.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { Toolbox } from "./toolbox.ts";

/** `bridge link show` */
export interface PortShow extends InNamespace {
  readonly ask: "port-show";
  readonly dev?: string;
  readonly options?: ShowOptions;
}

export const portShow: QuestionRecord<PortShow> = {
  tool: "bridge",
  words: ({ dev, options }) => [
    ...optionWords(options ?? {}),
    "link",
    "show",
    ...(dev === undefined ? [] : ["dev", dev]),
  ],
  answer({ dev, options = {} }, { namespace, toolbox }) {
    if (dev !== undefined && namespace.device(dev) === null) throw noDevice(dev);
    const devices = namespace.devices.filter(
      (device) => portOf(device) !== null && (dev === undefined || device.name === dev),
    );
    if (options.json)
      return printJson(
        devices.map((device) => portJson(device, options, toolbox)),
        options.pretty ?? false,
      );
    return devices.map((device) => portText(device, options, toolbox)).join("");
  },
};

function portText(device: NetDevice, options: ShowOptions, toolbox: Toolbox): string {
  const port = portOf(device)!;
  const lower = lowerName(device);
  const name = lower === null ? device.name : `${device.name}@${lower}`;
  let text =
    `${device.ifindex}: ${name}: <${portDeviceFlags(device, toolbox).join(",")}> mtu ${device.mtu} ` +
    `master ${port.bridge.device.name} state ${portStateNames[port.state]} priority ${port.priority} cost ${port.cost} `;
  if (options.details) {
    text += options.oneline ? "\\    " : "\n    ";
    for (const [key, value] of details(port))
      text += `${key} ${typeof value === "boolean" ? (value ? "on" : "off") : value} `;
  }
  return `${text}\n`;
}

function portJson(device: NetDevice, options: ShowOptions, toolbox: Toolbox): JsonObject {
  const port = portOf(device)!;
  return {
    ifindex: device.ifindex,
    link: lowerName(device) ?? undefined,
    ifname: device.name,
    flags: portDeviceFlags(device, toolbox),
    mtu: device.mtu,
    master: port.bridge.device.name,
    state: portStateNames[port.state]!,
    priority: port.priority,
    cost: port.cost,
    ...(options.details ? Object.fromEntries(details(port)) : {}),
  };
}

/**
 * What stands after the `@`. The kernel tells a number only, and the tool looks for it in its own namespace: for the
 * other end of a pair that is elsewhere it may find a device that has nothing to do with it.
 */
function lowerOf(device: NetDevice): { readonly ifindex: number; readonly device: NetDevice | null } | null {
  const link = device.driver.link(device);
  if (link === null || link.ifindex === device.ifindex) return null;
  return { ifindex: link.ifindex, device: device.ns.deviceByIndex(link.ifindex) };
}

function lowerName(device: NetDevice): string | null {
  const lower = lowerOf(device);
  return lower === null ? null : (lower.device?.name ?? `if${lower.ifindex}`);
}

function portDeviceFlags(device: NetDevice, toolbox: Toolbox): readonly string[] {
  const flags = flagsOf(device, toolbox).filter((flag) => flag !== "M-DOWN");
  const lower = lowerOf(device)?.device ?? null;
  return lower === null || lower.up ? flags : [...flags, "M-DOWN"];
}

/** What `-d` adds, in its order. */
function details(port: BridgePort): readonly (readonly [key: string, value: Json])[] {
  return [
    ["hairpin", port.hairpin],
    ["guard", port.guard],
    ["root_block", port.rootBlock],
    ["fastleave", port.fastLeave],
    ["learning", port.learning],
    ["flood", port.flood],
    ["mcast_flood", port.mcastFlood],
    ["bcast_flood", port.bcastFlood],
    ["mcast_router", port.mcastRouter],
    ["mcast_to_unicast", port.mcastToUnicast],
    ["neigh_suppress", port.neighSuppress],
    ["vlan_tunnel", port.vlanTunnel],
    ["isolated", port.isolated],
    ["locked", port.locked],
  ];
}
