import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { AckNews } from "./ack.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, NO_THRESHOLD, Pending } from "./constants.ts";
import * as rack from "./rack.ts";
import type { Segment } from "./segment.ts";
import { Mark } from "./sent-segments.ts";
import { after, before, distance } from "./sequence.ts";
import * as timers from "./timers.ts";
import * as undo from "./undo.ts";
import * as write from "./write.ts";

/** So many duplicate acknowledgments mean a loss without SACK (TCP_FASTRETRANS_THRESH). */
const DUPLICATES = 3;
/** What an acknowledgment asks to send: nothing, what is lost, or something new (F-RTO). */
export const Resend = { none: 0, lost: 1, fresh: 2 } as const;
export type Resend = (typeof Resend)[keyof typeof Resend];

export function rackAdvance(c: TcpConnection, repeated: boolean, order: number, sentAt: Nanos): void {
  rack.advance(c, repeated, order, sentAt);
}

/** The network changes the order by so many segments at least (tcp_check_sack_reordering). */
export function noteReordering(c: TcpConnection, lowest: number): void {
  const highest = c.forwardMost;
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
  if (c.sackedOut + Math.max(1, c.lostOut) > c.sent.count)
    c.sackedOut = Math.max(0, c.sent.count - Math.max(1, c.lostOut));
  else c.delivered++;
}

/** Progress without SACK takes those away again (tcp_remove_reno_sacks). */
export function removeRenoSacks(c: TcpConnection, acked: number): void {
  if (c.sackedOut > 0) c.sackedOut = acked - 1 >= c.sackedOut ? 0 : c.sackedOut - (acked - 1);
  if (c.sackedOut + Math.max(1, c.lostOut) > c.sent.count)
    c.sackedOut = Math.max(0, c.sent.count - Math.max(1, c.lostOut));
}

/** Takes segment `i` as lost (tcp_mark_skb_lost). */
export function markLost(c: TcpConnection, i: number): void {
  const marks = c.sent.marks(i);
  if ((marks & Mark.sacked) !== 0) return;
  let rest = marks | Mark.lost;
  if ((marks & Mark.lost) !== 0) {
    if ((marks & Mark.retransmitted) !== 0) {
      // What was sent again was lost as well.
      rest &= ~Mark.retransmitted;
      c.retransmittedOut--;
      c.ns.tcp.counters.TCPLostRetransmit++;
    }
  } else {
    c.lostOut++;
    if ((marks & Mark.retransmitted) !== 0) {
      rest &= ~Mark.retransmitted;
      c.retransmittedOut--;
    }
  }
  c.sent.setMarks(i, rest);
}

/** Sends segment `i` again and accounts for it (tcp_retransmit_skb); false when it could not be sent. */
export function retransmit(c: TcpConnection, i: number): boolean {
  if (!write.again(c, i)) return false;
  const marks = c.sent.marks(i);
  if ((marks & Mark.retransmitted) === 0) c.retransmittedOut++;
  c.sent.setMarks(i, marks | Mark.retransmitted | Mark.everRetransmitted);
  if (c.retransmittedSince === 0) c.retransmittedSince = Math.max(1, c.now);
  c.undoRetransmits = Math.max(0, c.undoRetransmits) + 1;
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
      markLost(c, i);
    } else if (i === 0 || !c.sackOk || !rack.isInUse(c) || rack.isOverdue(c, i)) markLost(c, i);
  }
  if (
    c.congestionState <= Congestion.disorder ||
    !after(c.recoveryPoint, c.unacknowledged) ||
    (c.congestionState === Congestion.loss && c.retransmits === 0)
  ) {
    c.priorThreshold = currentThreshold(c);
    c.priorWindow = c.window;
    c.threshold = c.congestion.thresholdAfterLoss(c);
    startUndo(c);
  }
  c.window = c.inFlight + 1;
  c.windowCount = 0;
  if (c.congestionState <= Congestion.disorder && c.sackedOut >= c.ns.tcp.settings.tcp_reordering)
    c.reordering = Math.min(c.reordering, c.ns.tcp.settings.tcp_reordering);
  c.congestionState = Congestion.loss;
  c.recoveryPoint = c.sendNext;
  c.hasProbe = false;
  // A time-out may be mistaken: F-RTO finds out, unless this one follows another.
  c.frto = fresh || c.retransmits > 0;
}

/** The threshold as an undo should see it (tcp_current_ssthresh). */
function currentThreshold(c: TcpConnection): number {
  if (c.congestionState === Congestion.reduced || c.congestionState === Congestion.recovery)
    return c.threshold;
  return Math.max(c.threshold, (c.window >> 1) + (c.window >> 2));
}

/** Reduces the window step by step from now on (tcp_init_cwnd_reduction; RFC 6937). */
function startReduction(c: TcpConnection): void {
  c.recoveryPoint = c.sendNext;
  c.hasProbe = false;
  c.windowCount = 0;
  c.priorWindow = c.window;
  c.deliveredInRecovery = 0;
  c.sentInRecovery = 0;
  c.threshold = c.congestion.thresholdAfterLoss(c);
}

