import { hasIpv6 } from "../net/ipv6-settings.ts";
import type { LinkLocal } from "../net/link-local.ts";
import type { NetDevice } from "../net/net-device.ts";
import { notesOf } from "./device-notes.ts";

/** A link-local address as text: fe80::/64 with the modified EUI-64 of a hardware address (RFC 4291, section 2.5.1). */
function linkLocalText({ hi, lo }: Pick<LinkLocal, "hi" | "lo">): string {
  const groups = [
    (hi ^ 0x0200) & 0xffff,
    (((lo >>> 24) & 255) << 8) | 0xff,
    0xfe00 | ((lo >>> 16) & 255),
    lo & 0xffff,
  ];
  // The first group with its bit turned is zero only for 02:00; one group of zeros is not worth a second "::".
  return `fe80::${groups
    .map((group) => group.toString(16))
    .join(":")
    .replace(/^0:/, "")}`;
}

/** The group of a solicited node's address (RFC 4291, section 2.7.1). */
export function solicitedNodeText({ lo }: Pick<LinkLocal, "lo">): string {
  const [high, low] = [0xff00 | ((lo >>> 16) & 255), lo & 0xffff];
  return `ff02::1:${high.toString(16)}:${low.toString(16)}`;
}

/** The address of IPv6 that a device has by itself: `::1` of a loopback device that is up, else its link-local one. */
export function ipv6AddressOf(device: NetDevice): string | null {
  if (device.loopback) return device.up && hasIpv6(device.ns, device.name) ? "::1" : null;
  if (device.linkLocal === null || notesOf(device).addrgenmode === "none") return null;
  return linkLocalText(device.linkLocal);
}
