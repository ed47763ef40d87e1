import { type Packet, PacketFlag } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import { addressType } from "../address-type.ts";
import { ConnectionIdentification } from "../ip-identifications.ts";
import { Way } from "../way.ts";
import { TcpConnection } from "./connection.ts";
import { ConnectionRequest } from "./connection-request.ts";
import * as establish from "./establish.ts";
import * as lifecycle from "./lifecycle.ts";
import * as mssOf from "./mss.ts";
import { isLimited } from "./out-of-window.ts";
import * as prediction from "./prediction.ts";
import * as receiveWindow from "./receive-window.ts";
import * as reply from "./reply.ts";
import type { Segment } from "./segment.ts";
import { after, before } from "./sequence.ts";
import { TcpState } from "./state.ts";
import type { TcpListener } from "./tcp-listener.ts";
import { pawsRejects } from "./timestamps.ts";

const { ACK, FIN, RST, SYN } = tcpHeader;

/** A segment for a listener that belongs to no connection (tcp_rcv_state_process, LISTEN). `initialSend` 0: choose one. */
export function listen(listener: TcpListener, segment: Segment, packet: Packet, initialSend: number): void {
  const { ns } = listener;
  if (segment.has(RST)) {
    ns.drop(packet, Verdict.TCP_RESET);
    return;
  }
  if (segment.has(ACK)) {
    reply.reset(ns, segment, packet);
    ns.drop(packet, Verdict.TCP_FLAGS);
    return;
  }
  if (!segment.has(SYN) || segment.has(FIN)) {
    ns.drop(packet, Verdict.TCP_FLAGS);
    return;
  }
  request(listener, segment, packet, initialSend);
}

