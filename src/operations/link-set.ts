import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as mac from "../wire/mac.ts";
import { type LinkAttributes, linkAttributeWords } from "./link-attributes.ts";
import type { LinkOptions } from "./link-type.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";

/** `ip link set DEV ...` */
export interface LinkSet extends LinkAttributes, InNamespace {
  readonly op: "link-set";
  readonly dev: string;
  /** `type KIND ...`: the options of its type, or of its being a port (`bridge_slave`). */
  readonly kind?: string;
  readonly options?: LinkOptions;
}

/** The device of that name. @throws {ToolError} as iproute2 says it */
export function deviceNamed(context: OperationContext, name: string): NetDevice {
  const device = context.namespace.device(name);
  if (device === null) throw new ToolError(`Cannot find device "${name}"`, 1);
  return device;
}

export const linkSet: OperationRecord<LinkSet> = {
  tool: "ip",
  words: (operation) => ["link", "set", "dev", operation.dev, ...linkAttributeWords(operation)],
  apply(operation, context) {
    const device = deviceNamed(context, operation.dev);
    if (operation.mtu !== undefined) device.setMtu(operation.mtu);
    if (operation.address !== undefined) {
      const address = mac.parse(operation.address);
      if (address === null) throw new KernelError("EINVAL");
      device.setMac(address.hi, address.lo);
    }
    if (operation.name !== undefined) context.namespace.renameDevice(device, operation.name);
    if (operation.up !== undefined) device.setUp(operation.up);
  },
};
