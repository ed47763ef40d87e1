import { KernelError } from "../net/kernel-error.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";
import { noteSetting, type PortFlag } from "./port-memory.ts";
import { PortState, portStateNames } from "./port-state.ts";

/** A hundredth of a second: the unit of all times in `ip link ... type bridge` and in /sys (clock_t). */
export const CENTISECOND: Nanos = SECOND / 100;

function inRange(value: number, low: number, high: number): void {
  if (value < low || value > high) throw new KernelError("ERANGE");
}

/** @throws {KernelError} ERANGE outside 2 to 30 s while spanning tree is on */
export function setForwardDelay(bridge: Bridge, time: Nanos): void {
  if (bridge.stp) inRange(time, 2 * SECOND, 30 * SECOND);
  bridge.forwardDelay = time;
}

/** @throws {KernelError} ERANGE outside 1 to 10 s */
export function setHelloTime(bridge: Bridge, time: Nanos): void {
  inRange(time, SECOND, 10 * SECOND);
  bridge.helloTime = time;
}

/** @throws {KernelError} ERANGE outside 6 to 40 s */
export function setMaxAge(bridge: Bridge, time: Nanos): void {
  inRange(time, 6 * SECOND, 40 * SECOND);
  bridge.maxAge = time;
}

/** Which of 01:80:c2:00:00:0X are forwarded, one bit each. @throws {KernelError} EINVAL for 0, 1 and 2 */
export function setGroupFwdMask(bridge: Bridge, mask: number): void {
  if ((mask & 0x7) !== 0) throw new KernelError("EINVAL");
  bridge.groupFwdMask = mask;
}

/** @throws {KernelError} EINVAL for 01:80:c2:00:00:01, which is never forwarded */
export function setPortGroupFwdMask(port: BridgePort, mask: number): void {
  if ((mask & 0x2) !== 0) throw new KernelError("EINVAL");
  port.groupFwdMask = mask;
}

/** @throws {KernelError} ERANGE outside 1 to 65535 */
export function setPortCost(port: BridgePort, cost: number): void {
  inRange(cost, 1, 0xffff);
  port.cost = cost;
  port.costSet = true;
}

/** @throws {KernelError} ERANGE above 63 */
export function setPortPriority(port: BridgePort, priority: number): void {
  inRange(priority, 0, 63);
  port.priority = priority;
}

/** `bridge link set dev PORT state N`. @throws {KernelError} EINVAL above 4; EBUSY; ENETDOWN */
export function setPortState(port: BridgePort, state: number): void {
  if (state < 0 || state > PortState.blocking) throw new KernelError("EINVAL");
  if (port.bridge.stp) throw new KernelError("EBUSY");
  if (!port.device.up || (!port.device.carrier && state !== PortState.disabled))
    throw new KernelError("ENETDOWN");
  port.bridge.setPortState(port, state as PortState);
  noteSetting(port, "state", portStateNames[port.state]!);
}

export function setPortFlag(port: BridgePort, flag: PortFlag, on: boolean): void {
  port[flag] = on;
  noteSetting(port, flag, on ? "on" : "off");
  port.bridge.portFlagsChanged();
}

/** Priority and number in one, as spanning tree has it. */
export function portId(port: BridgePort): number {
  return (port.priority << 10) | port.number;
}
