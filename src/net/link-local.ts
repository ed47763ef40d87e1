import * as mac from "../wire/mac.ts";
import { hasIpv6 } from "./ipv6-settings.ts";
import type { NetDevice } from "./net-device.ts";

/** The least MTU with which a device speaks IPv6 (IPV6_MIN_MTU). */
const IPV6_MIN_MTU = 1280;

/**
 * The link-local address that a device gives itself when it first runs, where IPv6 is not disabled (RFC 4862, section
 * 5.3; net/ipv6/addrconf.c). It is made of the hardware address of that moment and stays when that changes. No packet
 * uses it: IPv6 is not simulated, but `ip` and `bridge` show what is there.
 */
export class LinkLocal {
  readonly hi: number;
  readonly lo: number;
  /** Counts up in a namespace: routes are listed in the order of the addresses. */
  readonly order: number;

  constructor(hi: number, lo: number, order: number) {
    this.hi = hi;
    this.lo = lo;
    this.order = order;
  }
}

/** Whether the device is in the groups of IPv6 at all, as each one is even where IPv6 is disabled. */
export function speaksIpv6(device: NetDevice): boolean {
  return device.mtu >= IPV6_MIN_MTU;
}

/** A device that runs gives itself its address; one whose MTU is too small loses it. */
export function updateLinkLocal(device: NetDevice): void {
  if (device.loopback) return;
  if (!speaksIpv6(device)) device.linkLocal = null;
  else if (device.linkLocal === null && device.running && hasIpv6(device.ns, device.name))
    device.linkLocal = new LinkLocal(device.macHi, device.macLo, ++device.ns.linkLocals);
}

/** The group of a solicited node's address (RFC 4291, section 2.7.1) as a hardware address: 33:33:ff and its last three bytes. */
export function solicitedNodeMac(own: LinkLocal): string {
  return mac.format(0x3333, (0xff << 24) | (own.lo & 0xffffff));
}
