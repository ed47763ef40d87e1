import { MICROSECOND, MILLISECOND } from "../../sim/time.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as challenge from "./challenge.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion } from "./constants.ts";
import * as lossProbe from "./loss-probe.ts";
import * as prediction from "./prediction.ts";
import * as rack from "./rack.ts";
import * as recovery from "./recovery.ts";
import * as retransmit from "./retransmit.ts";
import * as sack from "./sack.ts";
import type { Segment } from "./segment.ts";
import { Mark } from "./sent-segments.ts";
import { after, before, distance } from "./sequence.ts";
import * as timers from "./timers.ts";
import * as timestamps from "./timestamps.ts";
import * as windowProbe from "./window-probe.ts";
import * as reduction from "./window-reduction.ts";
import * as write from "./write.ts";

/** What one acknowledgment brought (the flags of tcp_ack and struct tcp_sacktag_state). There is one for each namespace. */
export class AckNews {
  /** SND.UNA moved; the window changed; the segment had data; it had blocks that were news; a duplicate was reported. */
  advanced = false;
  windowChanged = false;
  hasData = false;
  sackedNew = false;
  duplicate = false;
  /** Data that was sent before the loss and never again has arrived (FLAG_ORIG_SACK_ACKED): not all was lost. */
  originalArrived = false;
  retransmittedAcked = false;
  newlyLost = false;
  /** Segments that had arrived before this. */
  delivered = 0;
  /** Send times of the first segments that were never repeated and are acknowledged now, or reported; negative for none. */
  firstSent = -1;
  sackSent = -1;
  sacksBefore = 0;
  reorderedAt = 0;
  wasReordered = false;
  startTimer = false;
  resend: retransmit.Resend = 0;

  begin(c: TcpConnection): void {
    this.advanced = false;
    this.windowChanged = false;
    this.hasData = false;
    this.sackedNew = false;
    this.duplicate = false;
    this.originalArrived = false;
    this.retransmittedAcked = false;
    this.newlyLost = false;
    this.delivered = c.delivered;
    this.firstSent = -1;
    this.sackSent = -1;
    this.sacksBefore = sack.highest(c);
    this.wasReordered = false;
    this.startTimer = false;
    this.resend = 0;
    c.rackAdvanced = false;
  }
}

/**
 * Takes the acknowledgment of a segment (RFC 9293, 3.10.7.4, fifth; tcp_ack). Returns 0, or why the segment as a whole
 * is not acceptable.
 */
export function receive(c: TcpConnection, segment: Segment): Verdict | 0 {
  const predicted = prediction.holds(c, segment);
  const acked = segment.acknowledgment;
  const before_ = c.unacknowledged;
  const news = c.ns.tcp.ackNews;
  news.begin(c);
  if (before(acked, before_)) return old(c, segment, news);
  if (after(acked, c.sendNext)) return Verdict.TCP_ACK_UNSENT_DATA;
  if (acked !== before_) {
    news.advanced = true;
    c.retransmits = 0;
    c.hasDuplicate = false;
  }
  if (c.timestampsOk) timestamps.remember(c, segment, c.windowSentAt, c.now);
  news.hasData = segment.end !== segment.sequence;
  const { counters } = c.ns.tcp;
  if (!news.hasData) {
    if (predicted && news.advanced) counters.TCPHPAcks++;
    else counters.TCPPureAcks++;
  }
  news.windowChanged = updateWindow(c, segment, acked);
  if (segment.sacks > 0 && c.sackOk) sack.receive(c, segment, news);
  c.softError = null;
  c.probes = 0;
  c.lastAck = c.now;
  if (c.sent.count === 0) {
    c.unacknowledged = acked;
    if (news.duplicate) {
      recovery.afterAck(c, segment, news);
      counters.TCPDelivered += c.delivered - news.delivered;
    }
    windowProbe.acknowledged(c);
    lossProbe.acknowledged(c, segment, news);
    return 0;
  }
  clean(c, segment, acked, news);
  lossProbe.acknowledged(c, segment, news);
  finish(c, segment, news);
  return 0;
}

/** An acknowledgment from before: its blocks may be news all the same. */
function old(c: TcpConnection, segment: Segment, news: AckNews): Verdict | 0 {
  const tooOld = (c.unacknowledged - Math.min(c.largestWindow, c.bytesAcked)) | 0;
  if (before(segment.acknowledgment, tooOld)) {
    challenge.send(c);
    return Verdict.TCP_TOO_OLD_ACK;
  }
  if (segment.sacks > 0 && c.sackOk) {
    sack.receive(c, segment, news);
    if (c.sent.count > 0) finish(c, segment, news);
  }
  return 0;
}

