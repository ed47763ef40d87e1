import type { NetDevice } from "../net/net-device.ts";
import { rootKind } from "../net/qdisc/root-qdisc.ts";
import { vxlanOf } from "../vxlan/add-vxlan.ts";
import * as mac from "../wire/mac.ts";
import { notesOf } from "./device-notes.ts";
import { flagsOf, groupName, linkPointer, nameWithLink, operstate, queueCount } from "./device-state.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { JsonObject } from "./json.ts";
import { statsJson, statsText } from "./link-stats.ts";
import { netnsName } from "./netns-ids.ts";
import type { OperationContext } from "./operation-context.ts";

/** Whether a device is shown by `ip link` or heads its addresses in `ip addr`; the two differ in a few words. */
type LinkView = "link" | "addr";

/** The highest number of segments and bytes that a device claims to cut; nothing here cuts, so they are constants. */
const OFFLOADS: readonly (readonly [string, number])[] = [
  ["gso_max_size", 65536],
  ["gso_max_segs", 65535],
  ["tso_max_size", 524280],
  ["tso_max_segs", 65535],
  ["gro_max_size", 65536],
];

/** A tunnel has what the device below has, and little without one. */
function offloads(device: NetDevice): readonly (readonly [string, number])[] {
  const vxlan = vxlanOf(device);
  const legacy = vxlan !== null && vxlan.config.lower === null;
  return OFFLOADS.map(([key, value]) => [key, legacy && key === "tso_max_size" ? 65536 : value]);
}

/** `link/ether MAC brd MAC` */
function linkLayer(device: NetDevice): readonly [type: string, address: string, broadcast: string] {
  const address = mac.format(device.macHi, device.macLo);
  return [device.loopback ? "loopback" : "ether", address, notesOf(device).broadcast];
}

/** iproute2 takes the kernel's unsigned number for a signed one. */
function shownQueueLength(device: NetDevice): number {
  return device.txQueueLength | 0;
}

/** One device as `ip link` or `ip addr` prints it, with the newline at the end. */
export function linkText(
  device: NetDevice,
  view: LinkView,
  options: ShowOptions,
  context: OperationContext,
): string {
  const { toolbox } = context;
  const newline = options.oneline ? "\\" : "\n";
  const pointer = linkPointer(device, toolbox);
  const flags = flagsOf(device, toolbox).join(",");
  const [type, address, broadcast] = linkLayer(device);
  const master = device.master === null ? "" : `master ${device.master.name} `;
  const queueLength = shownQueueLength(device);
  let text =
    `${device.ifindex}: ${nameWithLink(device, toolbox)}: <${flags}> mtu ${device.mtu} qdisc ${rootKind(device)} ` +
    `${master}state ${operstate(device)} ${view === "link" ? "mode DEFAULT " : ""}` +
    `group ${groupName(device.group)} ${queueLength === 0 ? "" : `qlen ${queueLength}`}`;
  if (options.family === undefined || options.family === "link" || options.details) {
    text += `${newline}    link/${type} ${address} brd ${broadcast}`;
    if (pointer !== null && pointer.netnsid !== null) {
      const name = netnsName(pointer.namespace);
      text += name === null ? ` link-netnsid ${pointer.netnsid}` : ` link-netns ${name}`;
    }
  }
  if (options.details) text += detailsText(device, view, newline, context);
  if (view === "link" || options.details) {
    if (device.alias !== "") text += `${newline}    alias ${device.alias}`;
  }
  if (view === "link" && options.statistics)
    text += newline + statsText(device, options.statistics, newline, options.human ?? false);
  return `${text}\n`;
}

/** The head of `ip -6 addr`: a dump of links of that family tells less of them (inet6_fill_ifinfo). */
export function linkText6(device: NetDevice, details: boolean, { toolbox }: OperationContext): string {
  const flags = flagsOf(device, toolbox).join(",");
  const [type, address] = linkLayer(device);
  const queueLength = shownQueueLength(device);
  const queue = queueLength === 0 ? "" : `qlen ${queueLength}`;
  return (
    `${device.ifindex}: ${nameWithLink(device, toolbox)}: <${flags}> mtu ${device.mtu} ` +
    `state ${operstate(device)} ${queue}${details ? `\n    link/${type} ${address}` : ""}\n`
  );
}

/** The same of `ip -6 -json addr`. */
export function linkJson6(device: NetDevice, details: boolean, { toolbox }: OperationContext): JsonObject {
  const [type, address] = linkLayer(device);
  return {
    ifindex: device.ifindex,
    ...pointerJson(linkPointer(device, toolbox)),
    ifname: device.name,
    flags: flagsOf(device, toolbox),
    mtu: device.mtu,
    operstate: operstate(device),
    txqlen: shownQueueLength(device) || undefined,
    ...(details ? { link_type: type, address } : {}),
  };
}

