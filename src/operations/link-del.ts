import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { nameWords } from "./link-attributes.ts";
import { deviceNamed } from "./link-change.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";

/** `ip link del DEV` */
export interface LinkDel extends InNamespace {
  readonly op: "link-del";
  /** Absent: all devices of `group`. */
  readonly dev?: string;
  readonly group?: number;
  readonly kind?: string;
}

export const linkDel: OperationRecord<LinkDel> = {
  tool: "ip",
  words({ dev, group, kind }) {
    return [
      "link",
      "delete",
      ...(dev === undefined ? [] : nameWords(dev, "dev")),
      ...(group === undefined ? [] : ["group", `${group}`]),
      ...(kind === undefined ? [] : ["type", kind]),
    ];
  },
  apply({ dev, group }, context) {
    if (dev !== undefined) {
      remove(deviceNamed(context, dev), context);
      return;
    }
    const devices = context.namespace.devices.filter((device) => device.group === group);
    if (devices.length === 0) throw new KernelError("ENODEV");
    for (const device of devices)
      if (!context.toolbox.linkTypes.has(device.driver.kind)) throw new KernelError("EOPNOTSUPP");
    for (const device of devices) if (!device.removed) remove(device, context);
  },
};

/** Only what `ip link add` can make can be deleted. */
function remove(device: NetDevice, context: OperationContext): void {
  if (!context.toolbox.linkTypes.has(device.driver.kind)) throw new KernelError("EOPNOTSUPP");
  device.ns.removeDevice(device);
}