function finish(c: TcpConnection, segment: Segment, news: AckNews): void {
  if (news.startTimer) setTimer(c);
  rack.adapt(c, news.delivered);
  const dubious =
    (!news.advanced && !news.windowChanged && !news.hasData) ||
    news.sackedNew ||
    news.duplicate ||
    c.congestionState !== Congestion.open;
  if (dubious) recovery.afterAck(c, segment, news);
  // Without SACK it is the duplicates, looked at just now, that tell of what was delivered.
  const delivered = c.delivered - news.delivered;
  c.ns.tcp.counters.TCPDelivered += delivered;
  reduction.control(c, news, delivered);
  retransmit.asAsked(c, news);
}

/** After progress the time-out begins anew, as a loss probe where that helps (tcp_set_xmit_timer). */
function setTimer(c: TcpConnection): void {
  if (!timers.scheduleLossProbe(c, true)) timers.restartRetransmission(c);
}

/** The other end's window (RFC 9293, SND.WND, SND.WL1, SND.WL2; tcp_ack_update_window). */
function updateWindow(c: TcpConnection, segment: Segment, acked: number): boolean {
  const window = segment.window * 2 ** c.sendScale;
  let changed = false;
  if (
    after(acked, c.unacknowledged) ||
    after(segment.sequence, c.windowUpdate) ||
    (segment.sequence === c.windowUpdate && (window > c.sendWindow || window === 0))
  ) {
    c.windowUpdate = segment.sequence;
    if (c.sendWindow !== window) {
      changed = true;
      c.sendWindow = window;
      prediction.renew(c);
      if (window > c.largestWindow) {
        c.largestWindow = window;
        c.pathMtu = 0; // so that the segment's size is computed anew
      }
    }
  }
  return changed;
}

/** Takes what is acknowledged out of the send queue, and learns round trips from it (tcp_clean_rtx_queue). */
function clean(c: TcpConnection, segment: Segment, acked: number, news: AckNews): void {
  const { sent } = c;
  const una = c.unacknowledged;
  let segments = 0;
  let reorderedFrom = 0;
  let sawReorder = false;
  while (sent.count > 0 && !after(sent.end(0), acked)) {
    const marks = sent.marks(0);
    const sentAt = sent.sentAt(0);
    segments++;
    if ((marks & Mark.everRetransmitted) !== 0) {
      if ((marks & Mark.retransmitted) !== 0) c.retransmittedOut--;
      news.retransmittedAcked = true;
    } else if ((marks & Mark.sacked) === 0) {
      if (news.firstSent < 0) news.firstSent = sentAt;
      if (!sawReorder) {
        sawReorder = true;
        reorderedFrom = sent.begin(0);
      }
      if (!after(sent.end(0), c.recoveryPoint)) news.originalArrived = true;
    }
    if ((marks & Mark.sacked) !== 0) c.sackedOut--;
    else if (c.sackOk) {
      c.delivered++;
      rack.advance(c, (marks & Mark.everRetransmitted) !== 0, sent.order(0), sentAt);
    }
    if ((marks & Mark.lost) !== 0) c.lostOut--;
    sent.shift();
  }
  c.bytesAcked += distance(acked, una);
  c.unacknowledged = acked;
  sent.start = acked;
  measureTrip(c, segment, news);
  if (!news.advanced) return;
  news.startTimer = true;
  if (!c.sackOk) recovery.removeRenoSacks(c, segments);
  else if (sawReorder && before(reorderedFrom, news.sacksBefore))
    recovery.noteReordering(c, reorderedFrom, sack.highest(c));
  if (c.busySince >= 0 && sent.count === 0 && c.unsent === 0) {
    c.busyTime += c.now - c.busySince;
    c.busySince = -1;
  }
  // The probe's answer, or progress: the time-out is not backed off any more.
  c.backoff = 0;
  if (c.socket !== null) c.socket.wakeWriter();
}

/** A round trip from a segment that was sent only once, else from the timestamp (tcp_ack_update_rtt; RFC 7323, 4). */
function measureTrip(c: TcpConnection, segment: Segment, news: AckNews): void {
  let micros = -1;
  const now = c.now;
  if (news.firstSent >= 0 && !news.retransmittedAcked) micros = (now - news.firstSent) / MICROSECOND;
  else if (news.sackSent >= 0) micros = (now - news.sackSent) / MICROSECOND;
  if (micros < 0 && c.timestampsOk && segment.hasTimestamps && segment.echo !== 0 && news.advanced) {
    const millis = (c.ns.tcp.timestamp(c.timestampOffset) - segment.echo) | 0;
    if (millis >= 0) micros = Math.max(1, millis) * (MILLISECOND / MICROSECOND);
  }
  if (micros < 0) return;
  c.trip.add(micros, c.unacknowledged, c.sendNext, c.ns.tcp.settings.tcp_rto_min_us);
  c.timeout = c.trip.timeout;
  c.congestion.measured?.(c, micros);
}

/** True when everything that was sent, the FIN included, has been acknowledged. */
export function isAllAcked(c: TcpConnection): boolean {
  return c.finSent && c.sent.count === 0 && !write.hasUnsent(c);
}
