import { type Packet, PacketFlag } from "../../sim/packet.ts";
import { MILLISECOND } from "../../sim/time.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import * as options from "../../wire/tcp-options.ts";
import * as ipOutput from "../ip-output.ts";
import * as acks from "./acks.ts";
import type { TcpConnection } from "./connection.ts";
import { WINDOW_MAX } from "./constants.ts";
import * as mssOf from "./mss.ts";
import * as receiveWindow from "./receive-window.ts";
import { TIMESTAMPS_LENGTH, writeHeader, writeTimestamps } from "./reply.ts";
import { after } from "./sequence.ts";

const { ACK, FIN, PSH, RST, SYN } = tcpHeader;

/** Bytes of the options on a segment that goes out now, SACK blocks included (tcp_established_options). */
export function optionsLength(c: TcpConnection): number {
  const base = c.timestampsOk ? TIMESTAMPS_LENGTH : 0;
  const blocks = sackBlocks(c, base);
  return blocks === 0 ? base : base + 4 + 8 * blocks;
}

function sackBlocks(c: TcpConnection, base: number): number {
  if (!c.sackOk) return 0;
  const blocks = c.outOfOrder.blocks + (c.duplicateLeft !== c.duplicateRight ? 1 : 0);
  return Math.min(blocks, (tcpHeader.HEADER_MAX - tcpHeader.HEADER_LEN - base - 4) >> 3);
}

function writeSacks(c: TcpConnection, view: DataView, at: number, blocks: number): void {
  view.setInt32(at, (options.NOP << 24) | (options.NOP << 16) | (options.SACK << 8) | (2 + 8 * blocks));
  at += 4;
  let from = 0;
  if (c.duplicateLeft !== c.duplicateRight) {
    view.setInt32(at, c.duplicateLeft);
    view.setInt32(at + 4, c.duplicateRight);
    at += 8;
    from = 1;
  }
  for (let i = from; i < blocks; i++, at += 8) {
    view.setInt32(at, c.outOfOrder.blockLeft(i - from));
    view.setInt32(at + 4, c.outOfOrder.blockRight(i - from));
  }
  c.duplicateLeft = 0;
  c.duplicateRight = 0;
}

function writeOwnTimestamps(c: TcpConnection, view: DataView, at: number): void {
  writeTimestamps(view, at, c.ns.tcp.timestamp(c.timestampOffset), c.recentTimestamp);
}

/** Writes the header of a segment of the connection: all but its options, `header` bytes with them. */
function writeOwnHeader(
  c: TcpConnection,
  packet: Packet,
  sequence: number,
  acknowledgment: number,
  flags: number,
  window: number,
  header: number,
): void {
  const { localAddress, localPort, remoteAddress, remotePort } = c;
  writeHeader(
    packet,
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    sequence,
    acknowledgment,
    flags,
    window,
    header,
  );
}

/** Finds the connection's way; false when there is none, with the error in `ns.fib.error`. */
export function findWay(c: TcpConnection): boolean {
  return c.way.find(c.ns, c.remoteAddress, c.localAddress, c.boundTo, c.mark, c.tos & 0xfc);
}

