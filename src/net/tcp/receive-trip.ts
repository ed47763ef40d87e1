import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import type { Segment } from "./segment.ts";
import { before } from "./sequence.ts";

/**
 * The round trip as a receiver can tell it, which decides how often the receive buffer is tuned: from the timestamps of
 * full segments, or by how long a whole window takes to arrive (tcp_rcv_rtt_measure_ts, tcp_rcv_rtt_measure).
 */
export function measure(c: TcpConnection, segment: Segment): void {
  const now = c.now;
  if (c.receiveTripTime < 0) startWindow(c, now);
  else if (!before(c.receiveNext, c.receiveTripSequence)) {
    update(c, now - c.receiveTripTime, true);
    startWindow(c, now);
  }
  if (!c.timestampsOk || !segment.hasTimestamps || segment.echo === c.receiveTripEcho) return;
  c.receiveTripEcho = segment.echo;
  if (segment.dataLength < c.receivedMss) return;
  const millis = (c.ns.tcp.timestamp(c.timestampOffset) - segment.echo) | 0;
  if (millis >= 0) update(c, Math.max(1, millis) * MILLISECOND, false);
}

function startWindow(c: TcpConnection, now: Nanos): void {
  c.receiveTripSequence = (c.receiveNext + c.receiveWindow) | 0;
  c.receiveTripTime = now;
}

/** A window may take longer than a round trip, so that only shorter samples of that kind count. */
function update(c: TcpConnection, sample: Nanos, byWindow: boolean): void {
  const time = Math.max(1000, sample);
  if (c.receiveTrip === 0) c.receiveTrip = time;
  else if (!byWindow) c.receiveTrip += Math.floor((time - c.receiveTrip) / 8);
  else if (time < c.receiveTrip) c.receiveTrip = time;
}
