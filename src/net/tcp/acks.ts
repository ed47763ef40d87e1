import { MICROSECOND, MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, DEFAULT_MSS, DUPLICATE_ACKS, INITIAL_WINDOW, Owed } from "./constants.ts";
import * as output from "./output.ts";
import * as receiveWindow from "./receive-window.ts";
import { distance } from "./sequence.ts";

/** Least and greatest time that an acknowledgment waits for company (TCP_DELACK_MIN, TCP_DELACK_MAX). */
const DELAY_MIN: Nanos = 40 * MILLISECOND;
const DELAY_MAX: Nanos = 200 * MILLISECOND;
/** So many segments at most are acknowledged at once (TCP_MAX_QUICKACKS). */
const MAX_QUICK = 16;
const MIN_MSS = 88;
const HEADER = 20;

/** The connection begins: a first guess of the other end's segments (tcp_initialize_rcv_mss). */
export function start(c: TcpConnection): void {
  let hint = Math.min(c.advertisedMss, c.mss);
  hint = Math.min(hint, c.receiveWindow >> 1, DEFAULT_MSS);
  c.receivedMss = Math.max(hint, MIN_MSS);
  c.lastReceived = c.now;
}

/** Quick acknowledgments for a while (tcp_incr_quickack). */
function becomeQuick(c: TcpConnection): void {
  let quick = Math.floor(c.receiveWindow / (2 * c.receivedMss));
  if (quick === 0) quick = 2;
  quick = Math.min(quick, MAX_QUICK);
  if (quick > c.quick) c.quick = quick;
}

/** Something is out of order: the other end is to hear of it at once (tcp_enter_quickack_mode). */
export function enterQuick(c: TcpConnection): void {
  becomeQuick(c);
  c.pingPong = 0;
  c.ackDelay = DELAY_MIN;
}

/** Data goes out: if it answers what came just now, the two ends talk by turns (tcp_event_data_sent). */
export function dataSent(c: TcpConnection): void {
  const now = c.now;
  if (c.sent.count === 0) {
    resume(c, now);
    c.congestion.resumed?.(c);
  }
  c.lastSent = now;
  if (now - c.lastReceived < c.ackDelay && c.pingPong < 255) c.pingPong++;
}

/** After a pause the window is not what the network can take any more (RFC 2861; tcp_cwnd_restart). */
function resume(c: TcpConnection, now: Nanos): void {
  if (c.ns.tcp.settings.tcp_slow_start_after_idle === 0 || c.lastSent === 0) return;
  const timeout = c.timeout * MILLISECOND;
  let pause = now - c.lastSent;
  if (pause <= timeout || c.window <= INITIAL_WINDOW) return;
  if (c.congestionState === Congestion.open)
    c.threshold = Math.max(c.threshold, (c.window >> 1) + (c.window >> 2));
  while ((pause -= timeout) > 0 && c.window > INITIAL_WINDOW) c.window >>= 1;
  c.window = Math.max(c.window, INITIAL_WINDOW);
}

/** A segment with the newest acknowledgment has gone out (tcp_event_ack_sent). */
export function sent(c: TcpConnection): void {
  if (c.quick > 0 && (c.owed & Owed.scheduled) !== 0) {
    c.quick--;
    if (c.quick === 0) c.ackDelay = DELAY_MIN;
  }
  if (c.compressedAcks > 0) {
    c.ns.tcp.counters.TCPAckCompressed += c.compressedAcks;
    c.compressedAcks = 0;
    c.cancelCompressTimer();
  }
  c.owed = 0;
  c.cancelAckTimer();
}

function talksByTurns(c: TcpConnection): boolean {
  return c.pingPong >= c.ns.tcp.settings.tcp_pingpong_thresh;
}

/** Data arrived that can be used now or later (tcp_event_data_recv). */
export function dataReceived(c: TcpConnection, length: number, push: boolean): void {
  c.owed |= Owed.scheduled;
  measure(c, length, push);
  const now = c.now;
  if (c.ackDelay === 0) {
    becomeQuick(c);
    c.ackDelay = DELAY_MIN;
  } else {
    const pause = now - c.lastReceived;
    if (pause <= DELAY_MIN / 2) c.ackDelay = c.ackDelay / 2 + DELAY_MIN / 2;
    else if (pause < c.ackDelay) c.ackDelay = Math.min(c.ackDelay / 2 + pause, c.timeout * MILLISECOND);
    else if (pause > c.timeout * MILLISECOND) becomeQuick(c);
  }
  c.lastReceived = now;
  if (length >= 128) receiveWindow.grow(c, length, length);
}