function enterRecovery(c: TcpConnection): void {
  const { counters } = c.ns.tcp;
  if (c.sackOk) counters.TCPSackRecovery++;
  else counters.TCPRenoRecovery++;
  c.priorThreshold = 0;
  if (c.rackPersist > 0) c.rackPersist--;
  startUndo(c);
  if (c.congestionState !== Congestion.reduced) {
    c.priorThreshold = currentThreshold(c);
    startReduction(c);
  }
  c.congestionState = Congestion.recovery;
}

function endReduction(c: TcpConnection): void {
  if (c.threshold < NO_THRESHOLD && (c.congestionState === Congestion.reduced || c.hasUndo))
    c.window = c.threshold;
}

/** What an acknowledgment means that is not plain progress: losses, their end, mistakes (tcp_fastretrans_alert). */
export function afterAck(c: TcpConnection, segment: Segment, news: AckNews): void {
  const isDuplicate =
    !news.advanced && !news.windowChanged && !news.hasData && segment.acknowledgment === c.unacknowledged;
  if (c.sent.count === 0 && c.sackedOut > 0) c.sackedOut = 0;
  // The other end said that it has the first one, and does not acknowledge it.
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
      identifyLost(c, isDuplicate, news);
      break;
    case Congestion.loss:
      processLoss(c, segment, news, isDuplicate);
      if (c.congestionState !== Congestion.loss) return;
      identifyLost(c, isDuplicate, news);
      return;
    default:
      if (!c.sackOk) {
        if (news.advanced) c.sackedOut = 0;
        if (isDuplicate) addRenoSack(c);
      }
      if (c.congestionState <= Congestion.disorder) undo.byDuplicates(c);
      identifyLost(c, isDuplicate, news);
      if (c.lostOut === 0) {
        undo.keepOpen(c);
        return;
      }
      enterRecovery(c);
  }
  news.resend = Resend.lost;
}

/** The end of recovery is reached (the first part of tcp_fastretrans_alert's switch). */
function leave(c: TcpConnection, segment: Segment): void {
  switch (c.congestionState) {
    case Congestion.reduced:
      if (c.unacknowledged !== c.recoveryPoint) {
        endReduction(c);
        c.congestionState = Congestion.open;
      }
      return;
    case Congestion.recovery:
      if (!c.sackOk) c.sackedOut = 0;
      if (undo.recovery(c, segment)) return;
      endReduction(c);
      c.congestionState = c.sackedOut > 0 ? Congestion.disorder : Congestion.open;
      c.hasUndo = false;
      c.retransmittedSince = 0;
      return;
    default:
  }
}

function identifyLost(c: TcpConnection, isDuplicate: boolean, news: AckNews): void {
  if (c.sent.count === 0) return;
  const before_ = c.lostOut;
  if (!c.sackOk) {
    // RFC 6582: the first segment is lost after three duplicates, and again with each partial acknowledgment.
    const state = c.congestionState;
    if (
      (state < Congestion.recovery && c.sackedOut >= Math.min(c.reordering, DUPLICATES)) ||
      (state >= Congestion.recovery && news.advanced)
    ) {
      if ((c.sent.marks(0) & Mark.lost) === 0) markLost(c, 0);
      else if (news.advanced && (c.sent.marks(0) & Mark.retransmitted) === 0) markLost(c, 0);
    }
  } else rack.markLost(c, isDuplicate);
  if (c.lostOut > before_) news.newlyLost = true;
}

