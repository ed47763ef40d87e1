import type { Packet } from "../../sim/packet.ts";
import * as checksum from "../../wire/checksum.ts";
import * as ethernet from "../../wire/ethernet.ts";
import * as ipv4 from "../../wire/ipv4.ts";

/**
 * Marks a frame's IPv4 packet as having met congestion (RFC 3168, INET_ECN_set_ce); false when its sender did not say
 * that it understands this.
 */
export function markCongestion(packet: Packet): boolean {
  const view = packet.view;
  if (ethernet.type(view, packet.at) !== ethernet.TYPE_IPV4) return false;
  const at = packet.at + ethernet.HEADER_LEN;
  if (!ipv4.fits(view, at, packet.length - ethernet.HEADER_LEN)) return false;
  const tos = ipv4.tos(view, at);
  if ((tos & 3) === 0) return false;
  const before = view.getUint16(at);
  ipv4.setTos(view, at, tos | 3);
  ipv4.setChecksum(view, at, checksum.update16(ipv4.checksum(view, at), before, view.getUint16(at)));
  return true;
}
