import { MILLISECOND } from "../../sim/time.ts";
import type { AckNews } from "./ack.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion, Pending } from "./constants.ts";
import { Mark } from "./sent-segments.ts";
import { after } from "./sequence.ts";
import * as timers from "./timers.ts";
import * as write from "./write.ts";

/** What an acknowledgment asks to send: nothing, what is lost, or something new (F-RTO). */
export const Resend = { none: 0, lost: 1, fresh: 2 } as const;
export type Resend = (typeof Resend)[keyof typeof Resend];

/** Takes segment `i` as lost (tcp_mark_skb_lost). */
export function markLost(c: TcpConnection, i: number): void {
  const marks = c.sent.marks(i);
  if ((marks & Mark.sacked) !== 0) return;
  let rest = marks | Mark.lost;
  if ((marks & Mark.lost) !== 0) {
    if ((marks & Mark.retransmitted) !== 0) {
      // What was sent again was lost as well.
      rest &= ~Mark.retransmitted;
      c.retransmittedOut--;
      c.ns.tcp.counters.TCPLostRetransmit++;
    }
  } else {
    c.lostOut++;
    if ((marks & Mark.retransmitted) !== 0) {
      rest &= ~Mark.retransmitted;
      c.retransmittedOut--;
    }
  }
  c.sent.setMarks(i, rest);
}

/** Sends segment `i` again and accounts for it (tcp_retransmit_skb); false when it could not be sent. */
export function one(c: TcpConnection, i: number): boolean {
  if (!write.again(c, i)) return false;
  const marks = c.sent.marks(i);
  if ((marks & Mark.retransmitted) === 0) c.retransmittedOut++;
  c.sent.setMarks(i, marks | Mark.retransmitted | Mark.everRetransmitted);
  if (c.retransmittedSince === 0) c.retransmittedSince = Math.max(1, c.now);
  c.undoRetransmits = Math.max(0, c.undoRetransmits) + 1;
  return true;
}

/** Sends what the acknowledgment asked for (tcp_xmit_recovery). */
export function asAsked(c: TcpConnection, news: AckNews): void {
  const what = news.resend;
  if (what === Resend.none) return;
  if (what === Resend.fresh) {
    write.pushAll(c);
    if (after(c.sendNext, c.recoveryPoint)) return;
    c.frto = false;
  }
  allLost(c);
}

/** Sends lost segments again as far as the window goes (tcp_xmit_retransmit_queue). */
export function allLost(c: TcpConnection): void {
  if (c.lostOut <= c.retransmittedOut) return;
  const { counters } = c.ns.tcp;
  let restart = false;
  for (let i = 0; i < c.sent.count; i++) {
    if (c.window - c.inFlight <= 0) break;
    const marks = c.sent.marks(i);
    if ((marks & Mark.lost) === 0 || (marks & (Mark.sacked | Mark.retransmitted)) !== 0) continue;
    if (!one(c, i)) break;
    if (c.congestionState === Congestion.loss) counters.TCPSlowStartRetrans++;
    else counters.TCPFastRetrans++;
    c.sentInRecovery++;
    if (i === 0 && c.pending !== Pending.reorder) restart = true;
  }
  if (restart) timers.arm(c, Pending.retransmit, c.timeout * MILLISECOND);
}