function detailsText(device: NetDevice, view: LinkView, newline: string, context: OperationContext): string {
  const { promiscuity, allmulti, minMtu, maxMtu, driver, master } = device;
  const types = context.toolbox.linkTypes;
  const type = types.get(driver.kind);
  let text = ` promiscuity ${promiscuity}  allmulti ${allmulti} minmtu ${device.loopback ? 0 : minMtu} maxmtu ${device.loopback ? 0 : maxMtu} `;
  if (type !== undefined) text += `${newline}    ${type.kind} ${type.details?.(device, context) ?? ""}`;
  const slaves = master === null ? undefined : types.get(master.driver.kind)?.slaves;
  if (slaves !== undefined) text += `${newline}    ${slaves.kind} ${slaves.details(device)}`;
  if (view === "link") text += `addrgenmode ${notesOf(device).addrgenmode} `;
  const queues = queueCount(device);
  text += `numtxqueues ${queues} numrxqueues ${queues} `;
  for (const [key, value] of offloads(device)) text += `${key} ${value} `;
  return text;
}

/** One device as `ip -j link` or the head of `ip -j addr`. */
export function linkJson(
  device: NetDevice,
  view: LinkView,
  options: ShowOptions,
  context: OperationContext,
): JsonObject {
  const { toolbox } = context;
  const pointer = linkPointer(device, toolbox);
  const [type, address, broadcast] = linkLayer(device);
  const withAddress = options.family === undefined || options.family === "link" || options.details === true;
  return {
    ifindex: device.ifindex,
    ...pointerJson(pointer),
    ifname: device.name,
    flags: flagsOf(device, toolbox),
    mtu: device.mtu,
    qdisc: rootKind(device),
    master: device.master?.name,
    operstate: operstate(device),
    linkmode: view === "link" ? "DEFAULT" : undefined,
    group: groupName(device.group),
    txqlen: shownQueueLength(device) || undefined,
    ...(withAddress
      ? { link_type: type, address, broadcast, link_netnsid: pointer?.netnsid ?? undefined }
      : {}),
    ...(options.details ? detailsJson(device, view, context) : {}),
    ifalias: device.alias !== "" && (view === "link" || options.details) ? device.alias : undefined,
    stats64: view === "link" && options.statistics ? statsJson(device, options.statistics) : undefined,
  };
}

function pointerJson(pointer: ReturnType<typeof linkPointer>): JsonObject {
  if (pointer === null) return {};
  return pointer.device === null ? { link_index: pointer.ifindex } : { link: pointer.device.name };
}

function detailsJson(device: NetDevice, view: LinkView, context: OperationContext): JsonObject {
  const types = context.toolbox.linkTypes;
  const type = types.get(device.driver.kind);
  const masterType = device.master === null ? undefined : types.get(device.master.driver.kind);
  const slave = masterType?.slaves?.json(device);
  const queues = queueCount(device);
  const info: JsonObject = {
    info_kind: type?.kind,
    info_data: type?.json?.(device, context),
    info_slave_kind: slave === undefined ? undefined : masterType!.kind,
    info_slave_data: slave,
  };
  return {
    promiscuity: device.promiscuity,
    allmulti: device.allmulti,
    min_mtu: device.loopback ? 0 : device.minMtu,
    max_mtu: device.loopback ? 0 : device.maxMtu,
    linkinfo: type === undefined && slave === undefined ? undefined : info,
    inet6_addr_gen_mode: view === "link" ? notesOf(device).addrgenmode : undefined,
    num_tx_queues: queues,
    num_rx_queues: queues,
    ...Object.fromEntries(offloads(device)),
  };
}

/** `ip -br`: name and state in columns; what follows is the caller's. */
export function briefHead(device: NetDevice, context: OperationContext): string {
  return `${nameWithLink(device, context.toolbox).padEnd(16)} ${operstate(device).padEnd(14)} `;
}

/** `ip -br -j` of the same. */
export function briefJson(device: NetDevice, view: LinkView, context: OperationContext): JsonObject {
  return {
    ...pointerJson(linkPointer(device, context.toolbox)),
    ifname: device.name,
    operstate: operstate(device),
    ...(view === "link"
      ? { address: mac.format(device.macHi, device.macLo), flags: flagsOf(device, context.toolbox) }
      : {}),
  };
}
