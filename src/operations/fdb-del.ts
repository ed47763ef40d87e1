import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import { deleteFdbEntry } from "../bridge/fdb-commands.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { vxlanOf } from "../vxlan/add-vxlan.ts";
import * as mac from "../wire/mac.ts";
import { destinationOf, deviceOfEntry, type FdbAttributes, fdbAttributeWords } from "./fdb-attributes.ts";
import { deleteHardwareAddress } from "./hardware-addresses.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";

/** `bridge fdb del` */
export interface FdbDel extends FdbAttributes, InNamespace {
  readonly op: "fdb-del";
}

export const fdbDel: OperationRecord<FdbDel> = {
  tool: "bridge",
  words: (operation) => ["fdb", "del", ...fdbAttributeWords(operation)],
  apply(operation, context) {
    const device = deviceOfEntry(operation, context);
    const port = portOf(device);
    const self = operation.self === true || operation.master !== true;
    if (operation.master && port !== null)
      deleteFdbEntry(port.bridge, port, mac.parse(operation.mac)!, operation.vlan);
    else if (!self) throw new KernelError("EOPNOTSUPP");
    if (self) deleteSelf(device, operation);
  },
};

function deleteSelf(device: NetDevice, operation: FdbDel): void {
  const address = mac.parse(operation.mac)!;
  const vxlan = vxlanOf(device);
  const bridge = bridgeOf(device);
  if (vxlan !== null) {
    const destination = destinationOf(operation, vxlan);
    const any = destination === null || destination.address === 0;
    vxlan.fdb.remove(address.hi, address.lo, vxlan.config.vni, any ? null : destination);
  } else if (bridge !== null) deleteFdbEntry(bridge, null, address, operation.vlan);
  else {
    if (device.loopback) throw new KernelError("EINVAL", "FDB delete only supported for Ethernet devices");
    if (operation.state !== undefined) throw new KernelError("EINVAL");
    deleteHardwareAddress(device, address);
  }
}
