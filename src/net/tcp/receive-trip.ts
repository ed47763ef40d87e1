import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import type { Segment } from "./segment.ts";
import { before } from "./sequence.ts";

/**
 * The round trip as a receiver can tell it, which decides how often the receive buffer is tuned: by how long a whole
 * window takes to arrive; called when data has been taken (tcp_rcv_rtt_measure).
 */
export function byWindow(c: TcpConnection): void {
  const now = c.now;
  if (c.receiveTripTime < 0) startWindow(c, now);
  else if (!before(c.receiveNext, c.receiveTripSequence)) {
    update(c, now - c.receiveTripTime, true);
    startWindow(c, now);
  }
}

/** The same from the timestamps of full segments; called before their data is taken (tcp_rcv_rtt_measure_ts). */
export function byTimestamp(c: TcpConnection, segment: Segment): void {
  if (!c.timestampsOk || !segment.hasTimestamps || segment.echo === c.receiveTripEcho) return;
  c.receiveTripEcho = segment.echo;
  if (segment.dataLength < c.receivedMss) return;
  // What took less than a tick of that clock tells nothing.
  const millis = (c.ns.tcp.timestamp(c.timestampOffset) - segment.echo) | 0;
  if (millis > 0) update(c, millis * MILLISECOND, false);
}

function startWindow(c: TcpConnection, now: Nanos): void {
  c.receiveTripSequence = (c.receiveNext + c.receiveWindow) | 0;
  c.receiveTripTime = now;
}

/**
 * Shorter samples count at once. Of longer ones those of whole windows never count, since a window may take more than
 * a round trip, and the others only while nothing waits to be read (tcp_rcv_rtt_update).
 */
function update(c: TcpConnection, sample: Nanos, byWindow: boolean): void {
  const time = Math.max(1000, sample);
  if (c.receiveTrip === 0 || time < c.receiveTrip) c.receiveTrip = time;
  else if (!byWindow && c.receiveNext === c.readNext) c.receiveTrip += Math.floor((time - c.receiveTrip) / 8);
}
