import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, Pending } from "./constants.ts";
import * as lifecycle from "./lifecycle.ts";
import * as lossProbe from "./loss-probe.ts";
import * as mssOf from "./mss.ts";
import * as output from "./output.ts";
import * as recovery from "./recovery.ts";
import * as retransmit from "./retransmit.ts";
import { TcpState } from "./state.ts";
import * as timeLimits from "./time-limits.ts";
import { TIME_WAIT } from "./time-wait.ts";
import * as windowProbe from "./window-probe.ts";

/** The shortest time for which a timer of TCP is set: two ticks of a clock of 1000 Hz (TCP_TIMEOUT_MIN). */
const LEAST: Nanos = 2 * MILLISECOND;
/** How soon it is tried again when the local host could not send (TCP_RESOURCE_PROBE_INTERVAL). */
const LOCAL_TROUBLE: Nanos = 500 * MILLISECOND;

/** Arms the retransmission timer for a purpose; it has one at a time. */
export function arm(c: TcpConnection, pending: Pending, delay: Nanos): void {
  const time = Math.max(1, Math.min(delay, c.ns.tcp.settings.tcp_rto_max_ms * MILLISECOND));
  c.pending = pending;
  c.dueAt = c.now + time;
  c.retransmitTimer.arm(time);
}

export function disarm(c: TcpConnection): void {
  if (c.pending === Pending.none) return;
  c.pending = Pending.none;
  c.retransmitTimer.cancel();
}

/** The oldest segment's time-out begins anew, or goes on where another purpose took the timer (tcp_rearm_rto). */
export function restartRetransmission(c: TcpConnection): void {
  if (c.sent.count === 0) {
    disarm(c);
    return;
  }
  let delay = output.timeoutNanos(c);
  if (c.pending === Pending.reorder || c.pending === Pending.lossProbe)
    delay = Math.max(1, c.sent.sentAt(0) + delay - c.now);
  arm(c, Pending.retransmit, delay);
}

/**
 * The last segments of a flight have nobody behind them who would show that they are lost: after two round trips
 * without an answer one of them is sent again (tail loss probe, RFC 8985, 7.2; tcp_schedule_loss_probe).
 */
export function scheduleLossProbe(c: TcpConnection, advancing: boolean): boolean {
  const { settings } = c.ns.tcp;
  if ((settings.tcp_early_retrans !== 3 && settings.tcp_early_retrans !== 4) || c.sent.count === 0)
    return false;
  if (!c.sackOk || (c.congestionState !== Congestion.open && c.congestionState !== Congestion.reduced))
    return false;
  let delay = SECOND;
  if (c.trip.smoothed8 !== 0) {
    delay = (c.trip.smoothed8 >> 2) * MICROSECOND;
    delay += c.sent.count === 1 ? settings.tcp_rto_min_us * MICROSECOND : LEAST;
  }
  const timeout = output.timeoutNanos(c);
  const left = advancing ? timeout : c.sent.sentAt(0) + timeout - c.now;
  if (left > 0) delay = Math.min(delay, left);
  arm(c, Pending.lossProbe, delay);
  return true;
}

/** Something waits and nothing is under way: the other end's window is probed in time (tcp_check_probe_timer). */
export function startWindowProbe(c: TcpConnection): void {
  if (c.sent.count === 0 && c.pending === Pending.none) arm(c, Pending.windowProbe, windowProbe.base(c));
}

/** The timer has run out, whatever it was set for (tcp_write_timer_handler). */
export function writeTimerDue(c: TcpConnection): void {
  const pending = c.pending;
  c.pending = Pending.none;
  if (c.state === TcpState.CLOSE) return;
  switch (pending) {
    case Pending.reorder:
      recovery.reorderingDue(c);
      return;
    case Pending.lossProbe:
      lossProbe.due(c);
      return;
    case Pending.windowProbe:
      windowProbe.due(c);
      return;
    default:
      retransmissionDue(c);
  }
}

