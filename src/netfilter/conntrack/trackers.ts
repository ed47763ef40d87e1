import type { Packet } from "../../sim/packet.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as udp from "../../wire/udp.ts";
import { type Connection, ConnectionChange, STREAM_AFTER, Status } from "./connection.ts";
import { Outcome } from "./outcome.ts";
import { trackTcp } from "./tcp-tracking.ts";

const PROTO_GRE = 47;

/** The protocol's own look at a packet of its connection (nf_conntrack_handle_packet). */
export function track(connection: Connection, packet: Packet, info: number, prerouting: boolean): Outcome {
  switch (connection.protocol) {
    case ipv4.PROTO_TCP:
      return trackTcp(connection, packet, info, prerouting);
    case ipv4.PROTO_UDP:
      return trackUdp(connection, packet, info, prerouting);
    case ipv4.PROTO_ICMP:
      return trackIcmp(connection, packet, info);
    case PROTO_GRE:
      return trackGre(connection, packet, info);
    default:
      connection.conntrack.refresh(connection, info, packet, connection.conntrack.settings.generic_timeout);
      return Outcome.accept;
  }
}

/** Packets of both sides, the latest two seconds after the first one, make a stream (nf_conntrack_udp_packet). */
function trackUdp(connection: Connection, packet: Packet, info: number, prerouting: boolean): Outcome {
  const { conntrack, status } = connection;
  const { settings } = conntrack;
  const { view, transportAt: at } = packet;
  const length = packet.at + packet.length - at;
  if (!udp.fits(view, at, length)) return Outcome.invalid;
  if (prerouting && !packet.trusted && settings.checksum !== 0) {
    const { networkAt } = packet;
    if (!udp.isChecksumValid(view, at, ipv4.src(view, networkAt), ipv4.dst(view, networkAt)))
      return Outcome.invalid;
  }
  const now = conntrack.world.now;
  if ((status & Status.confirmed) === 0) connection.streamAt = now + STREAM_AFTER;
  if ((status & Status.seenReply) === 0) {
    conntrack.refresh(connection, info, packet, settings.udp_timeout);
    return Outcome.accept;
  }
  const isStream = now > connection.streamAt;
  conntrack.refresh(connection, info, packet, isStream ? settings.udp_timeout_stream : settings.udp_timeout);
  if (isStream && (status & (Status.assured | Status.natClash)) === 0) {
    connection.endLegs();
    connection.status |= Status.assured;
    connection.changes |= ConnectionChange.assured;
  }
  return Outcome.accept;
}

/** nf_conntrack_icmp_packet: only questions make a connection. */
function trackIcmp(connection: Connection, packet: Packet, info: number): Outcome {
  if (!icmp.isQuestion(connection.dstPort >>> 8)) return Outcome.invalid;
  connection.conntrack.refresh(connection, info, packet, connection.conntrack.settings.icmp_timeout);
  return Outcome.accept;
}

function trackGre(connection: Connection, packet: Packet, info: number): Outcome {
  const { conntrack, status } = connection;
  const { settings } = conntrack;
  if ((status & Status.seenReply) === 0) {
    conntrack.refresh(connection, info, packet, settings.gre_timeout);
    return Outcome.accept;
  }
  conntrack.refresh(connection, info, packet, settings.gre_timeout_stream);
  if ((status & Status.assured) === 0) {
    connection.status |= Status.assured;
    connection.changes |= ConnectionChange.assured;
  }
  return Outcome.accept;
}
