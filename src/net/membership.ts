import * as ip from "../wire/ipv4-address.ts";
import * as igmp from "./igmp.ts";
import * as ipOutput from "./ip-output.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** A group that a socket has joined on a device (struct ip_mc_socklist). */
export interface Membership {
  readonly group: number;
  readonly device: NetDevice;
}

/** The memberships with one more (ip_mc_join_group). @throws {KernelError} EINVAL, ENODEV, EADDRINUSE, ENOBUFS */
export function join(
  ns: NetworkNamespace,
  there: readonly Membership[],
  group: number,
  device: NetDevice | null,
): readonly Membership[] {
  if (!ip.isMulticast(group)) throw new KernelError("EINVAL");
  const on = device ?? deviceFor(ns, group);
  if (on === null) throw new KernelError("ENODEV");
  if (there.some((m) => m.group === group && m.device === on)) throw new KernelError("EADDRINUSE");
  if (there.length >= ns.ipv4.igmp_max_memberships) throw new KernelError("ENOBUFS");
  igmp.join(on, group);
  return [...there, { group, device: on }];
}

/** The memberships with one less (ip_mc_leave_group). @throws {KernelError} EADDRNOTAVAIL */
export function leave(
  there: readonly Membership[],
  group: number,
  device: NetDevice | null,
): readonly Membership[] {
  const gone = there.find((m) => m.group === group && (device === null || m.device === device));
  if (gone === undefined) throw new KernelError("EADDRNOTAVAIL");
  release(gone);
  return there.filter((m) => m !== gone);
}

export function release(membership: Membership): void {
  if (!membership.device.removed) igmp.leave(membership.device, membership.group);
}

/** The device that the routing tables choose for a group (ip_mc_find_dev). */
function deviceFor(ns: NetworkNamespace, group: number): NetDevice | null {
  return ipOutput.route(ns, group, 0, 0, 0, 0)?.device ?? null;
}