/** Nothing came back in time (tcp_retransmit_timer). */
function retransmissionDue(c: TcpConnection): void {
  if (c.state === TcpState.SYN_SENT || c.state === TcpState.SYN_RECV) {
    repeatSyn(c);
    return;
  }
  if (c.sent.count === 0) return;
  const { counters } = c.ns.tcp;
  if (c.sendWindow === 0 && !c.orphan) {
    // The other end took its window back to nothing: what is under way serves as the probe.
    if (c.now - c.lastAck > c.ns.tcp.settings.tcp_rto_max_ms * MILLISECOND && timeLimits.outOfTime(c)) {
      lifecycle.timedOut(c);
      return;
    }
  } else {
    counters.TCPTimeouts++;
    if (timeLimits.isSilentForLong(c)) mssOf.suspectBlackHole(c);
    if (timeLimits.outOfTime(c)) {
      lifecycle.timedOut(c);
      return;
    }
    counters.TcpTimeoutRehash++;
    if (c.retransmits === 0) countFailure(c);
  }
  recovery.enterLoss(c);
  c.retransmits++;
  if (!retransmit.one(c, 0)) {
    arm(c, Pending.retransmit, Math.min(output.timeoutNanos(c), LOCAL_TROUBLE));
    return;
  }
  backOff(c);
}

function countFailure(c: TcpConnection): void {
  const { counters } = c.ns.tcp;
  if (c.congestionState === Congestion.recovery) {
    if (c.sackOk) counters.TCPSackRecoveryFail++;
    else counters.TCPRenoRecoveryFail++;
  } else if (c.congestionState === Congestion.loss) counters.TCPLossFailures++;
  else if (c.congestionState === Congestion.disorder || c.sackedOut > 0) {
    if (c.sackOk) counters.TCPSackFailures++;
    else counters.TCPRenoFailures++;
  }
}

function backOff(c: TcpConnection): void {
  c.backoff++;
  c.timeout = Math.min(c.timeout * 2, c.ns.tcp.settings.tcp_rto_max_ms);
  arm(c, Pending.retransmit, output.timeoutNanos(c));
}

/** The SYN again; the first few times at equal distances (tcp_syn_linear_timeouts). */
function repeatSyn(c: TcpConnection): void {
  const { counters, settings } = c.ns.tcp;
  counters.TCPTimeouts++;
  const active = c.state === TcpState.SYN_SENT;
  const most = (c.synCount || settings.tcp_syn_retries) + (active ? settings.tcp_syn_linear_timeouts : 0);
  if (c.retransmits >= most) {
    lifecycle.timedOut(c);
    return;
  }
  counters.TcpTimeoutRehash++;
  if (c.retransmits > 0) counters.TCPLostRetransmit++;
  c.retransmits++;
  if (c.retransmittedSince === 0) c.retransmittedSince = c.synSentAt;
  counters.RetransSegs++;
  counters.TCPSynRetrans++;
  c.totalRetransmits++;
  c.synSentAt = c.now;
  output.sendSyn(c, !active);
  if (active && c.retransmits <= settings.tcp_syn_linear_timeouts)
    arm(c, Pending.retransmit, output.timeoutNanos(c));
  else backOff(c);
}

/** Duplicate acknowledgments were gathered for a moment (tcp_compressed_ack_kick). */
export function compressedAckDue(c: TcpConnection): void {
  if (c.compressedAcks > 0) output.sendAck(c);
}

/** Starts to watch over an idle connection (tcp_set_keepalive). */
export function startKeepAlive(c: TcpConnection): void {
  if (c.keepAlive && c.state !== TcpState.CLOSE && c.state !== TcpState.LISTEN)
    c.armKeepTimer(timeLimits.keepIdle(c));
}

/** The timer of idle connections, and of those that nobody holds any more (tcp_keepalive_timer). */
export function keepDue(c: TcpConnection): void {
  if (c.state === TcpState.FIN_WAIT2 && c.orphan) {
    const rest = timeLimits.finTime(c) - TIME_WAIT;
    if (rest > 0) lifecycle.timeWait(c, TcpState.FIN_WAIT2, rest);
    else {
      output.sendReset(c);
      lifecycle.done(c);
    }
    return;
  }
  if (!c.keepAlive || c.state === TcpState.CLOSE || c.state === TcpState.SYN_SENT) return;
  const idle = timeLimits.keepIdle(c);
  if (c.sent.count > 0 || c.unsent > 0) {
    c.armKeepTimer(idle);
    return;
  }
  const silent = c.now - Math.max(c.lastReceived, c.lastAck);
  if (silent < idle) {
    c.armKeepTimer(idle - silent);
    return;
  }
  const { settings } = c.ns.tcp;
  if (c.probes >= (c.keepCount || settings.tcp_keepalive_probes)) {
    output.sendReset(c);
    lifecycle.timedOut(c);
    return;
  }
  const sent = output.sendProbe(c, "TCPKeepAlive");
  if (sent) c.probes++;
  c.armKeepTimer(sent ? timeLimits.keepInterval(c) : LOCAL_TROUBLE);
}
