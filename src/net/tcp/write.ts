import type { TcpConnection } from "./connection.ts";
import { Pending } from "./constants.ts";
import * as mssOf from "./mss.ts";
import * as output from "./output.ts";
import { Mark } from "./sent-segments.ts";
import { after, before, distance } from "./sequence.ts";
import * as timers from "./timers.ts";
import * as windowUsage from "./window-usage.ts";

/** Whether a segment that is not full may go: as Nagle says, the last one at once, or every one at once (TCP_NAGLE_*). */
const Nagle = { on: 0, off: 1, push: 2 } as const;
type Nagle = (typeof Nagle)[keyof typeof Nagle];

/** True while something has to be sent that was not: data, or the FIN. */
export function hasUnsent(c: TcpConnection): boolean {
  return c.unsent > 0 || (c.finQueued && !c.finSent);
}

/** Behind the window that the other end has opened (tcp_wnd_end). */
export function windowEnd(c: TcpConnection): number {
  return (c.unacknowledged + c.sendWindow) | 0;
}

/** Sends what may be sent now (__tcp_push_pending_frames). */
export function push(c: TcpConnection): void {
  if (!hasUnsent(c)) return;
  if (send(c, mssOf.current(c), c.noDelay && !c.cork ? Nagle.off : Nagle.on, 0)) timers.startWindowProbe(c);
}

/** The same without Nagle's wait: the writing end has closed, or a probe wants data out. */
export function pushAll(c: TcpConnection): void {
  if (!hasUnsent(c)) return;
  if (send(c, mssOf.current(c), Nagle.push, 0)) timers.startWindowProbe(c);
}

/** Sends one segment whatever the congestion window says: a loss probe. */
export function pushOne(c: TcpConnection): void {
  send(c, mssOf.current(c), Nagle.off, 1);
}

/**
 * Sends new segments while the congestion window and the other end's window allow (tcp_write_xmit). `forced` is how many
 * may go in spite of the congestion window, and then no more. True when nothing is under way although something waits:
 * then only the other end's window can be in the way.
 */
function send(c: TcpConnection, mss: number, nagle: Nagle, forced: number): boolean {
  let limited = false;
  let count = 0;
  while (hasUnsent(c)) {
    const quota = forced > 0 ? forced - count : c.window - c.inFlight;
    if (quota <= 0) {
      limited = forced === 0;
      break;
    }
    const sent = sendBurst(c, mss, nagle, forced > 0 ? 1 : Math.min(quota, Math.max(1, c.window >> 1)));
    if (sent === 0) break;
    count += sent;
  }
  if (count > 0) {
    c.sentInRecovery += count;
    if (forced === 0) timers.scheduleLossProbe(c, false);
    windowUsage.note(c, limited || c.inFlight >= c.window);
    return false;
  }
  return c.sent.count === 0 && hasUnsent(c);
}

/**
 * Sends up to `quota` segments that Linux would hand down as one (a GSO packet, whose last segment has PSH). Returns how
 * many went: none when the window or Nagle says so.
 */
function sendBurst(c: TcpConnection, mss: number, nagle: Nagle, quota: number): number {
  const edge = windowEnd(c);
  const waiting = c.unsent;
  const room = distance(edge, c.sendNext);
  const first = Math.min(mss, waiting);
  const finOnly = waiting === 0;
  if (finOnly ? room < 1 : room < first) return 0;
  let length = Math.min(waiting, room, quota * mss);
  const partial = length % mss;
  const isTail = length === waiting;
  if (partial !== 0 && !(isTail && c.finQueued) && !mayBePartial(c, nagle, isTail)) length -= partial;
  if (length <= 0 && !finOnly) return 0;
  const end = (c.sendNext + length) | 0;
  let count = 0;
  do {
    const size = Math.min(mss, distance(end, c.sendNext));
    const last = (c.sendNext + size) | 0;
    const fin = last === c.writeEnd && c.finQueued && distance(edge, last) >= 1;
    const isLast = last === end;
    const push = size > 0 && isLast && ((last === c.writeEnd && c.pushed === last) || count > 0);
    if (!sendNew(c, size, mss, push, fin)) break;
    count++;
  } while (c.sendNext !== end && !c.finSent);
  return count;
}

/** Nagle's algorithm with Minshall's change: a short segment waits while another short one is under way. */
function mayBePartial(c: TcpConnection, nagle: Nagle, isTail: boolean): boolean {
  if (nagle === Nagle.push) return true;
  if (!isTail) return nagle === Nagle.off;
  if (c.cork) return false;
  if (nagle === Nagle.off) return true;
  if (c.sent.count === 0) return true;
  return !(after(c.lastSmall, c.unacknowledged) && !after(c.lastSmall, c.sendNext));
}

