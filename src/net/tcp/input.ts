import type { Packet } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { NetDevice } from "../net-device.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import * as reasons from "../reasons.ts";
import * as ack from "./ack.ts";
import * as acks from "./acks.ts";
import * as activeOpen from "./active-open.ts";
import * as challenge from "./challenge.ts";
import type { TcpConnection } from "./connection.ts";
import * as data from "./data.ts";
import * as lifecycle from "./lifecycle.ts";
import { isLimited } from "./out-of-window.ts";
import * as passiveOpen from "./passive-open.ts";
import * as reply from "./reply.ts";
import type { Segment } from "./segment.ts";
import { after, before } from "./sequence.ts";
import { TcpState } from "./state.ts";
import * as timeLimits from "./time-limits.ts";
import { TIME_WAIT } from "./time-wait.ts";
import { pawsRejects } from "./timestamps.ts";
import * as write from "./write.ts";

const { ACK, FIN, RST, SYN } = tcpHeader;

/** Hands a segment to the connection or the listener that it is for, or refuses it (tcp_v4_rcv). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const { view, networkAt, transportAt } = packet;
  const { tcp } = ns;
  const length = packet.at + packet.length - transportAt;
  tcp.counters.InSegs++;
  if (!tcpHeader.fits(view, transportAt, length)) {
    tcp.counters.InErrs++;
    ns.drop(packet, Verdict.PKT_TOO_SMALL);
    return;
  }
  const src = ipv4.src(view, networkAt);
  const dst = ipv4.dst(view, networkAt);
  if (!packet.trusted && !tcpHeader.isChecksumValid(view, transportAt, length, src, dst)) {
    tcp.counters.InErrs++;
    tcp.counters.InCsumErrors++;
    ns.drop(packet, Verdict.TCP_CSUM);
    return;
  }
  const segment = tcp.segment;
  segment.read(packet, src, dst, length);
  let initialSend = 0;
  const there = tcp.connections.find(dst, segment.dstPort, src, segment.srcPort);
  if (there !== null) {
    switch (there.kind) {
      case "connection":
        process(there, segment, packet);
        return;
      case "request": {
        const connection = passiveOpen.proceed(there, segment, packet);
        if (connection !== null) process(connection, segment, packet);
        return;
      }
      default:
        if (there.receive(segment, packet) === "done") return;
        // A new connection with the numbers of the old one, whose sequence numbers it must not meet.
        initialSend = (there.sendNext + 65537) | 0 || 1;
        if (tcp.ports.listener(device, dst, segment.dstPort) === null) {
          there.acknowledge(segment);
          ns.drop(packet, Verdict.TCP_TIMEWAIT);
          return;
        }
        there.remove();
    }
  }
  const listener = tcp.ports.listener(device, dst, segment.dstPort);
  if (listener !== null) {
    passiveOpen.listen(listener, segment, packet, initialSend);
    return;
  }
  reply.reset(ns, segment, packet);
  ns.drop(packet, Verdict.NO_SOCKET, reasons.noSocket(ns, "tcp", dst, segment.dstPort));
}

/** A segment for a connection: RFC 9293, 3.10.7.3 and 3.10.7.4, in Linux's order (tcp_rcv_state_process). */
function process(c: TcpConnection, segment: Segment, packet: Packet): void {
  c.segmentsIn++;
  c.tunedBy = c.now;
  if (segment.dataLength > 0) c.dataSegmentsIn++;
  if (c.state === TcpState.SYN_SENT) {
    activeOpen.receive(c, segment, packet);
    return;
  }
  const { ns } = c;
  const verdict = take(c, segment, packet);
  if (verdict === Verdict.delivered) ns.world.end(packet, verdict, ns.place);
  else ns.drop(packet, verdict);
}

function take(c: TcpConnection, segment: Segment, packet: Packet): Verdict {
  if (c.state === TcpState.SYN_RECV && segment.has(SYN) && isSynAgain(c, segment)) {
    if (!segment.has(ACK)) return Verdict.delivered;
  } else {
    const problem = validate(c, segment);
    if (problem !== 0) return problem;
  }
  if (!segment.has(ACK)) return Verdict.TCP_FLAGS;
  if (c.state === TcpState.SYN_RECV) {
    if (!activeOpen.simultaneous(c, segment)) {
      reply.reset(c.ns, segment, packet);
      return Verdict.TCP_INVALID_ACK_SEQUENCE;
    }
    if (segment.has(SYN)) return Verdict.delivered;
  }
  const refused = ack.receive(c, segment);
  if (refused !== 0) {
    if (c.state !== TcpState.ESTABLISHED) challenge.send(c);
    return refused;
  }
  if (ack.isAllAcked(c)) {
    const ended = finAcked(c, segment, packet);
    if (ended !== 0) return ended;
  }
  return takeData(c, segment, packet);
}

/** In a simultaneous open the other end's SYN may come again, with or without an acknowledgment. */
function isSynAgain(c: TcpConnection, segment: Segment): boolean {
  return segment.sequence === c.initialReceive;
}

