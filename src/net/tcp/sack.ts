import type { AckNews } from "./ack.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion } from "./constants.ts";
import * as rack from "./rack.ts";
import * as recovery from "./recovery.ts";
import type { Segment } from "./segment.ts";
import { Mark } from "./sent-segments.ts";
import { after, before, later } from "./sequence.ts";

/** Reads the SACK blocks of an acknowledgment (RFC 2018, RFC 2883; tcp_sacktag_write_queue). */
export function receive(c: TcpConnection, segment: Segment, news: AckNews): void {
  let first = 0;
  if (isDuplicateReport(segment)) {
    first = 1;
    takeDuplicate(c, segment, news);
  }
  for (let i = first; i < segment.sacks; i++) {
    const left = segment.sackLeft[i]!;
    const right = segment.sackRight[i]!;
    if (isValid(c, left, right)) tag(c, left, right, news);
    else if (segment.acknowledgment === c.unacknowledged || after(right, c.unacknowledged))
      c.ns.tcp.counters.TCPSACKDiscard++;
  }
  if (news.wasReordered && c.congestionState < Congestion.recovery)
    recovery.noteReordering(c, news.reorderedAt, highest(c));
}

/** The highest sequence number known to have arrived (tcp_highest_sack_seq, or SND.UNA). */
export function highest(c: TcpConnection): number {
  return c.sackedOut === 0 ? c.unacknowledged : later(c.forwardMost, c.unacknowledged);
}

/** The first block lies behind the acknowledgment, or within the second: it came twice (RFC 2883). */
function isDuplicateReport(segment: Segment): boolean {
  const left = segment.sackLeft[0]!;
  const right = segment.sackRight[0]!;
  if (before(left, segment.acknowledgment)) return true;
  if (segment.sacks < 2) return false;
  return !after(right, segment.sackRight[1]!) && !before(left, segment.sackLeft[1]!);
}

function takeDuplicate(c: TcpConnection, segment: Segment, news: AckNews): void {
  const left = segment.sackLeft[0]!;
  const right = segment.sackRight[0]!;
  const { counters } = c.ns.tcp;
  if (before(left, segment.acknowledgment)) counters.TCPDSACKRecv++;
  else counters.TCPDSACKOfoRecv++;
  const segments = seenTwice(c, left, right, news);
  counters.TCPDSACKRecvSegs += segments;
  if (segments === 0) counters.TCPDSACKIgnoredDubious++;
  // It answers one of those that were sent again: perhaps none of them had been needed.
  if (c.hasUndo && c.undoRetransmits > 0 && !before(left, c.undoMarker) && after(right, left))
    c.undoRetransmits = Math.max(0, c.undoRetransmits - Math.max(1, segments));
  // What is not under way any more is of no other use.
  if (after(left, c.unacknowledged) && isValid(c, left, right)) tag(c, left, right, news);
  else if (!c.hasUndo) counters.TCPDSACKIgnoredNoUndo++;
  else if (before(left, c.undoMarker)) counters.TCPDSACKIgnoredOld++;
}

/** How many segments a report of a duplicate tells of, none when it cannot be believed (tcp_dsack_seen). */
function seenTwice(c: TcpConnection, left: number, right: number, news: AckNews): number {
  if (!before(left, right)) return 0;
  const length = (right - left) | 0;
  if (length > c.largestWindow) return 0;
  const isProbe = length <= c.mss && c.hasProbe && c.probePoint === right;
  const segments = length > c.mss ? Math.ceil(length / c.mss) : 1;
  c.duplicatesSeen += segments;
  if (c.duplicatesSeen > c.totalRetransmits) return 0;
  if (c.reorderingSeen > 0 && !isProbe) c.rackDuplicateSeen = true;
  news.duplicate = true;
  c.delivered += segments;
  return segments;
}

function isValid(c: TcpConnection, left: number, right: number): boolean {
  return before(left, right) && !after(right, c.sendNext) && !before(left, c.unacknowledged);
}

/** Marks the segments that a block covers (tcp_sacktag_walk, tcp_sacktag_one). */
function tag(c: TcpConnection, left: number, right: number, news: AckNews): void {
  const { sent } = c;
  for (let i = 0; i < sent.count; i++) {
    const begin = sent.begin(i);
    if (!before(begin, right)) return;
    const end = sent.end(i);
    if (before(begin, left) || after(end, right)) continue;
    const marks = sent.marks(i);
    if ((marks & Mark.sacked) !== 0) continue;
    take(c, i, begin, end, marks, news);
  }
}

function take(c: TcpConnection, i: number, begin: number, end: number, marks: number, news: AckNews): void {
  const { sent } = c;
  const sentAt = sent.sentAt(i);
  const repeated = (marks & Mark.everRetransmitted) !== 0;
  rack.advance(c, repeated, sent.order(i), sentAt);
  let rest = marks | Mark.sacked;
  if ((marks & Mark.retransmitted) !== 0) {
    if ((marks & Mark.lost) !== 0) {
      rest &= ~(Mark.lost | Mark.retransmitted);
      c.lostOut--;
      c.retransmittedOut--;
    }
  } else {
    if (!repeated) {
      // It fills a gap below what had arrived already: the network has changed the order.
      if (before(begin, news.sacksBefore) && (!news.wasReordered || before(begin, news.reorderedAt))) {
        news.wasReordered = true;
        news.reorderedAt = begin;
      }
      if (!after(end, c.recoveryPoint)) news.originalArrived = true;
      if (news.sackSent < 0) news.sackSent = sentAt;
    }
    if ((marks & Mark.lost) !== 0) {
      rest &= ~Mark.lost;
      c.lostOut--;
    }
  }
  if ((rest & Mark.retransmitted) !== 0) {
    rest &= ~Mark.retransmitted;
    c.retransmittedOut--;
  }
  sent.setMarks(i, rest);
  c.sackedOut++;
  c.delivered++;
  news.sackedNew = true;
  c.forwardMost = c.sackedOut === 1 ? end : later(c.forwardMost, end);
}
