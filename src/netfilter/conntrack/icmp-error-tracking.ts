import type { Packet } from "../../sim/packet.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { ConnectionInfo, IS_REPLY } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
import { Outcome } from "./outcome.ts";
import { Tuple } from "./tuple.ts";
import type { Zone } from "./zone.ts";

const quoted = new Tuple();

/**
 * An ICMP error is RELATED to the connection of the packet that it quotes (nf_conntrack_icmpv4_error). A packet that is
 * no error is accepted as it is; an error about nothing that is known here is INVALID.
 */
export function trackIcmpError(
  conntrack: Conntrack,
  packet: Packet,
  zone: Zone,
  prerouting: boolean,
): Outcome {
  const { view, networkAt } = packet;
  const at = networkAt + ipv4.headerLength(view, networkAt);
  const end = packet.at + packet.length;
  if (!icmp.fits(view, at, end - at)) return Outcome.invalid;
  if (prerouting && !packet.trusted && conntrack.settings.checksum !== 0)
    if (!icmp.isChecksumValid(view, at, end - at)) return Outcome.invalid;
  const type = icmp.type(view, at);
  if (type > icmp.MAX_TYPE) return Outcome.invalid;
  if (!icmp.isErrorType(type)) return Outcome.accept;

  const inner = at + icmp.HEADER_LEN;
  if (inner + ipv4.HEADER_LEN > end) return Outcome.invalid;
  const header = ipv4.headerLength(view, inner);
  if (header < ipv4.HEADER_LEN || ipv4.fragmentOffset(view, inner) !== 0) return Outcome.invalid;
  // What the quoted packet is answered by comes the way that the error comes.
  if (!quoted.read(view, inner, inner + header, end) || !quoted.invert()) return Outcome.invalid;
  let found = conntrack.find(quoted, zone, false);
  if (found < 0 && zone.direction !== "both") found = conntrack.find(quoted, zone, true);
  if (found < 0) return Outcome.invalid;
  const connection = conntrack.connectionAt(found);
  const reply = conntrack.isReplyAt(found);
  // Who gets the error is who sent what it quotes; else somebody makes it up.
  if (ipv4.dst(view, networkAt) !== (reply ? connection.replyDst : connection.dst)) return Outcome.invalid;
  packet.connection = connection;
  packet.connectionInfo = ConnectionInfo.related + (reply ? IS_REPLY : 0);
  return Outcome.accept;
}
