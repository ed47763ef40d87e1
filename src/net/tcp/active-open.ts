import type { Packet } from "../../sim/packet.ts";
import { MILLISECOND } from "../../sim/time.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import { ConnectionIdentification } from "../ip-identifications.ts";
import { KernelError } from "../kernel-error.ts";
import type { TcpConnection } from "./connection.ts";
import { Pending } from "./constants.ts";
import * as establish from "./establish.ts";
import * as lifecycle from "./lifecycle.ts";
import * as mssOf from "./mss.ts";
import * as output from "./output.ts";
import * as prediction from "./prediction.ts";
import * as receiveWindow from "./receive-window.ts";
import * as reply from "./reply.ts";
import type { Segment } from "./segment.ts";
import { after } from "./sequence.ts";
import { TcpState } from "./state.ts";
import * as timers from "./timers.ts";
import { pawsRejects } from "./timestamps.ts";
import * as write from "./write.ts";

const { ACK, RST, SYN } = tcpHeader;

/**
 * Begins to open a connection (tcp_v4_connect). @throws {KernelError} ENETUNREACH, EHOSTUNREACH, EACCES ... when there is
 * no way; EADDRNOTAVAIL when no port is free.
 */
export function connect(c: TcpConnection, address: number, port: number): void {
  const { ns } = c;
  const { tcp } = ns;
  const dst = address === 0 ? c.localAddress || ip.LOOPBACK : address;
  if (!c.way.find(ns, dst, c.localAddress, c.boundTo, c.mark, c.tos & 0xfc)) {
    const { error } = ns.fib;
    if (error === "ENETUNREACH") ns.snmp.outNoRoutes++;
    throw new KernelError(error);
  }
  const { type } = c.way.route;
  if (type === "multicast" || type === "broadcast") {
    ns.fib.refuse("ENETUNREACH");
    throw new KernelError("ENETUNREACH");
  }
  c.remoteAddress = dst;
  c.remotePort = port;
  c.localAddress = c.way.source;
  choosePort(c);
  c.timestampOffset = tcp.timestampOffset(c.localAddress, dst);
  c.initialSend = tcp.initialSequence(c.localAddress, c.localPort, dst, port);
  c.identification = new ConnectionIdentification(tcp.prng.below(0x10000));
  start(c);
  tcp.counters.ActiveOpens++;
  sendFirst(c);
}

function choosePort(c: TcpConnection): void {
  const { tcp } = c.ns;
  const isFree = (port: number): boolean => mayUse(c, port);
  if (c.isBound) {
    if (!isFree(c.localPort)) throw new KernelError("EADDRNOTAVAIL");
  } else {
    c.localPort = tcp.ports.forConnection(
      tcp.portHash(c.localAddress, c.remoteAddress, c.remotePort),
      isFree,
    );
    tcp.ports.add(c, false);
    c.isBound = true;
  }
  lifecycle.hash(c);
}

/** Nobody has these four numbers, or only a rest whose time stamp makes it safe (tcp_twsk_unique). */
function mayUse(c: TcpConnection, port: number): boolean {
  const { tcp } = c.ns;
  const there = tcp.connections.find(c.localAddress, port, c.remoteAddress, c.remotePort);
  if (there === null) return true;
  if (there.kind !== "time-wait" || !there.hasTimestamps || there.recentTimestampAt < 0) return false;
  const { tcp_tw_reuse: reuse } = tcp.settings;
  const allowed = reuse === 1 || (reuse === 2 && ip.isLoopback(c.remoteAddress));
  if (!allowed || c.now - there.madeAt <= tcp.settings.tcp_tw_reuse_delay * MILLISECOND) return false;
  c.recentTimestamp = there.recentTimestamp;
  c.recentTimestampAt = there.recentTimestampAt;
  there.remove();
  tcp.counters.TWRecycled++;
  return true;
}

/** Everything that the SYN is made of (tcp_connect_init). */
function start(c: TcpConnection): void {
  const { settings } = c.ns.tcp;
  c.state = TcpState.SYN_SENT;
  c.advertisedMss = mssOf.advertised(c.way, c);
  c.pathMtu = c.way.mtu;
  const options = settings.tcp_timestamps !== 0 ? reply.TIMESTAMPS_LENGTH : 0;
  const window = receiveWindow.initialWindow(
    c.receiveLimit,
    // Before the other end has said that it takes timestamps they do not count, unless it did so the last time.
    c.advertisedMss - (c.recentTimestampAt < 0 ? 0 : options),
    c.receiveLimitLocked ? receiveWindow.fullSpace(c) : 0,
    settings.tcp_window_scaling !== 0,
    settings.tcp_rmem[2],
    settings.rmem_max,
  );
  c.mss = c.advertisedMss - options;
  c.receiveWindow = window.window;
  c.windowThreshold = window.window;
  c.windowClamp = window.clamp;
  c.receiveScale = window.scale;
  c.unacknowledged = c.initialSend;
  c.sendNext = c.initialSend;
  c.writeEnd = (c.initialSend + 1) | 0;
  c.lastSmall = c.initialSend;
  c.pushed = c.initialSend;
  c.timeout = 1000;
  c.retransmits = 0;
}

