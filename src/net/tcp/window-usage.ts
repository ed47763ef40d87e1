import type { TcpConnection } from "./connection.ts";
import { before } from "./sequence.ts";

/** Remembers whether the congestion window was what held the sender back in this window (tcp_cwnd_validate). */
export function note(connection: TcpConnection, limited: boolean): void {
  const c = connection;
  const inFlight = c.sent.count;
  if (
    !before(c.unacknowledged, c.windowUsageAt) ||
    limited ||
    (!c.isWindowLimited && inFlight > c.mostInFlight)
  ) {
    c.isWindowLimited = limited;
    c.mostInFlight = inFlight;
    c.windowUsageAt = c.sendNext;
  }
}

/** Whether a larger window would make a difference (tcp_is_cwnd_limited). */
export function isWindowLimited(connection: TcpConnection): boolean {
  if (connection.isWindowLimited) return true;
  return connection.window < connection.threshold && connection.window < 2 * connection.mostInFlight;
}