/** After a time-out: is what comes back the answer to the repeated segment, or was the time-out a mistake? (RFC 5682) */
function processLoss(c: TcpConnection, segment: Segment, news: AckNews, isDuplicate: boolean): void {
  const recovered = !before(c.unacknowledged, c.recoveryPoint);
  if (news.advanced && undo.loss(c, segment, false)) return;
  if (c.frto) {
    if (news.originalSacked && undo.loss(c, segment, true)) return;
    if (after(c.sendNext, c.recoveryPoint)) {
      if (news.sackedNew || isDuplicate) c.frto = false;
    } else if (news.advanced && !recovered) {
      c.recoveryPoint = c.sendNext;
      if (write.hasUnsent(c) && after(write.windowEnd(c), c.sendNext)) {
        news.resend = Resend.fresh;
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
  news.resend = Resend.lost;
}

/** The congestion window after an acknowledgment (tcp_cong_control). */
export function control(c: TcpConnection, news: AckNews, delivered: number): void {
  if (c.congestionState === Congestion.recovery || c.congestionState === Congestion.reduced) {
    reduce(c, delivered, news);
    return;
  }
  const mayRaise =
    c.reordering > c.ns.tcp.settings.tcp_reordering ? news.advanced || news.sackedNew : news.advanced;
  if (mayRaise && delivered > 0) c.congestion.acknowledged(c, delivered);
}

/** Proportional rate reduction (RFC 6937; tcp_cwnd_reduction). */
function reduce(c: TcpConnection, delivered: number, news: AckNews): void {
  if (delivered <= 0 || c.priorWindow === 0) return;
  c.deliveredInRecovery += delivered;
  const room = c.threshold - c.inFlight;
  let count: number;
  if (room < 0)
    count =
      Math.floor((c.threshold * c.deliveredInRecovery + c.priorWindow - 1) / c.priorWindow) -
      c.sentInRecovery;
  else {
    count = Math.max(c.deliveredInRecovery - c.sentInRecovery, delivered);
    if (news.advanced && !news.newlyLost) count++;
    count = Math.min(room, count);
  }
  count = Math.max(count, c.sentInRecovery > 0 ? 0 : 1);
  c.window = c.inFlight + count;
}

/** Sends what the acknowledgment asked for (tcp_xmit_recovery). */
export function resend(c: TcpConnection, news: AckNews): void {
  const what = news.resend;
  if (what === Resend.none) return;
  if (what === Resend.fresh) {
    write.pushAll(c);
    if (after(c.sendNext, c.recoveryPoint)) return;
    c.frto = false;
  }
  sendLost(c);
}

/** Sends lost segments again as far as the window goes (tcp_xmit_retransmit_queue). */
function sendLost(c: TcpConnection): void {
  if (c.lostOut <= c.retransmittedOut) return;
  const { counters } = c.ns.tcp;
  let restart = false;
  for (let i = 0; i < c.sent.count; i++) {
    if (c.window - c.inFlight <= 0) break;
    const marks = c.sent.marks(i);
    if ((marks & Mark.lost) === 0 || (marks & (Mark.sacked | Mark.retransmitted)) !== 0) continue;
    if (!retransmit(c, i)) break;
    if (c.congestionState === Congestion.loss) counters.TCPSlowStartRetrans++;
    else counters.TCPFastRetrans++;
    c.sentInRecovery++;
    if (i === 0 && c.pending !== Pending.reorder) restart = true;
  }
  if (restart) timers.arm(c, Pending.retransmit, c.timeout * MILLISECOND);
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
    reduce(c, 1, ackNews);
    c.deliveredInRecovery--;
    sendLost(c);
  }
  if (c.pending !== Pending.retransmit) timers.restartRetransmission(c);
}

/** The tail loss probe: a new segment if there is one, else the last one again (tcp_send_loss_probe). */
export function lossProbeDue(c: TcpConnection): void {
  const { counters } = c.ns.tcp;
  const count = c.sent.count;
  if (count === 0) return;
  if (!c.hasProbe) {
    const sendNext = c.sendNext;
    if (write.hasUnsent(c) && after(write.windowEnd(c), c.sendNext)) {
      write.pushOne(c);
      if (c.sendNext !== sendNext) probeSent(c, false);
    }
    if (!c.hasProbe && write.again(c, c.sent.count - 1)) {
      const last = c.sent.count - 1;
      c.sent.setMarks(last, c.sent.marks(last) | Mark.everRetransmitted);
      probeSent(c, true);
    }
    if (c.hasProbe) counters.TCPLossProbes++;
  }
  timers.restartRetransmission(c);
}

function probeSent(c: TcpConnection, repeated: boolean): void {
  c.hasProbe = true;
  c.probeRetransmitted = repeated;
  c.probePoint = c.sendNext;
}

/** The probe has been answered; when it repaired a loss, the window is reduced for it (tcp_process_tlp_ack). */
export function lossProbeAcked(c: TcpConnection, segment: Segment, news: AckNews): void {
  if (!c.hasProbe || before(segment.acknowledgment, c.probePoint)) return;
  if (!c.probeRetransmitted) {
    c.hasProbe = false;
  } else if (news.duplicate) {
    // The original had arrived too.
    c.hasProbe = false;
  } else if (after(segment.acknowledgment, c.probePoint) || c.sent.count === 0) {
    if (!news.advanced && !news.hasData && !news.windowChanged && !news.sackedNew) {
      c.hasProbe = false;
      return;
    }
    startReduction(c);
    c.congestionState = Congestion.reduced;
    endReduction(c);
    undo.keepOpen(c);
    c.ns.tcp.counters.TCPLossProbeRecovery++;
    c.hasProbe = false;
  }
}

/** Sends again at once what is longer than `mss`: no loss by congestion, so the window stays (tcp_simple_retransmit). */
export function resendLarger(c: TcpConnection, mss: number): void {
  const before_ = c.lostOut;
  for (let i = 0; i < c.sent.count; i++) if (write.payloadLength(c, i) > mss) markLost(c, i);
  if (c.lostOut === before_) return;
  if (c.congestionState !== Congestion.loss) {
    c.recoveryPoint = c.sendNext;
    c.threshold = currentThreshold(c);
    c.priorThreshold = 0;
    c.hasUndo = false;
    c.congestionState = Congestion.loss;
  }
  sendLost(c);
}
