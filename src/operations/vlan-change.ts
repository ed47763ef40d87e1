import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import { addVlan, checkVid, deleteVlan } from "../bridge/vlan-commands.ts";
import { KernelError } from "../net/kernel-error.ts";
import { atoi, comesBack } from "./fdb-address.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";
import { incomplete, matches, same, type Words } from "./words.ts";

/** Which VLANs of which device `bridge vlan add` and `del` are about. */
interface VlanAttributes extends InNamespace {
  readonly dev: string;
  readonly vid: number;
  /** The last one of a range. */
  readonly end?: number;
  readonly pvid?: true;
  readonly untagged?: true;
  /** The bridge's own device. */
  readonly self?: true;
  /** The port; also meant where neither this nor `self` is said. */
  readonly master?: true;
}

/** `bridge vlan add` */
export interface VlanAdd extends VlanAttributes {
  readonly op: "vlan-add";
}
/** `bridge vlan del` */
export interface VlanDel extends VlanAttributes {
  readonly op: "vlan-del";
}

export const vlanAdd: OperationRecord<VlanAdd> = {
  tool: "bridge",
  words: (operation) => ["vlan", "add", ...vlanWords(operation)],
  apply(operation, context) {
    eachPlace(operation, context, (bridge, port, vid) =>
      addVlan(bridge, port, vid, operation.pvid === true, operation.untagged === true),
    );
  },
};

export const vlanDel: OperationRecord<VlanDel> = {
  tool: "bridge",
  words: (operation) => ["vlan", "del", ...vlanWords(operation)],
  apply: (operation, context) => eachPlace(operation, context, deleteVlan),
};

/** First the port, then the device itself, as the kernel does (rtnl_bridge_setlink). */
function eachPlace(
  { dev, vid, end = vid, self, master }: VlanAttributes,
  context: OperationContext,
  changeOne: (...place: Parameters<typeof deleteVlan>) => void,
): void {
  const device = context.namespace.device(dev);
  if (device === null) throw comesBack(`Cannot find bridge device "${dev}"`);
  const change = (...place: Parameters<typeof deleteVlan>): void => {
    checkVid(end); // before the first of a range
    changeOne(...place);
  };
  if (master || !self) {
    const port = portOf(device);
    if (port === null) throw new KernelError("EOPNOTSUPP");
    for (let id = vid; id <= end; id++) change(port.bridge, port, id);
  }
  if (self) {
    const bridge = bridgeOf(device);
    if (bridge === null) throw new KernelError("EOPNOTSUPP");
    for (let id = vid; id <= end; id++) change(bridge, null, id);
  }
}

function vlanWords({ dev, vid, end, pvid, untagged, self, master }: VlanAttributes): string[] {
  const words = ["vid", end === undefined ? `${vid}` : `${vid}-${end}`, "dev", dev];
  if (pvid) words.push("pvid");
  if (untagged) words.push("untagged");
  if (self) words.push("self");
  if (master) words.push("master");
  return words;
}

/** Reads what stands after `bridge vlan add` and `del`; unknown words are passed over, as there. @throws {ToolError} */
export function readVlanAttributes(words: Words): VlanAttributes {
  let dev: string | undefined;
  let vid: number | undefined;
  let end: number | undefined;
  const flags: { pvid?: true; untagged?: true; self?: true; master?: true } = {};
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev")) dev = words.next("device");
    else if (same(word, "vid")) {
      const text = words.next();
      const dash = text.indexOf("-");
      vid = atoi(dash < 0 ? text : text.slice(0, dash)) & 0xffff;
      end = dash < 0 ? undefined : atoi(text.slice(dash + 1)) & 0xffff;
    } else if (same(word, "self")) flags.self = true;
    else if (same(word, "master")) flags.master = true;
    else if (same(word, "pvid")) flags.pvid = true;
    else if (same(word, "untagged")) flags.untagged = true;
    else if (word === "tunnel_info") throw new ToolError("bridge vlan: tunnel_info is not simulated", 1);
    else if (matches(word, "help")) throw incomplete();
  }
  if (dev === undefined || vid === undefined) throw comesBack("Device and VLAN ID are required arguments.");
  if (vid >= 4096) throw comesBack(`Invalid VLAN ID "${vid}"`);
  if (end !== undefined) {
    if (vid >= end || end >= 4096) throw comesBack(`Invalid VLAN range "${vid}-${end}"`);
    if (flags.pvid) throw comesBack("pvid cannot be configured for a vlan range");
  }
  return { dev, vid, ...(end === undefined ? {} : { end }), ...flags };
}