/** Whether the segment is acceptable at all (RFC 9293, first to fourth; tcp_validate_incoming). 0: it is. */
function validate(c: TcpConnection, segment: Segment): Verdict | 0 {
  const { counters } = c.ns.tcp;
  if (c.timestampsOk && segment.hasTimestamps && pawsRejects(c, segment, c.now)) {
    if (segment.has(SYN)) return challengeSyn(c);
    counters.PAWSEstab++;
    if (!isLimited(c, segment, "TCPACKSkippedPAWS")) data.answerUnacceptable(c, segment);
    return Verdict.TCP_RFC7323_PAWS;
  }
  const isOld = before(segment.end, c.windowSentAt);
  if (isOld || after(segment.sequence, (c.receiveNext + c.windowLeft) | 0)) {
    if (segment.has(RST)) {
      if (isAfterFin(c, segment)) lifecycle.reset(c);
      return Verdict.TCP_RESET;
    }
    if (segment.has(SYN)) return challengeSyn(c);
    if (!isLimited(c, segment, "TCPACKSkippedSeq")) data.answerUnacceptable(c, segment);
    return isOld ? Verdict.TCP_OLD_SEQUENCE : Verdict.TCP_INVALID_SEQUENCE;
  }
  if (segment.has(RST)) {
    // RFC 5961: only the very next number resets; others are asked about.
    if (segment.sequence === c.receiveNext || isAfterFin(c, segment) || isAfterGap(c, segment))
      lifecycle.reset(c);
    else challenge.send(c);
    return Verdict.TCP_RESET;
  }
  if (segment.has(SYN)) return challengeSyn(c);
  return 0;
}

function challengeSyn(c: TcpConnection): Verdict {
  c.ns.tcp.counters.TCPSYNChallenge++;
  challenge.send(c);
  return Verdict.TCP_INVALID_SYN;
}

/** Some systems reset with the number of their FIN (tcp_reset_check). */
function isAfterFin(c: TcpConnection, segment: Segment): boolean {
  return (
    segment.sequence === ((c.receiveNext - 1) | 0) &&
    (c.state === TcpState.CLOSE_WAIT || c.state === TcpState.LAST_ACK || c.state === TcpState.CLOSING)
  );
}

/** The other end resets behind data of which something before is still missing here. */
function isAfterGap(c: TcpConnection, segment: Segment): boolean {
  return c.sackOk && c.outOfOrder.count > 0 && segment.sequence === c.outOfOrder.last;
}

/** Everything that this end sent, its FIN too, has arrived. 0: the segment goes on. */
function finAcked(c: TcpConnection, segment: Segment, packet: Packet): Verdict | 0 {
  switch (c.state) {
    case TcpState.FIN_WAIT1:
      c.state = TcpState.FIN_WAIT2;
      if (!c.orphan) {
        lifecycle.wake(c);
        return 0;
      }
      return withoutReader(c, segment, packet);
    case TcpState.CLOSING:
      lifecycle.timeWait(c, TcpState.TIME_WAIT, 0);
      return Verdict.delivered;
    case TcpState.LAST_ACK:
      lifecycle.done(c);
      return Verdict.delivered;
    default:
      return 0;
  }
}

/** FIN-WAIT-2 of a connection that nobody reads: only the other end's FIN may come. */
function withoutReader(c: TcpConnection, segment: Segment, packet: Packet): Verdict | 0 {
  const fin = segment.flags & FIN;
  if (segment.end !== segment.sequence && after((segment.end - fin) | 0, c.receiveNext)) {
    c.ns.tcp.counters.TCPAbortOnData++;
    lifecycle.done(c);
    reply.reset(c.ns, segment, packet);
    return Verdict.TCP_ABORT_ON_DATA;
  }
  const time = timeLimits.finTime(c);
  if (time > TIME_WAIT) c.armKeepTimer(time - TIME_WAIT);
  else if (fin !== 0) c.armKeepTimer(time);
  else {
    lifecycle.timeWait(c, TcpState.FIN_WAIT2, time);
    return Verdict.delivered;
  }
  return 0;
}

function takeData(c: TcpConnection, segment: Segment, packet: Packet): Verdict {
  let verdict: Verdict = Verdict.delivered;
  switch (c.state) {
    case TcpState.CLOSE_WAIT:
    case TcpState.CLOSING:
    case TcpState.LAST_ACK:
      // The other end has said its last word: what comes is old, and data() answers so.
      verdict = data.receive(c, segment, packet);
      break;
    case TcpState.FIN_WAIT1:
    case TcpState.FIN_WAIT2: {
      const fin = segment.flags & FIN;
      if (
        c.receiveShut &&
        segment.end !== segment.sequence &&
        after((segment.end - fin) | 0, c.receiveNext)
      ) {
        // Data for a program that does not read any more (RFC 9293, 3.6.1).
        c.ns.tcp.counters.TCPAbortOnData++;
        lifecycle.reset(c);
        reply.reset(c.ns, segment, packet);
        return Verdict.TCP_ABORT_ON_DATA;
      }
      verdict = data.receive(c, segment, packet);
      break;
    }
    case TcpState.ESTABLISHED:
      verdict = data.receive(c, segment, packet);
      break;
    default:
      return verdict;
  }
  if ((c.state as TcpState) === TcpState.CLOSE) return verdict;
  // Room in the windows may have come with the acknowledgment.
  write.push(c);
  acks.check(c);
  return verdict;
}
