import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { type LinkAttributes, linkAttributeWords, nameWords } from "./link-attributes.ts";
import { changeLink, deviceNamed } from "./link-change.ts";
import { slaveTypeOf } from "./link-master.ts";
import type { LinkOptions } from "./link-type.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import type { Toolbox } from "./toolbox.ts";

/** `ip link set DEV ...` */
export interface LinkSet extends LinkAttributes, InNamespace {
  readonly op: "link-set";
  /** Absent: all devices of `group`. */
  readonly dev?: string;
  /** `type KIND ...`: the options of its type, or of its being a port (`bridge_slave`). */
  readonly kind?: string;
  readonly options?: LinkOptions;
}

export const linkSet: OperationRecord<LinkSet> = {
  tool: "ip",
  words(operation, toolbox) {
    const { dev, kind, options, ...rest } = operation;
    const words = [
      "link",
      "set",
      ...(dev === undefined ? [] : nameWords(dev, "dev")),
      ...linkAttributeWords(rest),
    ];
    return kind === undefined
      ? words
      : [...words, "type", kind, ...optionWords(kind, options ?? {}, toolbox)];
  },
  apply(operation, context) {
    if (operation.dev !== undefined) {
      changeOne(deviceNamed(context, operation.dev), operation, context);
      return;
    }
    const { group, ...rest } = operation;
    const devices = context.namespace.devices.filter((device) => device.group === group);
    for (const device of devices) changeOne(device, rest, context);
  },
};

function optionWords(kind: string, options: LinkOptions, toolbox: Toolbox): readonly string[] {
  const type = toolbox.linkTypes.get(kind);
  if (type !== undefined) return type.words(options);
  return toolbox.slaveType(kind)?.words(options) ?? [];
}

/** The type's own options come first (rtnl_changelink). */
function changeOne(device: NetDevice, operation: LinkSet, context: OperationContext): void {
  const { kind, options } = operation;
  if (kind !== undefined && options !== undefined && Object.keys(options).length > 0) {
    const type = context.toolbox.linkTypes.get(kind);
    if (type !== undefined) {
      if (device.driver.kind !== kind || type.change === undefined) throw new KernelError("EOPNOTSUPP");
      type.change(device, options, context);
    } else {
      const slaves = device.master === null ? null : slaveTypeOf(device.master, context.toolbox);
      if (slaves === null || slaves.kind !== kind) throw new KernelError("EOPNOTSUPP");
      slaves.change(device, options);
    }
  }
  changeLink(device, operation, context);
}
