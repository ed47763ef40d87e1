import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import { addFdbEntry, type FdbSpec } from "../bridge/fdb-commands.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { vxlanOf } from "../vxlan/add-vxlan.ts";
import type { Vxlan } from "../vxlan/vxlan.ts";
import * as mac from "../wire/mac.ts";
import { destinationOf, deviceOfEntry, type FdbAttributes, fdbAttributeWords } from "./fdb-attributes.ts";
import { addHardwareAddress } from "./hardware-addresses.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";

/** `bridge fdb add|append|replace` */
export interface FdbAdd extends FdbAttributes, InNamespace {
  readonly op: "fdb-add";
  /** `add` makes what is not there yet; `append` gives an entry one more destination. */
  readonly verb: "add" | "append" | "replace";
}

export const fdbAdd: OperationRecord<FdbAdd> = {
  tool: "bridge",
  words: (operation) => ["fdb", operation.verb, ...fdbAttributeWords(operation)],
  /** First in the bridge, then in the device itself (rtnl_fdb_add). */
  apply(operation, context) {
    const device = deviceOfEntry(operation, context);
    const port = portOf(device);
    const self = operation.self === true || operation.master !== true;
    if (operation.master && port !== null)
      addFdbEntry(port.bridge, port, operation.verb, bridgeSpec(operation));
    else if (!self) throw new KernelError("EOPNOTSUPP");
    if (self) addSelf(device, operation);
  },
};

function addSelf(device: NetDevice, operation: FdbAdd): void {
  const vxlan = vxlanOf(device);
  const bridge = bridgeOf(device);
  if (vxlan !== null) addToTunnel(vxlan, operation);
  else if (bridge !== null) addFdbEntry(bridge, null, operation.verb, bridgeSpec(operation));
  else {
    if (device.loopback) throw new KernelError("EINVAL", "FDB add only supported for Ethernet devices");
    if (operation.state !== undefined || operation.vlan !== undefined) throw new KernelError("EINVAL");
    addHardwareAddress(device, mac.parse(operation.mac)!, operation.verb === "add");
  }
}

function bridgeSpec(operation: FdbAdd): FdbSpec {
  return {
    mac: mac.parse(operation.mac)!,
    state: operation.state ?? "permanent",
    vlan: operation.vlan ?? 0,
    sticky: operation.sticky === true,
    externLearn: operation.externLearn === true,
    use: operation.use === true,
  };
}

function addToTunnel(vxlan: Vxlan, operation: FdbAdd): void {
  const destination = destinationOf(operation, vxlan);
  if (destination === null) throw new KernelError("EINVAL");
  const { hi, lo } = mac.parse(operation.mac)!;
  vxlan.fdb.update(operation.verb, {
    macHi: hi,
    macLo: lo,
    srcVni: vxlan.config.vni,
    destination,
    state: operation.state === "dynamic" ? "reachable" : (operation.state ?? "permanent"),
    router: operation.router === true,
    externLearn: operation.externLearn === true,
    byUser: true,
    use: operation.use === true,
  });
}
