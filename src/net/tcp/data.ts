import type { Packet } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import * as acks from "./acks.ts";
import { trueSize } from "./buffered-segments.ts";
import type { TcpConnection } from "./connection.ts";
import { Owed } from "./constants.ts";
import * as lifecycle from "./lifecycle.ts";
import * as output from "./output.ts";
import * as prediction from "./prediction.ts";
import * as receiveTrip from "./receive-trip.ts";
import * as receiveWindow from "./receive-window.ts";
import type { Segment } from "./segment.ts";
import { after, before, distance } from "./sequence.ts";
import { TcpState } from "./state.ts";

/**
 * Takes the octets of an acceptable segment (RFC 9293, 3.10.7.4, seventh and eighth; tcp_data_queue). Returns what
 * becomes of the packet; all its octets are in the receive buffer, or not wanted, afterwards.
 */
export function receive(c: TcpConnection, segment: Segment, packet: Packet): Verdict {
  if (segment.end === segment.sequence) return Verdict.delivered;
  receiveTrip.byTimestamp(c, segment);
  const { counters } = c.ns.tcp;
  c.duplicateLeft = c.duplicateRight;
  const next = c.receiveNext;
  const left = c.windowLeft;
  if (!after(segment.end, next)) {
    counters.DelayedACKLost++;
    reportDuplicate(c, segment.sequence, segment.end, false);
    return refuse(c, Verdict.TCP_OLD_DATA);
  }
  if (!before(segment.sequence, (next + left) | 0)) {
    if (left === 0) counters.TCPZeroWindowDrop++;
    return refuse(c, left === 0 ? Verdict.TCP_ZEROWINDOW : Verdict.TCP_OVERWINDOW);
  }
  if (after(segment.sequence, next)) return queueAhead(c, segment, packet);
  if (segment.sequence !== next) reportDuplicate(c, segment.sequence, next, false);
  take(c, segment, packet);
  if (c.predicted < 0 && c.outOfOrder.count === 0) prediction.renew(c);
  return Verdict.delivered;
}

/** The segment holds the next octet. */
function take(c: TcpConnection, segment: Segment, packet: Packet): void {
  const skip = distance(c.receiveNext, segment.sequence);
  const length = segment.dataLength - skip;
  if (length > 0) {
    store(c, c.receiveNext, packet, segment.dataAt + skip, length);
    const left = c.receiveNext;
    c.receiveNext = (left + length) | 0;
    c.bytesReceived += length;
    // The sender has it, and lets go, as soon as it has heard of it.
    const isKnown = !after(left, c.windowSentAt);
    if (c.inOrder.append(left, c.receiveNext, isKnown || isCut(c, length)))
      c.ns.tcp.counters.TCPRcvCoalesce++;
    receiveTrip.byWindow(c);
    acks.dataReceived(c, length, segment.has(tcpHeader.PSH));
  }
  if (segment.has(tcpHeader.FIN)) finReached(c);
  else if (c.outOfOrder.count > 0 || c.finAhead) fillGap(c);
  if (length > 0 && c.socket !== null) c.socket.wakeReader();
}

/** What lay beyond the gap follows, and the other end hears at once that it is filled. */
function fillGap(c: TcpConnection): void {
  const before_ = c.receiveNext;
  c.receiveNext = c.outOfOrder.advance(before_);
  c.bytesReceived += distance(c.receiveNext, before_);
  c.ns.tcp.counters.TCPRcvCoalesce += c.ahead.moveTo(c.inOrder, before_);
  if (c.outOfOrder.count === 0) c.owed |= Owed.now;
  if (c.finAhead && c.finAt === c.receiveNext) finReached(c);
}

