import * as tcpHeader from "../../wire/tcp.ts";
import type { TcpConnection } from "./connection.ts";
import { TIMESTAMPS_LENGTH } from "./reply.ts";
import type { Segment } from "./segment.ts";
import { after, before } from "./sequence.ts";
import { TcpState } from "./state.ts";

/**
 * Van Jacobson's header prediction (pred_flags of tcp_rcv_established). Here all segments go the same way; it decides
 * only which of two counters an acknowledgment is counted in.
 */
export function holds(c: TcpConnection, segment: Segment): boolean {
  return (
    c.state === TcpState.ESTABLISHED &&
    segment.window === c.predicted &&
    (segment.flags & ~tcpHeader.PSH) === tcpHeader.ACK &&
    segment.dataAt - segment.at === tcpHeader.HEADER_LEN + (c.timestampsOk ? TIMESTAMPS_LENGTH : 0) &&
    segment.sequence === c.receiveNext &&
    !after(segment.acknowledgment, c.sendNext) &&
    !(segment.hasTimestamps && before(segment.timestamp, c.recentTimestamp))
  );
}

/** The next segment is expected to be like the last one (tcp_fast_path_on). */
export function begin(c: TcpConnection): void {
  c.predicted = c.sendWindow >> c.sendScale;
}

/** The same, as far as nothing is out of the ordinary here (tcp_fast_path_check). */
export function renew(c: TcpConnection): void {
  const plain = c.outOfOrder.count === 0 && c.receiveWindow > 0 && c.receiveUsed < c.receiveLimit;
  if (plain) begin(c);
  else c.predicted = -1;
}
