import type { AckNews } from "./ack.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, NO_THRESHOLD } from "./constants.ts";

/** The threshold as an undo should see it (tcp_current_ssthresh). */
export function currentThreshold(c: TcpConnection): number {
  if (c.congestionState === Congestion.reduced || c.congestionState === Congestion.recovery)
    return c.threshold;
  return Math.max(c.threshold, (c.window >> 1) + (c.window >> 2));
}

/** Reduces the window step by step from now on (tcp_init_cwnd_reduction; RFC 6937). */
export function start(c: TcpConnection): void {
  c.recoveryPoint = c.sendNext;
  c.hasProbe = false;
  c.windowCount = 0;
  c.priorWindow = c.window;
  c.deliveredInRecovery = 0;
  c.sentInRecovery = 0;
  c.threshold = c.congestion.thresholdAfterLoss(c);
}

/** The reduction is over: the window is the threshold (tcp_end_cwnd_reduction). */
export function end(c: TcpConnection): void {
  if (c.threshold < NO_THRESHOLD && (c.congestionState === Congestion.reduced || c.hasUndo))
    c.window = c.threshold;
}

/** The congestion window after an acknowledgment (tcp_cong_control). */
export function control(c: TcpConnection, news: AckNews, delivered: number): void {
  if (c.congestionState === Congestion.recovery || c.congestionState === Congestion.reduced) {
    step(c, delivered, news);
    return;
  }
  const mayRaise =
    c.reordering > c.ns.tcp.settings.tcp_reordering ? news.advanced || news.sackedNew : news.advanced;
  if (mayRaise && delivered > 0) c.congestion.acknowledged(c, delivered);
}

/** Proportional rate reduction (RFC 6937; tcp_cwnd_reduction). */
export function step(c: TcpConnection, delivered: number, news: AckNews): void {
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
