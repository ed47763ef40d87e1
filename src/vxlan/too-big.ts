import type { Packet } from "../sim/packet.ts";
import { copyBetween } from "../sim/packet-pool.ts";
import type { World } from "../sim/world.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";

/** An ICMP error is no longer than the least that every host takes. */
const ERROR_MAX = 576;

/**
 * What a VTEP that is a port of a bridge tells the sender of a frame that does not fit: it speaks as the destination,
 * for no address of its own need be in that network (iptunnel_pmtud_check_icmp, iptunnel_pmtud_build_icmp). Null when
 * the packet may be cut or must not be answered.
 */
export function fragmentationNeeded(world: World, packet: Packet, mtu: number): Packet | null {
  const at = packet.at + ethernet.HEADER_LEN;
  const view = packet.view;
  if (mtu < ERROR_MAX || ethernet.type(view, packet.at) !== ethernet.TYPE_IPV4 || !mayComplain(packet))
    return null;
  const quote = Math.min(packet.length - ethernet.HEADER_LEN, ERROR_MAX - ipv4.HEADER_LEN - icmp.HEADER_LEN);
  const length = ipv4.HEADER_LEN + icmp.HEADER_LEN + quote;
  const error = world.pool.allocate(ethernet.HEADER_LEN + length, packet);
  const out = error.view;
  ethernet.setDst(out, error.at, ethernet.srcHi(view, packet.at), ethernet.srcLo(view, packet.at));
  ethernet.setSrc(out, error.at, ethernet.dstHi(view, packet.at), ethernet.dstLo(view, packet.at));
  ethernet.setType(out, error.at, ethernet.TYPE_IPV4);
  const header = error.at + ethernet.HEADER_LEN;
  const { DONT_FRAGMENT, PROTO_ICMP } = ipv4;
  const ttl = ipv4.ttl(view, at);
  ipv4.write(
    out,
    header,
    0,
    length,
    0,
    DONT_FRAGMENT,
    ttl,
    PROTO_ICMP,
    ipv4.dst(view, at),
    ipv4.src(view, at),
  );
  const message = header + ipv4.HEADER_LEN;
  icmp.setType(out, message, icmp.DESTINATION_UNREACHABLE);
  icmp.setCode(out, message, icmp.FRAGMENTATION_NEEDED);
  icmp.setRest(out, message, mtu);
  copyBetween(packet, at, error, message + icmp.HEADER_LEN, quote);
  icmp.fillChecksum(out, message, icmp.HEADER_LEN + quote);
  return error;
}

/** Only of whole packets that must not be cut, between two plain hosts, and never of an error. */
function mayComplain(packet: Packet): boolean {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  if (ipv4.flagsOffset(view, at) !== ipv4.DONT_FRAGMENT) return false;
  const src = ipv4.src(view, at);
  const dst = ipv4.dst(view, at);
  if (dst === ip.BROADCAST || ip.isMulticast(dst)) return false;
  if (src === ip.BROADCAST || ip.isMulticast(src) || src === 0 || ip.isLoopback(src)) return false;
  const transport = at + ipv4.headerLength(view, at);
  return (
    ipv4.protocol(view, at) !== ipv4.PROTO_ICMP ||
    transport >= packet.at + packet.length ||
    !icmp.isErrorType(icmp.type(view, transport))
  );
}
