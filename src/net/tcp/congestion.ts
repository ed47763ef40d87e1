import type { TcpConnection } from "./connection.ts";

/** How fast a sender may go: one algorithm (struct tcp_congestion_ops). Windows are counted in segments. */
export interface CongestionControl {
  readonly name: string;
  /** `acked` segments were acknowledged while nothing is being recovered. */
  acknowledged(connection: TcpConnection, acked: number): void;
  /** The slow start threshold after a loss. */
  thresholdAfterLoss(connection: TcpConnection): number;
  /** A round trip was measured, in microseconds. */
  measured?(connection: TcpConnection, micros: number): void;
  /** Everything was taken back to the beginning after a time-out. */
  reset?(): void;
  /** The first data after a pause. */
  resumed?(connection: TcpConnection): void;
}

/** Grows the window by one for each segment up to the threshold; returns the segments beyond it. */
export function slowStart(connection: TcpConnection, acked: number): number {
  const window = Math.min(connection.window + acked, connection.threshold);
  acked -= window - connection.window;
  connection.window = window;
  return acked;
}

/** Grows the window by one for every `every` acknowledged segments (tcp_cong_avoid_ai). */
export function growEvery(connection: TcpConnection, every: number, acked: number): void {
  if (connection.windowCount >= every) {
    connection.windowCount = 0;
    connection.window++;
  }
  connection.windowCount += acked;
  if (connection.windowCount >= every) {
    const more = Math.floor(connection.windowCount / every);
    connection.windowCount -= more * every;
    connection.window += more;
  }
}
