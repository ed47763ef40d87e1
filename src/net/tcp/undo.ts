import { MILLISECOND } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, NO_THRESHOLD } from "./constants.ts";
import type { Segment } from "./segment.ts";
import { Mark } from "./sent-segments.ts";
import { before } from "./sequence.ts";

/** True when what was sent again was not the cause of this acknowledgment: its timestamp is older (tcp_packet_delayed; Eifel, RFC 3522). */
function wasDelayed(c: TcpConnection, segment: Segment): boolean {
  if (c.retransmittedSince === 0) return true;
  if (!c.timestampsOk || !segment.hasTimestamps || segment.echo === 0) return false;
  const started = (Math.floor(c.retransmittedSince / MILLISECOND) + c.timestampOffset) | 0;
  return before(segment.echo, started);
}

function mayUndo(c: TcpConnection, segment: Segment): boolean {
  return c.hasUndo && (c.undoRetransmits === 0 || wasDelayed(c, segment));
}

/** Takes the reduction back: nothing was lost (tcp_undo_cwnd_reduction). */
function takeBack(c: TcpConnection, unmarkLost: boolean): void {
  if (unmarkLost) {
    for (let i = 0; i < c.sent.count; i++) c.sent.setMarks(i, c.sent.marks(i) & ~Mark.lost);
    c.lostOut = 0;
  }
  if (c.priorThreshold !== 0) {
    c.window = Math.max(c.window, c.priorWindow);
    if (c.priorThreshold > c.threshold) c.threshold = c.priorThreshold;
  }
  c.hasUndo = false;
  c.rackAdvanced = true;
}

/** At the end of recovery (tcp_try_undo_recovery). True when the state stays as it is for a while without SACK. */
export function recovery(c: TcpConnection, segment: Segment): boolean {
  if (mayUndo(c, segment)) {
    const wasLoss = c.congestionState === Congestion.loss;
    takeBack(c, false);
    if (wasLoss) c.ns.tcp.counters.TCPLossUndo++;
    else c.ns.tcp.counters.TCPFullUndo++;
  }
  if (!c.sackOk && c.unacknowledged === c.recoveryPoint) {
    // Without SACK a late duplicate must not be taken for a new loss: until something new is acknowledged.
    c.retransmittedSince = 0;
    return true;
  }
  return false;
}

/** In the middle of recovery (tcp_try_undo_partial). */
export function partial(c: TcpConnection, segment: Segment): boolean {
  if (!c.hasUndo || !wasDelayed(c, segment)) return false;
  if (c.retransmittedOut > 0) return true;
  c.retransmittedSince = 0;
  takeBack(c, true);
  c.ns.tcp.counters.TCPPartialUndo++;
  keepOpen(c);
  return true;
}

/** All that was sent again was reported twice (tcp_try_undo_dsack). */
export function byDuplicates(c: TcpConnection): boolean {
  if (!c.hasUndo || c.undoRetransmits !== 0) return false;
  takeBack(c, false);
  c.ns.tcp.counters.TCPDSACKUndo++;
  return true;
}

/** After a time-out (tcp_try_undo_loss). */
export function loss(c: TcpConnection, segment: Segment, spurious: boolean): boolean {
  if (!spurious && !mayUndo(c, segment)) return false;
  takeBack(c, true);
  c.ns.tcp.counters.TCPLossUndo++;
  if (spurious) c.ns.tcp.counters.TCPSpuriousRTOs++;
  c.retransmits = 0;
  if (spurious || c.sackOk) {
    c.congestionState = Congestion.open;
    c.retransmittedSince = 0;
    if (c.threshold === NO_THRESHOLD) c.windowCount = 0;
  }
  return true;
}

/** Nothing is being repaired: the state says whether something is out of order (tcp_try_keep_open). */
export function keepOpen(c: TcpConnection): void {
  const state =
    c.sackedOut + c.lostOut > 0 || c.hasUndo || c.retransmittedOut > 0
      ? Congestion.disorder
      : Congestion.open;
  if (c.congestionState === state) return;
  c.congestionState = state;
  c.recoveryPoint = c.sendNext;
}
