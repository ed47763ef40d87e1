import { MICROSECOND, MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, Pending } from "./constants.ts";
import * as retransmit from "./retransmit.ts";
import { Mark } from "./sent-segments.ts";
import * as timers from "./timers.ts";

/** `tcp_recovery`: RACK decides; a fixed reordering window; no threshold of duplicates. */
const STATIC_WINDOW = 2;
const NO_THRESHOLD = 4;
const MOST_STEPS = 255;
/** A widened reordering window stays for so many recoveries (TCP_RACK_RECOVERY_THRESH). */
const PERSIST = 16;

/** Whether losses are found by time of sending (RFC 8985) on this connection. */
export function isInUse(c: TcpConnection): boolean {
  return (c.ns.tcp.settings.tcp_recovery & 1) !== 0;
}

/** A segment was delivered: the one among those that was sent last is the measure (tcp_rack_advance). */
export function advance(c: TcpConnection, repeated: boolean, order: number, sentAt: Nanos): void {
  const trip = c.now - sentAt;
  // The answer to a repeated segment that comes too soon was for the original.
  if (repeated && trip < c.trip.least * MICROSECOND) return;
  c.rackAdvanced = true;
  c.rackTrip = trip;
  if (order > c.rackOrder) {
    c.rackOrder = order;
    c.rackTime = sentAt;
  }
}

/** How long a segment may be overtaken before it counts as lost (tcp_rack_reo_wnd). */
function patience(c: TcpConnection): Nanos {
  const { tcp_recovery } = c.ns.tcp.settings;
  if (c.reorderingSeen === 0) {
    if (c.congestionState >= Congestion.recovery) return 0;
    if (c.sackedOut >= c.reordering && (tcp_recovery & NO_THRESHOLD) === 0) return 0;
  }
  // Whole microseconds, as the kernel counts: the shortest trips allow no waiting at all.
  const least = c.trip.least === Number.POSITIVE_INFINITY ? 0 : c.trip.least >> 2;
  return Math.min(least * c.rackSteps, c.trip.smoothed8 >> 3) * MICROSECOND;
}

/** How long until segment `i` counts as lost; not positive when it does now. */
function left(c: TcpConnection, i: number, wait: Nanos): Nanos {
  return c.rackTrip + wait - (c.now - c.sent.sentAt(i));
}

/** True when a time-out should take segment `i` as lost (tcp_enter_loss with RACK). */
export function isOverdue(c: TcpConnection, i: number): boolean {
  return (c.sent.marks(i) & Mark.sacked) === 0 && (c.rackTime < 0 || left(c, i, 0) <= 0);
}

/** Marks what is lost; returns how long to wait for what may still come, 0 for nothing (tcp_rack_detect_loss). */
function mark(c: TcpConnection): Nanos {
  const wait = patience(c);
  let longest = 0;
  for (let i = 0; i < c.sent.count; i++) {
    const marks = c.sent.marks(i);
    if ((marks & Mark.sacked) !== 0) continue;
    if ((marks & Mark.lost) !== 0 && (marks & Mark.retransmitted) === 0) continue;
    if (c.sent.order(i) > c.rackOrder) continue;
    const time = left(c, i, wait);
    if (time <= 0) retransmit.markLost(c, i);
    else if (time > longest) longest = time;
  }
  return longest;
}

/** Looks for losses after an acknowledgment (tcp_rack_mark_lost). */
export function markLost(c: TcpConnection): void {
  if (!isInUse(c)) {
    byThreshold(c);
    return;
  }
  if (!c.rackAdvanced) return;
  c.rackAdvanced = false;
  const time = mark(c);
  if (time > 0) timers.arm(c, Pending.reorder, time + 2 * MILLISECOND);
}

/** The time that {@link markLost} asked for is over. */
export function detect(c: TcpConnection): void {
  mark(c);
}

/** RFC 6675 in short: what lies more than `reordering` arrived segments behind is lost. */
function byThreshold(c: TcpConnection): void {
  let above = 0;
  for (let i = c.sent.count - 1; i >= 0; i--) {
    const marks = c.sent.marks(i);
    if ((marks & Mark.sacked) !== 0) above++;
    else if (above >= c.reordering && (marks & Mark.lost) === 0) retransmit.markLost(c, i);
  }
}

/** Duplicates say that patience was too short, and so it grows for some recoveries (tcp_rack_update_reo_wnd). */
export function adapt(c: TcpConnection, deliveredBefore: number): void {
  if ((c.ns.tcp.settings.tcp_recovery & STATIC_WINDOW) !== 0) return;
  // Once a round trip.
  if (deliveredBefore < c.rackRound) c.rackDuplicateSeen = false;
  if (c.rackDuplicateSeen) {
    c.rackSteps = Math.min(MOST_STEPS, c.rackSteps + 1);
    c.rackDuplicateSeen = false;
    c.rackRound = c.delivered;
    c.rackPersist = PERSIST;
  } else if (c.rackPersist === 0) c.rackSteps = 1;
}