/** Sends a segment whose header stands; false when there is no way for it (ip_queue_xmit). `c.refused` is set or not. */
function transmit(c: TcpConnection, packet: Packet): boolean {
  const { ns, way } = c;
  packet.mark = c.mark;
  packet.flags |= PacketFlag.fromSocket;
  ns.note(packet, Verdict.sent, 0);
  c.segmentsOut++;
  c.tunedBy = c.now;
  if (!findWay(c)) {
    ns.snmp.outNoRoutes++;
    c.softError = ns.fib.error;
    ns.drop(packet, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
    return false;
  }
  ns.snmp.outRequested(ns.world.leg);
  const ttl = c.ttl !== 0 ? c.ttl : ns.ipv4.ip_default_ttl;
  const { id } = packet;
  ipOutput.sendOn(ns, packet, way, ipv4.PROTO_TCP, c.tos, ttl, way.fragmentField(ns), c.identification);
  c.refused = ns.hooks.refused === id;
  return true;
}

/**
 * Sends a segment with `length` octets of the send buffer from `sequence` on, none for a bare acknowledgment
 * (__tcp_transmit_skb). Whatever goes out carries the newest acknowledgment and window.
 */
export function sendSegment(c: TcpConnection, sequence: number, length: number, flags: number): boolean {
  const base = c.timestampsOk ? TIMESTAMPS_LENGTH : 0;
  const blocks = sackBlocks(c, base);
  const header = tcpHeader.HEADER_LEN + base + (blocks === 0 ? 0 : 4 + 8 * blocks);
  const packet = c.ns.world.pool.allocate(header + length, null);
  const { view, at } = packet;
  if (base !== 0) writeOwnTimestamps(c, view, at + tcpHeader.HEADER_LEN);
  if (blocks !== 0) writeSacks(c, view, at + tcpHeader.HEADER_LEN + base, blocks);
  if (length > 0) {
    c.sendBuffer.get(sequence, view, at + header, length);
    acks.dataSent(c);
    c.dataSegmentsOut++;
    c.bytesSent += length;
  }
  const window = receiveWindow.select(c);
  writeOwnHeader(c, packet, sequence, c.receiveNext, flags | ACK, window, header);
  // Segments with nothing but what was sent before do not count (RFC 4022); c.sendNext moves on afterwards.
  const occupied = length + ((flags & FIN) !== 0 ? 1 : 0);
  if (occupied === 0 || after((sequence + occupied) | 0, c.sendNext)) c.ns.tcp.counters.OutSegs++;
  acks.sent(c);
  return transmit(c, packet);
}

/** Sends a bare acknowledgment with the next sequence number that is within the window (tcp_acceptable_seq). */
export function sendAck(c: TcpConnection): void {
  const edge = (c.unacknowledged + c.sendWindow) | 0;
  // The other end's window is told in steps of its scale: what is beyond by less than one may be within all the same.
  const beyond = (c.sendNext - edge) | 0;
  const within = beyond <= 0 || (c.windowScalingOk && beyond < 2 ** c.receiveScale);
  sendSegment(c, within ? c.sendNext : edge, 0, 0);
}

/** Sends an acknowledgment of an old octet: the other end must answer (tcp_xmit_probe_skb). It is counted as `why` says. */
export function sendProbe(c: TcpConnection, why: "TCPWinProbe" | "TCPKeepAlive"): boolean {
  c.ns.tcp.counters[why]++;
  return sendSegment(c, (c.unacknowledged - 1) | 0, 0, 0);
}

/** Gives the connection up in the other end's eyes (tcp_send_active_reset). */
export function sendReset(c: TcpConnection): void {
  c.ns.tcp.counters.OutRsts++;
  const base = c.timestampsOk ? TIMESTAMPS_LENGTH : 0;
  const header = tcpHeader.HEADER_LEN + base;
  const packet = c.ns.world.pool.allocate(header, null);
  if (base !== 0) writeOwnTimestamps(c, packet.view, packet.at + tcpHeader.HEADER_LEN);
  const window = receiveWindow.select(c);
  writeOwnHeader(c, packet, c.sendNext, c.receiveNext, RST | ACK, window, header);
  c.ns.tcp.counters.OutSegs++;
  transmit(c, packet);
}

/**
 * Writes the options of a SYN in Linux's order: MSS, SACK permitted, timestamps, window scale, with NOPs where the
 * others leave gaps (tcp_options_write). Returns their length.
 */
export function writeSynOptions(
  view: DataView,
  at: number,
  mss: number,
  sack: boolean,
  timestamp: number | null,
  echo: number,
  scale: number,
): number {
  let next = at;
  view.setInt32(next, (options.MSS << 24) | (4 << 16) | mss);
  next += 4;
  if (timestamp !== null) {
    view.setInt32(
      next,
      sack
        ? (options.SACK_PERMITTED << 24) | (2 << 16) | (options.TIMESTAMPS << 8) | 10
        : (options.NOP << 24) | (options.NOP << 16) | (options.TIMESTAMPS << 8) | 10,
    );
    view.setInt32(next + 4, timestamp);
    view.setInt32(next + 8, echo);
    next += 12;
  } else if (sack) {
    view.setInt32(next, (options.NOP << 24) | (options.NOP << 16) | (options.SACK_PERMITTED << 8) | 2);
    next += 4;
  }
  if (scale >= 0) {
    view.setInt32(next, (options.NOP << 24) | (options.WINDOW_SCALE << 16) | (3 << 8) | scale);
    next += 4;
  }
  return next - at;
}

/** Bytes that {@link writeSynOptions} writes. */
export function synOptionsLength(sack: boolean, timestamps: boolean, scale: boolean): number {
  return 4 + (timestamps ? 12 : sack ? 4 : 0) + (scale ? 4 : 0);
}

/** Sends this end's SYN: the first one, a repeated one, or one that answers the other end's (simultaneous open). */
export function sendSyn(c: TcpConnection, answering: boolean): boolean {
  const { settings } = c.ns.tcp;
  const timestamps = answering ? c.timestampsOk : settings.tcp_timestamps !== 0;
  const sack = answering ? c.sackOk : settings.tcp_sack !== 0;
  const scaling = answering ? c.windowScalingOk : settings.tcp_window_scaling !== 0;
  const header = tcpHeader.HEADER_LEN + synOptionsLength(sack, timestamps, scaling);
  const packet = c.ns.world.pool.allocate(header, null);
  writeSynOptions(
    packet.view,
    packet.at + tcpHeader.HEADER_LEN,
    mssOf.advertised(c.way, c),
    sack,
    timestamps ? c.ns.tcp.timestamp(c.timestampOffset) : null,
    c.recentTimestamp,
    scaling ? c.receiveScale : -1,
  );
  c.windowSentAt = c.receiveNext;
  if (c.totalRetransmits === 0 && !answering) c.ns.tcp.counters.OutSegs++;
  writeOwnHeader(
    c,
    packet,
    c.initialSend,
    answering ? c.receiveNext : 0,
    answering ? SYN | ACK : SYN,
    Math.min(c.receiveWindow, WINDOW_MAX),
    header,
  );
  return transmit(c, packet);
}

/** The flags of a segment of the send queue, without the ACK that each has. */
export function dataFlags(push: boolean, fin: boolean): number {
  return (push ? PSH : 0) | (fin ? FIN : 0);
}

/** The time-out in nanoseconds, no longer than `tcp_rto_max_ms`. */
export function timeoutNanos(c: TcpConnection): number {
  return Math.min(c.timeout, c.ns.tcp.settings.tcp_rto_max_ms) * MILLISECOND;
}
