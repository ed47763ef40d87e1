import type { DeviceOptions } from "../net/device-spec.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as mac from "../wire/mac.ts";
import { notesOf } from "./device-notes.ts";
import { linkPointer, watchLink } from "./device-state.ts";
import { type LinkAttributes, linkAttributeWords, macOf, nameWords } from "./link-attributes.ts";
import { checkName, deviceNamed, masterNamed, namespaceNamed } from "./link-change.ts";
import { setMaster } from "./link-master.ts";
import type { LinkOptions } from "./link-type.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";

/** `ip link add NAME type KIND ...` */
export interface LinkAdd extends LinkAttributes, InNamespace {
  readonly op: "link-add";
  readonly kind: string;
  /** The device below (`link DEV`). */
  readonly link?: string;
  readonly options?: LinkOptions;
}

export const linkAdd: OperationRecord<LinkAdd> = {
  tool: "ip",
  words(operation, toolbox) {
    const { name, link, kind, options, ...rest } = operation;
    const type = toolbox.linkTypes.get(kind);
    return [
      "link",
      "add",
      ...(link === undefined ? [] : ["link", link]),
      ...(name === undefined ? [] : nameWords(name, "name")),
      ...linkAttributeWords(rest),
      "type",
      kind,
      ...(type === undefined ? [] : type.words(options ?? {})),
    ];
  },
  warning: ({ kind, options }, { toolbox }) => toolbox.linkTypes.get(kind)?.warning?.(options ?? {}) ?? "",
  apply(operation, context) {
    const { kind, name = "", mtu, txqueuelen, index } = operation;
    const master = typeof operation.master === "string" ? masterNamed(context, operation.master) : null;
    const namespace =
      operation.into === undefined ? context.namespace : namespaceNamed(context, operation.into);
    const link = operation.link === undefined ? null : deviceNamed(context, operation.link);
    if (name.length > 15) throw new KernelError("ERANGE", "Attribute failed policy validation");
    if (name !== "" && context.namespace.device(name) !== null) throw new KernelError("EEXIST");
    if (index !== undefined && context.namespace.deviceByIndex(index) !== null)
      throw new KernelError("EEXIST");
    const type = context.toolbox.linkTypes.get(kind);
    if (type === undefined) throw new KernelError("EOPNOTSUPP", "Unknown device type");
    checkName(name);
    const common: DeviceOptions = {
      ...(mtu === undefined ? {} : { mtu: checkedMtu(mtu, kind) }),
      ...(operation.address === undefined ? {} : { mac: checkedMac(operation.address) }),
      ...(txqueuelen === undefined ? {} : { txQueueLength: txqueuelen >>> 0 }),
      ...(index === undefined ? {} : { ifindex: index }),
    };
    const options = operation.options ?? {};
    const device = type.create({ namespace, context, name, link, common, options });
    try {
      finish(device, operation);
      if (master !== null) setMaster(device, master, context.toolbox);
    } catch (error) {
      device.ns.removeDevice(device);
      throw error;
    }
    // The news of the device names the namespace of its other end, so that one gets a number.
    linkPointer(device, context.toolbox);
    watchLink(device);
    if (device.peer !== null) watchLink(device.peer);
  },
};

function finish(device: NetDevice, a: LinkAttributes): void {
  if (a.group !== undefined) device.group = a.group;
  if (a.broadcast !== undefined) notesOf(device).broadcast = a.broadcast;
  if (a.arp !== undefined) device.noarp = !a.arp;
  if (a.multicast !== undefined) device.multicast = a.multicast;
  if (a.promisc) {
    device.promisc = true;
    device.promiscuity++;
  }
  if (a.allmulticast) {
    device.allmulticast = true;
    device.allmulti++;
  }
  if (a.addrgenmode !== undefined) notesOf(device).addrgenmode = a.addrgenmode;
  if (a.up) device.setUp(true);
}

function checkedMac(text: string): mac.Mac {
  const parsed = macOf(text);
  if (!mac.isValidUnicast(parsed.hi, parsed.lo)) throw new KernelError("EADDRNOTAVAIL");
  return parsed;
}

/** The bounds of Ethernet devices; a dummy has none (dev_validate_mtu). */
function checkedMtu(mtu: number, kind: string): number {
  if (kind !== "dummy" && mtu < 68) throw new KernelError("EINVAL", "mtu less than device minimum");
  if (kind !== "dummy" && mtu > 65535) throw new KernelError("EINVAL", "mtu greater than device maximum");
  return mtu;
}
