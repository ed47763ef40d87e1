import type { Neighbour } from "../../net/neighbour.ts";
import type { NetDevice } from "../../net/net-device.ts";
import { rootKind } from "../../net/qdisc/root-qdisc.ts";
import type { Route } from "../../net/route.ts";
import { RouteTable } from "../../net/route-kind.ts";
import * as ipv4 from "../../wire/ipv4-address.ts";
import * as mac from "../../wire/mac.ts";
import { type AddressFilter, addressTexts } from "../addr-show.ts";
import { familyOf, prefixText } from "../addresses.ts";
import { notesOf } from "../device-notes.ts";
import { flagsOf, linkPointer, nameWithLink } from "../device-state.ts";
import type { OperationContext } from "../operation-context.ts";
import { scopeName, tableName } from "../route-names.ts";

/** What `ip` of busybox was asked to show of a family, or in one line. */
export interface BusyboxView {
  readonly family?: "inet" | "inet6" | "link";
  readonly oneline: boolean;
}

/** Flags without a name of their own, whose bits busybox prints. */
const BITS: Readonly<Record<string, number>> = { PROMISC: 0x100, ALLMULTI: 0x200 };

/** `<BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN>` */
function flagsText(device: NetDevice, context: OperationContext): string {
  const flags = flagsOf(device, context.toolbox);
  const bits = flags.reduce((sum, flag) => sum | (BITS[flag] ?? 0), 0);
  const named = flags.filter((flag) => BITS[flag] === undefined && flag !== "M-DOWN");
  // Of an end in another namespace it knows nothing, and takes it for one that is down.
  const pointer = linkPointer(device, context.toolbox);
  const isDown = pointer !== null && !(pointer.device?.up ?? false);
  return `<${named.join(",")}${bits === 0 ? "" : bits.toString(16)}${isDown ? ",M-DOWN" : ""}>`;
}

/** One device as `ip link` and the head of `ip addr` have it. */
export function linkText(device: NetDevice, view: BusyboxView, context: OperationContext): string {
  const { family, oneline } = view;
  const head = `${device.ifindex}: ${nameWithLink(device, context.toolbox)}: ${flagsText(device, context)}`;
  // The kernel tells of a device in its IPv6 half without its queue.
  const queue = family === "inet6" ? "" : `qdisc ${rootKind(device)} `;
  const master = device.master === null ? "" : `master ${device.master.name} `;
  const length = device.txQueueLength > 0 ? `qlen ${device.txQueueLength}` : "";
  const text = `${head} mtu ${device.mtu} ${queue}${master}${length}`;
  if (family === "inet" || family === "inet6") return `${text}\n`;
  const type = device.loopback ? "loopback" : "ether";
  const address = mac.format(device.macHi, device.macLo);
  return `${text}${oneline ? "\\" : "\n"}    link/${type} ${address} brd ${notesOf(device).broadcast}\n`;
}

const FOREVER = "       valid_lft forever preferred_lft forever\n";

/** One device with its addresses. Null when it is not shown: none of its addresses is wanted. */
export function addrText(
  device: NetDevice,
  filter: AddressFilter,
  view: BusyboxView,
  context: OperationContext,
): string | null {
  const family = view.family ?? (filter.to === undefined ? undefined : familyOf(filter.to));
  const addresses = addressTexts(device, filter, family);
  if (view.oneline)
    return addresses.map((text) => `${device.ifindex}: ${device.name}    ${text}\\${FOREVER}`).join("");
  if (addresses.length === 0 && family !== undefined && family !== "link") return null;
  const head = linkText(device, family === undefined ? view : { ...view, family }, context);
  return head + addresses.map((text) => `    ${text}\n${FOREVER}`).join("");
}

/** A line of `ip route`. */
export function routeText(route: Route, allTables: boolean): string {
  const { type, gateway, device, table, scope, prefSource, metric } = route;
  return [
    type === "unicast" ? "" : `${type} `,
    `${prefixText(route.dst, route.prefixLength)} `,
    gateway === 0 ? "" : `via ${ipv4.format(gateway)} `,
    device === null ? "" : `dev ${device.name} `,
    allTables && table !== RouteTable.main ? `table ${tableName(table)} ` : "",
    scope === 0 ? "" : `scope ${scopeName(scope)} `,
    prefSource === 0 ? "" : ` src ${ipv4.format(prefSource)} `,
    metric === 0 ? "" : ` metric ${metric} `,
    route.onlink ? "onlink " : "",
    "\n",
  ].join("");
}

/** A line of `ip neigh`. The ages are those of busybox, which divides by too large a number. */
export function neighbourText(n: Neighbour, withDevice: boolean): string {
  return [
    `${ipv4.format(n.address)} `,
    withDevice ? `dev ${n.device.name} ` : "",
    n.valid ? `lladdr ${mac.format(n.macHi, n.macLo)}` : "",
    n.timed ? " ref 1" : "",
    ` used 0/0/0 probes ${n.probes}`,
    n.state === "NONE" ? "" : ` ${n.state}`,
    "\n",
  ].join("");
}
