import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { notesOf } from "./device-notes.ts";
import { watchLink } from "./device-state.ts";
import { type LinkAttributes, macOf } from "./link-attributes.ts";
import { setMaster } from "./link-master.ts";
import { netnsId } from "./netns-ids.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";
import { unsigned, wrong } from "./words.ts";

/** The device of that name. @throws {ToolError} as iproute2 says it */
export function deviceNamed(context: OperationContext, name: string): NetDevice {
  const device = context.namespace.device(name);
  if (device === null) throw new ToolError(`Cannot find device "${name}"`, 1);
  return device;
}

/** The device that is named as a master. @throws {ToolError} */
export function masterNamed(context: OperationContext, name: string): NetDevice {
  const device = context.namespace.device(name);
  if (device === null) throw wrong(name, "Device does not exist\n");
  return device;
}

/** The namespace that `netns NAME|PID` means. @throws {ToolError} @throws {KernelError} ESRCH for no such process */
export function namespaceNamed(context: OperationContext, text: string): NetworkNamespace {
  const named = context.named(text);
  if (named !== null) return named;
  const pid = unsigned(text, 0x7fffffff);
  if (pid === null) throw wrong(text, 'Invalid "netns" value\n');
  const ns = context.outside.namespaceOfProcess?.(pid) ?? null;
  if (ns === null) throw new KernelError("ESRCH");
  return ns;
}

/** Changes a device in the kernel's order (do_setlink). @throws {KernelError} @throws {ToolError} */
export function changeLink(device: NetDevice, a: LinkAttributes, context: OperationContext): void {
  // What the command line names is looked up before anything is asked of the kernel.
  const master = typeof a.master === "string" ? masterNamed(context, a.master) : null;
  const target = a.into === undefined ? null : namespaceNamed(context, a.into);
  const renamed = target !== null && target !== device.ns;
  if (renamed) move(device, target, a.name ?? device.name, a.index ?? 0);
  if (a.address !== undefined) {
    const { hi, lo } = macOf(a.address);
    device.setMac(hi, lo);
    notesOf(device).addressSet = true;
  }
  if (a.mtu !== undefined) device.setMtu(a.mtu);
  if (a.group !== undefined) device.group = a.group;
  if (a.name !== undefined && !renamed) rename(device, a.name);
  if (a.alias !== undefined) device.alias = a.alias;
  if (a.broadcast !== undefined) notesOf(device).broadcast = a.broadcast;
  if (a.master !== undefined) setMaster(device, master, context.toolbox);
  changeFlags(device, a);
  if (a.carrier !== undefined) {
    if (device.driver.kind !== "dummy") throw new KernelError("EOPNOTSUPP");
    device.setCarrier(a.carrier);
  }
  if (a.txqueuelen !== undefined) device.txQueueLength = a.txqueuelen >>> 0;
  if (a.addrgenmode !== undefined) notesOf(device).addrgenmode = a.addrgenmode;
  if (a.protodown !== undefined) throw new KernelError("EOPNOTSUPP");
}

function changeFlags(device: NetDevice, a: LinkAttributes): void {
  if (a.arp !== undefined) device.noarp = !a.arp;
  if (a.multicast !== undefined) device.multicast = a.multicast;
  if (a.promisc !== undefined && a.promisc !== device.promisc) {
    device.promisc = a.promisc;
    device.promiscuity += a.promisc ? 1 : -1;
  }
  if (a.allmulticast !== undefined && a.allmulticast !== device.allmulticast) {
    device.allmulticast = a.allmulticast;
    device.allmulti += a.allmulticast ? 1 : -1;
  }
  device.world.generation++;
  if (a.up !== undefined) device.setUp(a.up);
}

function rename(device: NetDevice, name: string): void {
  checkName(name);
  device.ns.renameDevice(device, name);
}

/** @throws {KernelError} EINVAL for names that the kernel does not take. */
export function checkName(name: string): void {
  if (name === "." || name === ".." || name.includes(":")) throw new KernelError("EINVAL");
}

function move(device: NetDevice, target: NetworkNamespace, name: string, index: number): void {
  if (index !== 0 && target.deviceByIndex(index) !== null) throw new KernelError("EBUSY");
  const from = device.ns;
  watchLink(device);
  if (device.peer !== null) watchLink(device.peer);
  from.moveDevice(device, target, name);
  // Both sides hear of it, and so each gets a number for the other.
  netnsId(from, target);
  const link = device.driver.link(device);
  if (link !== null && link.ns !== target) netnsId(target, link.ns);
}