/** False: there was no way, or a hook of this host dropped it. Then it was not sent, and waits for the next probe. */
function sendNew(c: TcpConnection, length: number, mss: number, push: boolean, fin: boolean): boolean {
  const sequence = c.sendNext;
  const isFirst = c.sent.count === 0;
  const isProbing = c.pending === Pending.lossProbe;
  if (isFirst) c.sent.start = sequence;
  if (!output.sendSegment(c, sequence, length, output.dataFlags(push, fin)) || c.refused) return false;
  c.sendNext = (sequence + length + (fin ? 1 : 0)) | 0;
  if (fin) c.finSent = true;
  if (length < mss) c.lastSmall = c.sendNext;
  c.sent.push(c.sendNext, (push ? Mark.push : 0) | (fin ? Mark.fin : 0), c.now);
  c.ns.tcp.counters.TCPOrigDataSent++;
  if (isFirst || isProbing) timers.restartRetransmission(c);
  return true;
}

/** The FIN counts as sent data of one octet without a place in the buffer. */
export function payloadLength(c: TcpConnection, i: number): number {
  const length = distance(c.sent.end(i), c.sent.begin(i));
  return (c.sent.marks(i) & Mark.fin) !== 0 ? length - 1 : length;
}

/** Sends segment `i` of those under way once more; false when there is no way (__tcp_retransmit_skb). */
export function again(c: TcpConnection, i: number): boolean {
  const mss = mssOf.current(c);
  if (distance(c.sent.end(i), c.sent.begin(i)) > mss && payloadLength(c, i) > mss)
    split(c, i, (c.sent.begin(i) + mss) | 0);
  const edge = windowEnd(c);
  const begin = c.sent.begin(i);
  let length = payloadLength(c, i);
  // A window that was taken back: nothing beyond it, except for the first segment, which then probes it.
  if (!before(begin, edge) && begin !== c.unacknowledged) return false;
  const room = distance(edge, begin);
  if (length > room && room > 0) {
    split(c, i, (begin + room) | 0);
    length = room;
  } else length = collapse(c, i, length, Math.min(room, mss));
  const marks = c.sent.marks(i);
  const flags = output.dataFlags((marks & Mark.push) !== 0, (marks & Mark.fin) !== 0);
  c.sent.sendAgain(i, c.now);
  const { counters } = c.ns.tcp;
  counters.RetransSegs++;
  c.totalRetransmits++;
  c.bytesRetransmitted += length;
  return output.sendSegment(c, begin, length, flags);
}

/**
 * What follows segment `i` and is short goes out again with it, up to `most` octets in all (tcp_retrans_try_collapse).
 * What has arrived stays as it is; without SACK, a duplicate acknowledgment says that something has. Returns the length.
 */
function collapse(c: TcpConnection, i: number, length: number, most: number): number {
  if (c.ns.tcp.settings.tcp_retrans_collapse === 0 || length >= most) return length;
  if ((c.sent.marks(i) & Mark.sacked) !== 0 || c.hasDuplicate) return length;
  while (i + 1 < c.sent.count) {
    const marks = c.sent.marks(i + 1);
    const more = payloadLength(c, i + 1);
    if ((marks & Mark.sacked) !== 0 || length + more > most || after(c.sent.end(i + 1), windowEnd(c))) break;
    if ((marks & Mark.lost) !== 0) c.lostOut--;
    if ((marks & Mark.retransmitted) !== 0) c.retransmittedOut--;
    c.sent.merge(i);
    length += more;
  }
  return length;
}

function split(c: TcpConnection, i: number, sequence: number): void {
  const marks = c.sent.marks(i);
  c.sent.split(i, sequence);
  if ((marks & Mark.sacked) !== 0) c.sackedOut++;
  if ((marks & Mark.lost) !== 0) c.lostOut++;
  if ((marks & Mark.retransmitted) !== 0) c.retransmittedOut++;
}

/** Sends what fits into the window without regard to its size: an answer is needed (tcp_write_wakeup). */
export function sendForced(c: TcpConnection): void {
  const mss = mssOf.current(c);
  const waiting = c.unsent;
  const length = Math.min(mss, waiting, distance(windowEnd(c), c.sendNext));
  const last = (c.sendNext + length) | 0;
  const fin = last === c.writeEnd && c.finQueued && length < distance(windowEnd(c), c.sendNext);
  sendNew(c, length, mss, true, fin);
}