/** A segment beyond a gap (tcp_data_queue_ofo). */
function queueAhead(c: TcpConnection, segment: Segment, packet: Packet): Verdict {
  const { counters } = c.ns.tcp;
  c.owed |= Owed.scheduled;
  c.predicted = -1;
  counters.TCPOFOQueue++;
  c.segmentsAhead++;
  const end = (segment.sequence + segment.dataLength) | 0;
  if (segment.has(tcpHeader.FIN)) {
    c.finAhead = true;
    c.finAt = end;
  }
  if (segment.dataLength === 0) return Verdict.delivered;
  if (c.outOfOrder.covers(segment.sequence, end)) {
    counters.TCPOFOMerge++;
    reportDuplicate(c, segment.sequence, end, true);
    return Verdict.TCP_OFOMERGE;
  }
  store(c, segment.sequence, packet, segment.dataAt, segment.dataLength);
  c.outOfOrder.add(segment.sequence, end);
  if (c.ahead.add(segment.sequence, end, isCut(c, segment.dataLength))) counters.TCPRcvCoalesce++;
  if (c.socket !== null) receiveWindow.growBuffer(c, c.tuneSpace);
  // Without SACK every answer must look the same, or it is no duplicate.
  if (c.sackOk) receiveWindow.grow(c, segment.dataLength, trueSize(segment.dataLength));
  return Verdict.delivered;
}

/**
 * Whether a segment is likely to have been cut out of a larger packet (GSO), of which its sender keeps nothing that
 * could stand in the way of sharing a record: such packets fill at most half of the window (tcp_bound_to_half_wnd).
 */
function isCut(c: TcpConnection, length: number): boolean {
  return length >= c.receivedMss && c.windowClamp >> 1 >= 2 * length;
}

function store(c: TcpConnection, sequence: number, packet: Packet, at: number, length: number): void {
  const { outOfOrder, receiveBuffer } = c;
  const highest =
    outOfOrder.count > 0 && after(outOfOrder.last, c.receiveNext) ? outOfOrder.last : c.receiveNext;
  const used = distance(highest, c.readNext);
  receiveBuffer.reserve(c.readNext, used, Math.max(used, distance((sequence + length) | 0, c.readNext)));
  receiveBuffer.put(sequence, packet.view, at, length);
}

/** Tells the other end that something came twice (RFC 2883). */
function reportDuplicate(c: TcpConnection, left: number, right: number, ahead: boolean): void {
  const { settings, counters } = c.ns.tcp;
  if (!c.sackOk || settings.tcp_dsack === 0) return;
  if (ahead) counters.TCPDSACKOfoSent++;
  else counters.TCPDSACKOldSent++;
  c.duplicateLeft = left;
  c.duplicateRight = right;
}

function refuse(c: TcpConnection, verdict: Verdict): Verdict {
  acks.enterQuick(c);
  c.owed |= Owed.scheduled;
  return verdict;
}

/** A segment that is not acceptable is answered with what was expected (tcp_send_dupack). */
export function answerUnacceptable(c: TcpConnection, segment: Segment): void {
  if (segment.end !== segment.sequence && before(segment.sequence, c.receiveNext)) {
    c.ns.tcp.counters.DelayedACKLost++;
    acks.enterQuick(c);
    const right = after(segment.end, c.receiveNext) ? c.receiveNext : segment.end;
    reportDuplicate(c, segment.sequence, right, false);
  }
  output.sendAck(c);
}

/** The other end has sent all it had to say (tcp_fin). */
function finReached(c: TcpConnection): void {
  c.receiveNext = (c.receiveNext + 1) | 0;
  c.owed |= Owed.scheduled;
  c.finReceived = true;
  c.finAhead = false;
  c.receiveShut = true;
  switch (c.state) {
    case TcpState.SYN_RECV:
    case TcpState.ESTABLISHED:
      c.state = TcpState.CLOSE_WAIT;
      c.pingPong = Math.max(c.pingPong, c.ns.tcp.settings.tcp_pingpong_thresh);
      break;
    case TcpState.FIN_WAIT1:
      // Both have closed at the same time.
      output.sendAck(c);
      c.state = TcpState.CLOSING;
      break;
    case TcpState.FIN_WAIT2:
      output.sendAck(c);
      lifecycle.timeWait(c, TcpState.TIME_WAIT, 0);
      break;
    default:
  }
  lifecycle.wake(c);
}
