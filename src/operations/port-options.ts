import { portOf } from "../bridge/add-bridge.ts";
import type { BridgePort } from "../bridge/bridge-port.ts";
import { PortState } from "../bridge/port-state.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { LinkOptions } from "./link-type.ts";

/** What can be switched on a port: as tools say it, and the field of {@link BridgePort}. */
const SWITCHES = {
  hairpin: "hairpin",
  learning: "learning",
  flood: "flood",
  mcast_flood: "mcastFlood",
  bcast_flood: "bcastFlood",
  isolated: "isolated",
} as const;

/** Sets options of a port (br_setport). @throws {KernelError} EOPNOTSUPP when it is none, ERANGE, EINVAL, ENETDOWN */
export function setPortOptions(device: NetDevice, options: LinkOptions): void {
  const port = portOf(device);
  if (port === null) throw new KernelError("EOPNOTSUPP");
  for (const [key, field] of Object.entries(SWITCHES)) {
    const value = options[key];
    if (value !== undefined) port[field] = value === true;
  }
  if (options["cost"] !== undefined) {
    const cost = Number(options["cost"]);
    if (cost < 1 || cost > 65535) throw new KernelError("ERANGE");
    port.cost = cost;
    port.costSet = true;
  }
  if (options["priority"] !== undefined) {
    const priority = Number(options["priority"]);
    if (priority > 63) throw new KernelError("ERANGE");
    port.priority = priority;
  }
  if (options["state"] !== undefined) setState(port, Number(options["state"]));
  if (options["group_fwd_mask"] !== undefined) {
    const mask = Number(options["group_fwd_mask"]);
    if ((mask & 2) !== 0) throw new KernelError("EINVAL");
    port.groupFwdMask = mask;
  }
  device.world.generation++;
}

function setState(port: BridgePort, state: number): void {
  if (state > PortState.blocking) throw new KernelError("EINVAL");
  if (port.bridge.stp) throw new KernelError("EBUSY");
  if (!port.device.running && state !== PortState.disabled) throw new KernelError("ENETDOWN");
  port.state = state as typeof port.state;
}
