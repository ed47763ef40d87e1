import { NOTHING } from "../base/short-list.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as igmp from "./igmp.ts";
import * as ipOutput from "./ip-output.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** A group that a socket has joined on a device (struct ip_mc_socklist). */
interface Membership {
  readonly group: number;
  readonly device: NetDevice;
}

/** What a socket wants of multicast groups: its options (ip(7)), and which it has joined. */
export class SocketGroups {
  /** IP_MULTICAST_TTL, IP_MULTICAST_LOOP, IP_MULTICAST_IF (device and address). */
  ttl = 1;
  loop = true;
  device = 0;
  source = 0;
  /** IP_MULTICAST_ALL: gets datagrams of groups that others on this host have joined. */
  all = true;
  #memberships: readonly Membership[] = NOTHING;

  /** IP_ADD_MEMBERSHIP. Without a device routing chooses one. @throws {KernelError} EINVAL, ENODEV, EADDRINUSE, ENOBUFS */
  join(ns: NetworkNamespace, group: number, device: NetDevice | null): void {
    if (!ip.isMulticast(group)) throw new KernelError("EINVAL");
    const on = device ?? deviceFor(ns, group);
    if (on === null) throw new KernelError("ENODEV");
    if (this.has(group, on)) throw new KernelError("EADDRINUSE");
    if (this.#memberships.length >= ns.ipv4.igmp_max_memberships) throw new KernelError("ENOBUFS");
    igmp.join(on, group);
    this.#memberships = [...this.#memberships, { group, device: on }];
  }

  /** IP_DROP_MEMBERSHIP; without a device the first of that group. @throws {KernelError} EADDRNOTAVAIL */
  leave(group: number, device: NetDevice | null): void {
    const gone = this.#memberships.find((m) => m.group === group && (device === null || m.device === device));
    if (gone === undefined) throw new KernelError("EADDRNOTAVAIL");
    release(gone);
    this.#memberships = this.#memberships.filter((m) => m !== gone);
  }

  leaveAll(): void {
    for (const membership of this.#memberships) release(membership);
    this.#memberships = NOTHING;
  }

  /** Whether the socket has joined a group on that device. */
  has(group: number, device: NetDevice | null): boolean {
    return this.#memberships.some((m) => m.group === group && m.device === device);
  }
}

function release(membership: Membership): void {
  if (!membership.device.removed) igmp.leave(membership.device, membership.group);
}

/** The device that the routing tables choose for a group (ip_mc_find_dev). */
function deviceFor(ns: NetworkNamespace, group: number): NetDevice | null {
  return ipOutput.route(ns, group, 0, 0, 0, 0)?.device ?? null;
}
