import { type CongestionControl, growEvery, slowStart } from "./congestion.ts";
import type { TcpConnection } from "./connection.ts";
import { isWindowLimited } from "./window-usage.ts";

/** Reno (RFC 5681): half the window after a loss, one segment more for each round trip. */
export class Reno implements CongestionControl {
  readonly name = "reno";

  acknowledged(connection: TcpConnection, acked: number): void {
    if (!isWindowLimited(connection)) return;
    if (connection.window < connection.threshold) {
      acked = slowStart(connection, acked);
      if (acked === 0) return;
    }
    growEvery(connection, connection.window, acked);
  }

  thresholdAfterLoss(connection: TcpConnection): number {
    return Math.max(connection.window >> 1, 2);
  }
}
