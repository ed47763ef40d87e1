import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** Passes a packet on to another device (ip_forward). */
export function forward(ns: NetworkNamespace, device: NetDevice, packet: Packet, way: Route): void {
  if (device.ipv4.conf.forwarding === 0) {
    ns.drop(packet, Verdict.IP_INADDRERRORS);
    return;
  }
  if (ipv4.ttl(packet.view, packet.at) <= 1) {
    ns.drop(packet, Verdict.TTL_EXCEEDED);
    return;
  }
  ipv4.decrementTtl(packet.view, packet.at);
  const hook = ns.hooks.forward;
  if (!hook.empty && !hook.run(packet, device, way.device)) return;
  ns.note(packet, Verdict.forwarded, way.ref);
  ipOutput.output(ns, packet, way, ipv4.dst(packet.view, packet.at));
}
