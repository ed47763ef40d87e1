import { type Packet, PacketFlag } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as checksums from "../../wire/checksum.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import * as options from "../../wire/tcp-options.ts";
import { addressType } from "../address-type.ts";
import * as ipOutput from "../ip-output.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { Segment } from "./segment.ts";

/** Bytes of the timestamp option with the two NOPs in front. */
export const TIMESTAMPS_LENGTH = 12;
const { CHECKSUM } = tcpHeader;

/** Writes the timestamp option with two NOPs in front, as Linux aligns it. */
export function writeTimestamps(view: DataView, at: number, value: number, echo: number): void {
  view.setInt32(at, (options.NOP << 24) | (options.NOP << 16) | (options.TIMESTAMPS << 8) | 10);
  view.setInt32(at + 4, value);
  view.setInt32(at + 8, echo);
}

/** Writes a header of `headerLength` bytes at `packet.at` with the unfinished checksum of the whole packet. */
export function writeHeader(
  packet: Packet,
  src: number,
  srcPort: number,
  dst: number,
  dstPort: number,
  sequence: number,
  acknowledgment: number,
  flags: number,
  window: number,
  headerLength: number,
): void {
  const { view, at } = packet;
  tcpHeader.setSrcPort(view, at, srcPort);
  tcpHeader.setDstPort(view, at, dstPort);
  tcpHeader.setSequence(view, at, sequence);
  tcpHeader.setAcknowledgment(view, at, acknowledgment);
  tcpHeader.setHeaderLength(view, at, headerLength);
  tcpHeader.setFlags(view, at, flags);
  tcpHeader.setWindow(view, at, window);
  tcpHeader.setUrgent(view, at, 0);
  const sum = checksums.fold(checksums.pseudoHeader(src, dst, ipv4.PROTO_TCP, packet.length));
  tcpHeader.setChecksum(view, at, sum);
  packet.checksumStart = at;
  packet.checksumField = CHECKSUM;
}

/** Sends a segment that belongs to no socket (ip_send_unicast_reply). */
function send(ns: NetworkNamespace, packet: Packet, src: number, dst: number, tos: number): void {
  const way = ipOutput.route(ns, dst, src, 0, packet.mark, tos & 0xfc);
  packet.flags |= PacketFlag.fromKernel;
  ns.note(packet, Verdict.sent, 0);
  if (way === null) {
    ns.snmp.outNoRoutes++;
    ns.drop(packet, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
    return;
  }
  ns.tcp.counters.OutSegs++;
  ns.snmp.outRequested(ns.world.leg);
  ipOutput.send(
    ns,
    packet,
    way,
    src,
    dst,
    ipv4.PROTO_TCP,
    tos,
    ns.ipv4.ip_default_ttl,
    ipv4.DONT_FRAGMENT,
    0,
  );
}

/** Refuses a segment with RST, unless it is one itself or was not for this host alone (tcp_v4_send_reset; RFC 9293, 3.10.7.1). */
export function reset(ns: NetworkNamespace, segment: Segment, cause: Packet): void {
  if (segment.has(tcpHeader.RST)) return;
  if ((cause.flags & PacketFlag.toGroup) !== 0 || addressType(ns, segment.dst) !== "local") return;
  const packet = ns.world.pool.allocate(tcpHeader.HEADER_LEN, cause);
  const hasAck = segment.has(tcpHeader.ACK);
  const flags = hasAck ? tcpHeader.RST : tcpHeader.RST | tcpHeader.ACK;
  if (ns.ipv4.fwmark_reflect !== 0) packet.mark = cause.mark;
  writeHeader(
    packet,
    segment.dst,
    segment.dstPort,
    segment.src,
    segment.srcPort,
    hasAck ? segment.acknowledgment : 0,
    hasAck ? 0 : segment.end,
    flags,
    0,
    tcpHeader.HEADER_LEN,
  );
  ns.tcp.counters.OutRsts++;
  send(ns, packet, segment.dst, segment.src, 0);
}

/** Who answers for no whole connection: a handshake, or what is left of a connection. */
interface Remembered {
  readonly ns: NetworkNamespace;
  readonly hasTimestamps: boolean;
  readonly timestampOffset: number;
  readonly recentTimestamp: number;
  readonly mark: number;
}

/** Answers a segment with an acknowledgment that no connection sends (tcp_v4_send_ack). `window` as it stands on the wire. */
export function acknowledge(
  who: Remembered,
  segment: Segment,
  sequence: number,
  acknowledgment: number,
  window: number,
  tos: number,
): void {
  const { ns } = who;
  const length = tcpHeader.HEADER_LEN + (who.hasTimestamps ? TIMESTAMPS_LENGTH : 0);
  const packet = ns.world.pool.allocate(length, null);
  packet.mark = who.mark;
  if (who.hasTimestamps)
    writeTimestamps(
      packet.view,
      packet.at + tcpHeader.HEADER_LEN,
      ns.tcp.timestamp(who.timestampOffset),
      who.recentTimestamp,
    );
  writeHeader(
    packet,
    segment.dst,
    segment.dstPort,
    segment.src,
    segment.srcPort,
    sequence,
    acknowledgment,
    tcpHeader.ACK,
    window,
    length,
  );
  send(ns, packet, segment.dst, segment.src, tos);
}
