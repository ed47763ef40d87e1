import { type Nanos, SECOND } from "../../sim/time.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { Segment } from "./segment.ts";
import { after, before } from "./sequence.ts";

/** A timestamp older than this says nothing any more (TCP_PAWS_24DAYS). */
const FORGOTTEN: Nanos = 24 * 86400 * SECOND;

/** Whoever remembers the other end's last timestamp (TS.Recent of RFC 7323). */
interface RecentTimestamp {
  recentTimestamp: number;
  recentTimestampAt: Nanos;
}

/** Protection against wrapped sequence numbers: the segment's timestamp is older than what was seen (RFC 7323, 5.3). */
export function pawsRejects(recent: RecentTimestamp, segment: Segment, now: Nanos): boolean {
  if (!before(segment.timestamp, recent.recentTimestamp)) return false;
  if (now - recent.recentTimestampAt >= FORGOTTEN) return false;
  return !segment.has(tcpHeader.RST);
}

/** Takes over the timestamp of a segment that holds the next octet (RFC 7323, 4.3). */
export function remember(recent: RecentTimestamp, segment: Segment, windowSentAt: number, now: Nanos): void {
  if (!segment.hasTimestamps || after(segment.sequence, windowSentAt)) return;
  if (before(segment.timestamp, recent.recentTimestamp)) return;
  recent.recentTimestamp = segment.timestamp;
  recent.recentTimestampAt = now;
}
