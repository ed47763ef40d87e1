import type { AckNews } from "./ack.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, DUPLICATE_ACKS, Pending } from "./constants.ts";
import * as rack from "./rack.ts";
import * as retransmit from "./retransmit.ts";
import type { Segment } from "./segment.ts";
import { Mark } from "./sent-segments.ts";
import { after, before, distance } from "./sequence.ts";
import * as timers from "./timers.ts";
import * as undo from "./undo.ts";
import * as reduction from "./window-reduction.ts";
import * as write from "./write.ts";

/** The network changes the order by so many segments at least (tcp_check_sack_reordering). */
export function noteReordering(c: TcpConnection, lowest: number, highest: number): void {
  if (!before(lowest, highest)) return;
  const mss = Math.max(1, c.mss);
  const segments = Math.ceil(distance(highest, lowest) / mss);
  if (segments > c.reordering) c.reordering = Math.min(segments, c.ns.tcp.settings.tcp_max_reordering);
  c.reorderingSeen++;
  c.ns.tcp.counters.TCPSACKReorder++;
}

/** Without SACK each duplicate acknowledgment stands for one segment that has arrived (tcp_add_reno_sack). */
function addRenoSack(c: TcpConnection): void {
  c.sackedOut++;
  c.hasDuplicate = true;
  if (!limitRenoSacks(c)) c.delivered++;
}

/** Progress without SACK takes those away again (tcp_remove_reno_sacks). */
export function removeRenoSacks(c: TcpConnection, acked: number): void {
  if (acked > 0) c.delivered += Math.max(acked - c.sackedOut, 1);
  if (c.sackedOut > 0) c.sackedOut = acked - 1 >= c.sackedOut ? 0 : c.sackedOut - (acked - 1);
  limitRenoSacks(c);
}

/** Not more can have arrived than is under way and not lost (tcp_limit_reno_sacked). True when it was too much. */
function limitRenoSacks(c: TcpConnection): boolean {
  const most = c.sent.count - Math.max(1, c.lostOut);
  if (c.sackedOut <= most) return false;
  c.sackedOut = Math.max(0, most);
  return true;
}

/** Every repeated segment counts for the undo (tcp_init_undo). */
function startUndo(c: TcpConnection): void {
  c.hasUndo = true;
  c.undoMarker = c.unacknowledged;
  c.undoRetransmits = c.retransmittedOut > 0 ? c.retransmittedOut : -1;
}

/** The retransmission timer has run out: all that was sent is taken as lost (RFC 5681, 3.1; tcp_enter_loss). */
export function enterLoss(c: TcpConnection): void {
  const fresh = c.congestionState < Congestion.recovery;
  const { sent } = c;
  if (!c.sackOk) c.sackedOut = 0;
  // Blocks that do not move the acknowledgment although everything behind is here were taken back (reneging).
  const reneged = sent.count > 0 && (sent.marks(0) & Mark.sacked) !== 0;
  if (reneged) c.ns.tcp.counters.TCPSACKReneging++;
  for (let i = 0; i < sent.count; i++) {
    if (reneged && (sent.marks(i) & Mark.sacked) !== 0) {
      sent.setMarks(i, sent.marks(i) & ~Mark.sacked);
      c.sackedOut--;
      retransmit.markLost(c, i);
    } else if (i === 0 || !c.sackOk || !rack.isInUse(c) || rack.isOverdue(c, i)) retransmit.markLost(c, i);
  }
  if (
    c.congestionState <= Congestion.disorder ||
    !after(c.recoveryPoint, c.unacknowledged) ||
    (c.congestionState === Congestion.loss && c.retransmits === 0)
  ) {
    c.priorThreshold = reduction.currentThreshold(c);
    c.priorWindow = c.window;
    c.threshold = c.congestion.thresholdAfterLoss(c);
    startUndo(c);
  }
  c.window = c.inFlight + 1;
  c.windowCount = 0;
  if (c.congestionState <= Congestion.disorder && c.sackedOut >= c.ns.tcp.settings.tcp_reordering)
    c.reordering = Math.min(c.reordering, c.ns.tcp.settings.tcp_reordering);
  setLoss(c);
  c.recoveryPoint = c.sendNext;
  c.hasProbe = false;
  // A time-out may be mistaken: F-RTO finds out, unless this one follows another.
  c.frto = fresh || c.retransmits > 0;
}

/** What the congestion control has learned of the network holds no more. */
function setLoss(c: TcpConnection): void {
  c.congestionState = Congestion.loss;
  c.congestion.reset?.();
}

function enterRecovery(c: TcpConnection): void {
  const { counters } = c.ns.tcp;
  if (c.sackOk) counters.TCPSackRecovery++;
  else counters.TCPRenoRecovery++;
  c.priorThreshold = 0;
  if (c.rackPersist > 0) c.rackPersist--;
  startUndo(c);
  if (c.congestionState !== Congestion.reduced) {
    c.priorThreshold = reduction.currentThreshold(c);
    reduction.start(c);
  }
  c.congestionState = Congestion.recovery;
}

