import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** Somebody on this host wants a group on a device (ip_mc_inc_group). */
export function join(device: NetDevice, group: number): void {
  const { groups } = device.ipv4;
  groups.set(group, (groups.get(group) ?? 0) + 1);
}

/** Somebody no longer wants it (ip_mc_dec_group). */
export function leave(device: NetDevice, group: number): void {
  const { groups } = device.ipv4;
  const users = (groups.get(group) ?? 0) - 1;
  if (users > 0) groups.set(group, users);
  else groups.delete(group);
}

/** Handles an IGMP message for this namespace (igmp_rcv). */
export function receive(ns: NetworkNamespace, _device: NetDevice, packet: Packet): void {
  ns.world.end(packet, Verdict.delivered, ns.place);
}