/** Answers a SYN (tcp_conn_request). */
function request(listener: TcpListener, segment: Segment, packet: Packet, initialSend: number): void {
  const { ns } = listener;
  const { tcp } = ns;
  const isToOne = (packet.flags & PacketFlag.toGroup) === 0 && addressType(ns, segment.dst) === "local";
  if (!isToOne) {
    ns.drop(packet, Verdict.TCP_FLAGS);
    return;
  }
  if (listener.isFull) {
    tcp.counters.ListenOverflows++;
    tcp.counters.ListenDrops++;
    ns.drop(packet, Verdict.TCP_LISTEN_OVERFLOW);
    return;
  }
  if (listener.requests > listener.backlog || isCrowded(listener)) {
    tcp.counters.TCPReqQFullDrop++;
    tcp.counters.ListenDrops++;
    ns.drop(packet, Verdict.TCP_LISTEN_OVERFLOW);
    return;
  }
  const way = new Way();
  if (!way.find(ns, segment.src, segment.dst, listener.boundTo, listener.mark, listener.tos & 0xfc)) {
    tcp.counters.ListenDrops++;
    ns.drop(packet, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
    return;
  }
  const advertised = mssOf.advertised(way, listener);
  const first =
    initialSend !== 0
      ? initialSend
      : tcp.initialSequence(segment.dst, segment.dstPort, segment.src, segment.srcPort);
  const { settings } = tcp;
  const hasTimestamps = segment.hasTimestamps && settings.tcp_timestamps !== 0;
  const window = receiveWindow.initialWindow(
    listener.receiveLimit || settings.tcp_rmem[1],
    advertised - (hasTimestamps ? reply.TIMESTAMPS_LENGTH : 0),
    listener.receiveLimit >> 1,
    segment.windowScale >= 0 && settings.tcp_window_scaling !== 0,
    settings.tcp_rmem[2],
    settings.rmem_max,
  );
  new ConnectionRequest(listener, segment, first, way, window, advertised, listener.mark).start();
  ns.world.end(packet, Verdict.delivered, ns.place);
}

/** Without SYN cookies the last quarter of the queue is for hosts that are known, which none is here. */
function isCrowded(listener: TcpListener): boolean {
  const { settings } = listener.ns.tcp;
  if (settings.tcp_syncookies !== 0) return false;
  return settings.tcp_max_syn_backlog - listener.requests < settings.tcp_max_syn_backlog >> 2;
}

/**
 * A segment for a handshake that waits for its last step (tcp_check_req). Returns the connection when it is that step;
 * the packet then goes on to it, else it has ended.
 */
export function proceed(r: ConnectionRequest, segment: Segment, packet: Packet): TcpConnection | null {
  const { ns } = r;
  const { counters, settings } = ns.tcp;
  const next = (r.initialReceive + 1) | 0;
  const old = segment.hasTimestamps && r.hasTimestamps && pawsRejects(r, segment, ns.world.now);
  const kind = segment.flags & (RST | SYN | ACK);
  if (segment.sequence === r.initialReceive && kind === SYN && !old) {
    // The SYN came again, perhaps because the answer was lost.
    if (!isLimited(r, segment, "TCPACKSkippedSynRecv")) r.askedAgain();
    ns.world.end(packet, Verdict.delivered, ns.place);
    return null;
  }
  if (segment.has(ACK) && segment.acknowledgment !== ((r.initialSend + 1) | 0)) {
    reply.reset(ns, segment, packet);
    ns.drop(packet, Verdict.TCP_INVALID_ACK_SEQUENCE);
    return null;
  }
  const window = r.window.window;
  const inWindow = !before(segment.end, next) && !after(segment.sequence, (next + window) | 0);
  if (old || !inWindow) {
    if (!segment.has(RST) && !isLimited(r, segment, "TCPACKSkippedSynRecv")) acknowledge(r, segment, packet);
    if (old) counters.PAWSEstab++;
    ns.drop(packet, old ? Verdict.TCP_RFC7323_PAWS : Verdict.TCP_OVERWINDOW);
    return null;
  }
  if (r.hasTimestamps && segment.hasTimestamps && !after(segment.sequence, next))
    r.recentTimestamp = segment.timestamp;
  if (segment.has(RST) || segment.has(SYN)) {
    counters.AttemptFails++;
    counters.EmbryonicRsts++;
    if (!segment.has(RST)) reply.reset(ns, segment, packet);
    r.remove();
    ns.drop(packet, segment.has(RST) ? Verdict.TCP_RESET : Verdict.TCP_INVALID_SYN);
    return null;
  }
  if (!segment.has(ACK)) {
    ns.drop(packet, Verdict.TCP_FLAGS);
    return null;
  }
  if (r.listener.isFull) {
    counters.ListenOverflows++;
    counters.ListenDrops++;
    if (settings.tcp_abort_on_overflow !== 0) {
      reply.reset(ns, segment, packet);
      counters.EmbryonicRsts++;
      r.remove();
    } else r.acknowledged = true;
    ns.drop(packet, Verdict.TCP_LISTEN_OVERFLOW);
    return null;
  }
  return connect(r, segment);
}

/** Tells the other end of a handshake what is expected of it (tcp_v4_reqsk_send_ack). */
function acknowledge(r: ConnectionRequest, segment: Segment, packet: Packet): void {
  const next = (r.initialReceive + 1) | 0;
  const window = r.window.window >>> (r.scaling ? r.window.scale : 0);
  const tos = ipv4.tos(packet.view, packet.networkAt);
  reply.acknowledge(r, segment, (r.initialSend + 1) | 0, next, window, tos);
}

/** The handshake becomes a connection (tcp_v4_syn_recv_sock). */
function connect(r: ConnectionRequest, segment: Segment): TcpConnection {
  const { ns, listener } = r;
  const c = new TcpConnection(ns);
  c.localAddress = r.localAddress;
  c.localPort = r.localPort;
  c.remoteAddress = r.remoteAddress;
  c.remotePort = r.remotePort;
  c.boundTo = listener.boundTo;
  c.family = listener.family;
  c.reuseAddress = listener.reuseAddress;
  c.reusePort = listener.reusePort;
  c.mark = r.mark;
  c.tos = listener.tos;
  c.ttl = listener.ttl;
  c.noDelay = listener.noDelay;
  c.userMss = listener.userMss;
  c.timestampsOk = r.hasTimestamps;
  c.timestampOffset = r.timestampOffset;
  c.recentTimestamp = r.recentTimestamp;
  c.recentTimestampAt = ns.world.now;
  c.sackOk = r.sack;
  c.windowScalingOk = r.scaling;
  c.sendScale = r.sendScale;
  c.receiveScale = r.scaling ? r.window.scale : 0;
  c.mssClamp = r.mss === 0 ? c.mssClamp : r.mss;
  if (c.userMss !== 0) c.mssClamp = Math.min(c.mssClamp, c.userMss);
  c.advertisedMss = r.advertisedMss - (c.timestampsOk ? reply.TIMESTAMPS_LENGTH : 0);
  c.initialSend = r.initialSend;
  c.unacknowledged = r.initialSend;
  c.sendNext = (r.initialSend + 1) | 0;
  c.writeEnd = c.sendNext;
  c.lastSmall = c.sendNext;
  c.pushed = c.sendNext;
  c.sent.start = c.sendNext;
  c.recoveryPoint = c.sendNext;
  c.initialReceive = r.initialReceive;
  c.receiveNext = (r.initialReceive + 1) | 0;
  c.readNext = c.receiveNext;
  c.windowSentAt = c.receiveNext;
  c.receiveWindow = r.window.window;
  c.windowThreshold = r.window.window;
  c.windowClamp = r.scaling ? r.window.clamp : Math.min(r.window.clamp, 65535);
  if (listener.receiveLimit !== 0) {
    c.receiveLimit = listener.receiveLimit;
    c.receiveLimitLocked = true;
  }
  c.identification = new ConnectionIdentification(ns.tcp.prng.below(0x10000));
  c.totalRetransmits = r.retransmits;
  // The SYN has come, and this end's has arrived.
  c.segmentsIn = 1;
  c.delivered = 1;
  c.state = TcpState.SYN_RECV;
  const trip = r.trip;
  r.remove();
  lifecycle.hash(c);
  ns.tcp.ports.add(c, false);
  c.isBound = true;
  ns.tcp.counters.PassiveOpens++;
  c.way.find(ns, c.remoteAddress, c.localAddress, c.boundTo, c.mark, c.tos & 0xfc);
  c.synSentAt = r.sentAt;
  c.unacknowledged = c.sendNext;
  c.sendWindow = segment.window * 2 ** c.sendScale;
  c.windowUpdate = segment.sequence;
  c.largestWindow = c.sendWindow;
  establish.begin(c, trip >= 0 ? trip : establish.handshakeTrip(c, segment));
  prediction.begin(c);
  c.state = TcpState.ESTABLISHED;
  c.keepAlive = listener.keepAlive;
  listener.add(c);
  return c;
}
