import { MILLISECOND } from "../../sim/time.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { TcpConnection } from "./connection.ts";
import * as output from "./output.ts";
import type { Segment } from "./segment.ts";

/** True when the last answer to something out of the window is too recent for another one (tcp_oow_rate_limited). */
export function isLimited(c: TcpConnection, segment: Segment): boolean {
  if (segment.dataLength > 0 && !segment.has(tcpHeader.SYN)) return false;
  return isTooSoon(c);
}

function isTooSoon(c: TcpConnection): boolean {
  const now = c.now;
  if (now - c.lastOutOfWindow < c.ns.tcp.settings.tcp_invalid_ratelimit * MILLISECOND) {
    c.ns.tcp.counters.TCPACKSkippedChallenge++;
    return true;
  }
  c.lastOutOfWindow = now;
  return false;
}

/** Asks the other end whether it means it (RFC 5961): an acknowledgment, twice a second at most. */
export function send(c: TcpConnection): void {
  if (isTooSoon(c)) return;
  c.ns.tcp.counters.TCPChallengeACK++;
  output.sendAck(c);
}