/** Estimates how long the other end's full segments are (tcp_measure_rcv_mss). */
function measure(c: TcpConnection, length: number, push: boolean): void {
  const last = c.lastSegmentSize;
  c.lastSegmentSize = 0;
  if (length >= c.receivedMss) {
    if (length !== c.receivedMss) receiveWindow.measureFilling(c, length);
    c.receivedMss = Math.min(length, c.advertisedMss);
    if (push) c.owed |= Owed.pushed;
    return;
  }
  const withHeader = length + HEADER + (c.timestampsOk ? 12 : 0);
  if (withHeader >= DEFAULT_MSS + HEADER || (withHeader >= MIN_MSS + HEADER && !push)) {
    c.lastSegmentSize = length;
    if (length === last) {
      c.receivedMss = length;
      return;
    }
  }
  if ((c.owed & Owed.pushed) !== 0) c.owed |= Owed.pushed2;
  c.owed |= Owed.pushed;
}

/** A segment has been dealt with: acknowledges now, later, or not at all (tcp_ack_snd_check). */
export function check(c: TcpConnection): void {
  if ((c.owed & Owed.scheduled) === 0 && (c.owed & Owed.now) === 0) return;
  const unacknowledged = distance(c.receiveNext, c.windowSentAt);
  const fullFrame =
    unacknowledged > c.receivedMss &&
    (distance(c.receiveNext, c.readNext) < 1 || receiveWindow.wanted(c) >= c.receiveWindow);
  if (fullFrame || (c.quick > 0 && !talksByTurns(c)) || (c.owed & Owed.now) !== 0) {
    output.sendAck(c);
    return;
  }
  if (c.outOfOrder.count === 0) delay(c);
  else compress(c);
}

/** Beyond a gap each segment is worth a duplicate acknowledgment; after a few they are gathered (tcp_comp_sack_nr). */
function compress(c: TcpConnection): void {
  const { settings } = c.ns.tcp;
  if (!c.sackOk || c.compressedAcks >= settings.tcp_comp_sack_nr) {
    output.sendAck(c);
    return;
  }
  if (c.compressedAt !== c.receiveNext) {
    c.compressedAt = c.receiveNext;
    c.duplicateAcks = 0;
  }
  if (c.duplicateAcks < DUPLICATE_ACKS) {
    c.duplicateAcks++;
    output.sendAck(c);
    return;
  }
  c.compressedAcks++;
  if (c.isCompressTimerArmed) return;
  let trip = c.receiveTrip === 0 ? Number.POSITIVE_INFINITY : c.receiveTrip;
  if (c.trip.smoothed8 !== 0) trip = Math.min(trip, (c.trip.smoothed8 >> 3) * MICROSECOND);
  c.compressTimer.arm(Math.floor(Math.min(settings.tcp_comp_sack_delay_ns, trip / 20)));
}

/** Lets the acknowledgment wait for data to go with, or for another segment (tcp_send_delayed_ack). */
function delay(c: TcpConnection): void {
  let time = c.ackDelay;
  if (time > DELAY_MIN) {
    let most = 500 * MILLISECOND;
    if (talksByTurns(c) || (c.owed & Owed.pushed) !== 0) most = DELAY_MAX;
    if (c.trip.smoothed8 !== 0)
      most = Math.min(most, Math.max((c.trip.smoothed8 >> 3) * MICROSECOND, DELAY_MIN));
    time = Math.min(time, most);
  }
  time = Math.min(time, DELAY_MAX);
  const now = c.now;
  let due = now + time;
  if ((c.owed & Owed.timer) !== 0 && c.isAckTimerArmed) {
    if (c.ackDueAt <= now + time / 4) {
      output.sendAck(c);
      return;
    }
    if (c.ackDueAt < due) due = c.ackDueAt;
  }
  c.owed |= Owed.scheduled | Owed.timer;
  c.ackDueAt = due;
  c.ackTimer.arm(due - now);
}

/** The delayed acknowledgment's time has come (tcp_delack_timer_handler). */
export function due(c: TcpConnection): void {
  if ((c.owed & Owed.timer) === 0) return;
  c.owed &= ~Owed.timer;
  if ((c.owed & Owed.scheduled) === 0) return;
  if (!talksByTurns(c)) c.ackDelay = Math.min(c.ackDelay * 2, c.timeout * MILLISECOND);
  else {
    c.pingPong = 0;
    c.ackDelay = DELAY_MIN;
  }
  output.sendAck(c);
  c.ns.tcp.counters.DelayedACKs++;
}

/** The program has read `copied` octets: perhaps the other end is to hear of the room (tcp_cleanup_rbuf). */
export function afterRead(c: TcpConnection, copied: number): void {
  let now = false;
  if ((c.owed & Owed.scheduled) !== 0) {
    const emptied = distance(c.receiveNext, c.readNext) === 0;
    const small = (c.owed & Owed.pushed2) !== 0 || ((c.owed & Owed.pushed) !== 0 && !talksByTurns(c));
    now = distance(c.receiveNext, c.windowSentAt) > c.receivedMss || (copied > 0 && small && emptied);
  }
  if (copied > 0 && !now && !c.receiveShut) {
    const left = c.windowLeft;
    if (2 * left <= c.windowClamp) {
      const window = receiveWindow.wanted(c);
      now = window > 0 && window >= 2 * left;
    }
  }
  if (now) output.sendAck(c);
}
