import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { SlaveType } from "./link-type.ts";
import type { Toolbox } from "./toolbox.ts";

/** What a device is to its ports, or null when it cannot have any. */
export function slaveTypeOf(master: NetDevice, toolbox: Toolbox): SlaveType | null {
  return toolbox.linkTypes.get(master.driver.kind)?.slaves ?? null;
}

/** `ip link set DEV master M` and `nomaster` (do_set_master). @throws {KernelError} */
export function setMaster(device: NetDevice, master: NetDevice | null, toolbox: Toolbox): void {
  const before = device.master;
  if (before !== null) {
    if (before === master) return;
    slaveTypeOf(before, toolbox)?.release(before, device);
  }
  if (master === null) return;
  const slaves = slaveTypeOf(master, toolbox);
  if (slaves === null) throw new KernelError("EOPNOTSUPP");
  slaves.enslave(master, device);
}
