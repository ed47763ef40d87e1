import { MICROSECOND } from "../../sim/time.ts";
import * as acks from "./acks.ts";
import type { TcpConnection } from "./connection.ts";
import { DEFAULT_MSS } from "./constants.ts";
import * as mssOf from "./mss.ts";
import * as receiveWindow from "./receive-window.ts";
import type { Segment } from "./segment.ts";

/** Without a round trip from the handshake the first time-out is cautious (TCP_TIMEOUT_FALLBACK; RFC 6298, 5.7). */
const CAUTIOUS_MICROS = 3_000_000;
/** What a packet takes of a send buffer beside its payload: in the slot with it, and as a record of its own. */
const HEADER_SPACE = 256 + 320;
const RECORD = 256;

/** What the other end's SYN said of itself, with what this end has said (RFC 9293, 3.7.1; RFC 7323; RFC 2018). */
export function takeOptions(c: TcpConnection, segment: Segment): void {
  const { settings } = c.ns.tcp;
  const offered = segment.mss === 0 ? DEFAULT_MSS : segment.mss;
  c.mssClamp = c.userMss !== 0 ? Math.min(c.userMss, offered) : offered;
  c.timestampsOk = segment.hasTimestamps && settings.tcp_timestamps !== 0;
  if (c.timestampsOk) {
    c.recentTimestamp = segment.timestamp;
    c.recentTimestampAt = c.now;
  }
  c.sackOk = segment.sackPermitted && settings.tcp_sack !== 0;
  c.windowScalingOk = segment.windowScale >= 0 && settings.tcp_window_scaling !== 0;
  c.sendScale = c.windowScalingOk ? segment.windowScale : 0;
  if (!c.windowScalingOk) {
    c.receiveScale = 0;
    c.windowClamp = Math.min(c.windowClamp, 65535);
  }
}

/** The handshake is done: buffers, windows and timers for the data (tcp_init_transfer, tcp_init_metrics). */
export function begin(c: TcpConnection, tripMicros: number): void {
  const { settings } = c.ns.tcp;
  if (tripMicros >= 0) {
    c.trip.add(tripMicros, c.unacknowledged, c.sendNext, settings.tcp_rto_min_us);
    c.congestion.measured?.(c, tripMicros);
  } else {
    c.trip.deviation4 = CAUTIOUS_MICROS;
    c.trip.variance4 = CAUTIOUS_MICROS;
  }
  c.timeout = c.trip.timeout;
  // A SYN that had to be repeated more than once: begin with one segment.
  if (c.totalRetransmits > 1) c.window = 1;
  c.retransmits = 0;
  c.backoff = 0;
  c.retransmittedSince = 0;
  mssOf.followPath(c, c.way.mtu);
  if (settings.tcp_mtu_probing > 1) mssOf.searchPath(c);
  acks.start(c);
  receiveWindow.start(c);
  c.sendLimit = Math.max(c.sendLimit, sendSpace(c));
  c.windowUsageAt = c.sendNext;
  c.receiveTrip = 0;
  c.lastAck = c.now;
  c.lastSent = c.now;
}

/** The send buffer holds twice the congestion window (tcp_sndbuf_expand). */
export function sendSpace(c: TcpConnection): number {
  const segments = Math.max(10, c.window, c.reordering + 1);
  const segment = Math.max(c.mssClamp, c.mss) + HEADER_SPACE;
  const slot = 2 ** Math.ceil(Math.log2(segment)) + RECORD;
  return Math.min(2 * segments * slot, c.ns.tcp.settings.tcp_wmem[2]);
}

/** The round trip of a SYN that was sent once, in microseconds; else from its timestamp, or -1. */
export function handshakeTrip(c: TcpConnection, segment: Segment): number {
  if (c.totalRetransmits === 0) return (c.now - c.synSentAt) / MICROSECOND;
  if (!c.timestampsOk || segment.echo === 0) return -1;
  const millis = (c.ns.tcp.timestamp(c.timestampOffset) - segment.echo) | 0;
  return millis < 0 ? -1 : Math.max(1, millis) * 1000;
}
