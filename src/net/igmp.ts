import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as igmp from "../wire/igmp.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** Somebody on this host wants a group on a device (ip_mc_inc_group): the first one is told to the link's routers. */
export function join(device: NetDevice, group: number): void {
  const { groups } = device.ipv4;
  const users = groups.get(group) ?? 0;
  device.ipv4.groups = new Map(groups).set(group, users + 1);
  if (users === 0) device.ipv4.reporter.joined(group);
}

/** Somebody no longer wants it (ip_mc_dec_group): the last one is told. */
export function leave(device: NetDevice, group: number): void {
  const groups = new Map(device.ipv4.groups);
  const users = (groups.get(group) ?? 0) - 1;
  if (users > 0) groups.set(group, users);
  else if (!groups.delete(group)) return;
  device.ipv4.groups = groups;
  if (users === 0) device.ipv4.reporter.left(group);
}

/** Handles an IGMP message for this namespace (igmp_rcv). Hosts care for questions and for what others of a group report. */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const { view, transportAt: at } = packet;
  const length = packet.at + packet.length - at;
  if (!igmp.fits(view, at, length) || !igmp.isChecksumValid(view, at, length)) {
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  const { reporter } = device.ipv4;
  const group = igmp.group(view, at);
  switch (igmp.type(view, at)) {
    case igmp.MEMBERSHIP_QUERY:
      if (group === 0 || ip.isMulticast(group))
        reporter.asked(group, igmp.maxResponse(view, at), length > igmp.HEADER_LEN);
      break;
    case igmp.V2_REPORT:
      reporter.heard(group);
      break;
    default:
  }
  ns.world.end(packet, Verdict.delivered, ns.place);
}