function sendFirst(c: TcpConnection): void {
  c.sendNext = (c.initialSend + 1) | 0;
  c.recoveryPoint = c.sendNext;
  c.synSentAt = c.now;
  output.sendSyn(c, false);
  timers.arm(c, Pending.retransmit, output.timeoutNanos(c));
}

/** A segment for a connection whose SYN is out (RFC 9293, 3.10.7.3; tcp_rcv_synsent_state_process). */
export function receive(c: TcpConnection, segment: Segment, packet: Packet): void {
  const { ns } = c;
  const hasAck = segment.has(ACK);
  if (hasAck && segment.acknowledgment !== c.sendNext) {
    reply.reset(ns, segment, packet);
    ns.drop(packet, Verdict.TCP_INVALID_ACK_SEQUENCE);
    return;
  }
  if (segment.has(RST)) {
    if (hasAck) lifecycle.reset(c);
    ns.drop(packet, Verdict.TCP_RESET);
    return;
  }
  if (!segment.has(SYN)) {
    ns.drop(packet, Verdict.TCP_FLAGS);
    return;
  }
  if (segment.hasTimestamps && c.recentTimestamp !== 0 && pawsRejects(c, segment, c.now)) {
    ns.drop(packet, Verdict.TCP_RFC7323_PAWS);
    return;
  }
  establish.takeOptions(c, segment);
  if (c.timestampsOk) c.advertisedMss -= reply.TIMESTAMPS_LENGTH;
  c.initialReceive = segment.sequence;
  c.receiveNext = (segment.sequence + 1) | 0;
  c.windowSentAt = c.receiveNext;
  c.readNext = c.receiveNext;
  c.sendWindow = segment.window;
  c.windowUpdate = segment.sequence;
  c.largestWindow = segment.window;
  if (hasAck) opened(c, segment);
  else answerSyn(c);
  ns.world.end(packet, Verdict.delivered, ns.place);
}

/** The SYN was answered with one: the connection is open (tcp_finish_connect). */
function opened(c: TcpConnection, segment: Segment): void {
  synAcked(c, segment);
  c.state = TcpState.ESTABLISHED;
  establish.begin(c, establish.handshakeTrip(c, segment));
  // A window that is to be scaled is known only from the next segment on.
  if (c.sendScale === 0) prediction.begin(c);
  if (c.socket !== null) {
    c.socket.wakeWriter();
    c.socket.wakeReader();
  }
  timers.startKeepAlive(c);
  output.sendAck(c);
  write.push(c);
}

function synAcked(c: TcpConnection, segment: Segment): void {
  c.unacknowledged = segment.acknowledgment;
  c.sent.start = c.unacknowledged;
  // The SYN counts as what it is in the sequence numbers: an octet that has arrived.
  c.bytesAcked++;
  c.delivered++;
  c.ns.tcp.counters.TCPDelivered++;
  timers.disarm(c);
}

/** Both ends have sent a SYN at the same time: this one's goes out again with an acknowledgment (RFC 9293, 3.5). */
function answerSyn(c: TcpConnection): void {
  c.state = TcpState.SYN_RECV;
  output.sendSyn(c, true);
}

/** In SYN-RECEIVED after a simultaneous open: the acknowledgment of this end's SYN has come. True when it has. */
export function simultaneous(c: TcpConnection, segment: Segment): boolean {
  if (!after(segment.acknowledgment, c.initialSend) || segment.acknowledgment !== c.sendNext) return false;
  c.sendWindow = segment.window * 2 ** c.sendScale;
  c.windowUpdate = segment.sequence;
  c.largestWindow = Math.max(c.largestWindow, c.sendWindow);
  synAcked(c, segment);
  c.state = TcpState.ESTABLISHED;
  establish.begin(c, establish.handshakeTrip(c, segment));
  prediction.begin(c);
  if (c.socket !== null) c.socket.wakeWriter();
  timers.startKeepAlive(c);
  return true;
}