/** What an acknowledgment means that is not plain progress: losses, their end, mistakes (tcp_fastretrans_alert). */
export function afterAck(c: TcpConnection, segment: Segment, news: AckNews): void {
  const isDuplicate =
    !news.advanced && !news.windowChanged && !news.hasData && segment.acknowledgment === c.unacknowledged;
  if (c.sent.count === 0 && c.sackedOut > 0) c.sackedOut = 0;
  if (c.congestionState === Congestion.open)
    c.retransmittedSince = c.retransmittedOut > 0 ? c.retransmittedSince : 0;
  else if (!before(c.unacknowledged, c.recoveryPoint)) leave(c, segment);
  switch (c.congestionState) {
    case Congestion.recovery:
      if (!news.advanced) {
        if (!c.sackOk && isDuplicate) addRenoSack(c);
      } else if (undo.partial(c, segment)) return;
      if (undo.byDuplicates(c)) {
        undo.keepOpen(c);
        if ((c.congestionState as Congestion) <= Congestion.disorder) return;
      }
      identifyLost(c, news);
      break;
    case Congestion.loss:
      processLoss(c, segment, news, isDuplicate);
      if (c.congestionState !== Congestion.loss) return;
      identifyLost(c, news);
      return;
    default:
      if (!c.sackOk) {
        if (news.advanced) c.sackedOut = 0;
        if (isDuplicate) addRenoSack(c);
      }
      if (c.congestionState <= Congestion.disorder) undo.byDuplicates(c);
      identifyLost(c, news);
      if (c.lostOut === 0) {
        undo.keepOpen(c);
        return;
      }
      enterRecovery(c);
  }
  news.resend = retransmit.Resend.lost;
}

/** The end of recovery is reached (the first part of tcp_fastretrans_alert's switch). */
function leave(c: TcpConnection, segment: Segment): void {
  switch (c.congestionState) {
    case Congestion.reduced:
      if (c.unacknowledged !== c.recoveryPoint) {
        reduction.end(c);
        c.congestionState = Congestion.open;
      }
      return;
    case Congestion.recovery:
      if (!c.sackOk) c.sackedOut = 0;
      if (undo.recovery(c, segment)) return;
      reduction.end(c);
      c.congestionState = c.sackedOut > 0 ? Congestion.disorder : Congestion.open;
      c.hasUndo = false;
      c.retransmittedSince = 0;
      return;
    default:
  }
}

function identifyLost(c: TcpConnection, news: AckNews): void {
  if (c.sent.count === 0) return;
  const before_ = c.lostOut;
  if (!c.sackOk) {
    // RFC 6582: the first segment is lost after three duplicates, and again with each partial acknowledgment.
    const state = c.congestionState;
    if (
      (state < Congestion.recovery && c.sackedOut >= Math.min(c.reordering, DUPLICATE_ACKS)) ||
      (state >= Congestion.recovery && news.advanced)
    ) {
      if ((c.sent.marks(0) & Mark.lost) === 0) retransmit.markLost(c, 0);
      else if (news.advanced && (c.sent.marks(0) & Mark.retransmitted) === 0) retransmit.markLost(c, 0);
    }
  } else rack.markLost(c);
  if (c.lostOut > before_) news.newlyLost = true;
}

/** After a time-out: is what comes back the answer to the repeated segment, or was the time-out a mistake? (RFC 5682) */
function processLoss(c: TcpConnection, segment: Segment, news: AckNews, isDuplicate: boolean): void {
  const recovered = !before(c.unacknowledged, c.recoveryPoint);
  if (news.advanced && undo.loss(c, segment, false)) return;
  if (c.frto) {
    if (news.originalArrived && undo.loss(c, segment, true)) return;
    if (after(c.sendNext, c.recoveryPoint)) {
      if (news.sackedNew || isDuplicate) c.frto = false;
    } else if (news.advanced && !recovered) {
      c.recoveryPoint = c.sendNext;
      if (write.hasUnsent(c) && after(write.windowEnd(c), c.sendNext)) {
        news.resend = retransmit.Resend.fresh;
        return;
      }
      c.frto = false;
    }
  }
  if (recovered) {
    undo.recovery(c, segment);
    if (c.congestionState === Congestion.loss) {
      c.congestionState = c.sackedOut > 0 ? Congestion.disorder : Congestion.open;
      c.hasUndo = false;
      c.retransmittedSince = 0;
    }
    return;
  }
  if (!c.sackOk) {
    if (after(c.sendNext, c.recoveryPoint) && isDuplicate) addRenoSack(c);
    else if (news.advanced) c.sackedOut = 0;
  }
  news.resend = retransmit.Resend.lost;
}

/** RACK's timer: what seemed to be only out of order is lost after all (tcp_rack_reo_timeout). */
export function reorderingDue(c: TcpConnection): void {
  const before_ = c.lostOut;
  const inFlight = c.inFlight;
  rack.detect(c);
  if (c.inFlight !== inFlight || c.lostOut !== before_) {
    if (c.congestionState !== Congestion.recovery) enterRecovery(c);
    const { ackNews } = c.ns.tcp;
    ackNews.begin(c);
    reduction.step(c, 1, ackNews);
    c.deliveredInRecovery--;
    retransmit.allLost(c);
  }
  if (c.pending !== Pending.retransmit) timers.restartRetransmission(c);
}

/** Sends again at once what is longer than `mss`: no loss by congestion, so the window stays (tcp_simple_retransmit). */
export function resendLarger(c: TcpConnection, mss: number): void {
  const before_ = c.lostOut;
  for (let i = 0; i < c.sent.count; i++) if (write.payloadLength(c, i) > mss) retransmit.markLost(c, i);
  if (c.lostOut === before_) return;
  if (c.congestionState !== Congestion.loss) {
    c.recoveryPoint = c.sendNext;
    c.threshold = reduction.currentThreshold(c);
    c.priorThreshold = 0;
    c.hasUndo = false;
    setLoss(c);
  }
  retransmit.allLost(c);
}
