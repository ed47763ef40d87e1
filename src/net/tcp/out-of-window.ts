import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { Segment } from "./segment.ts";

/** Whoever answers segments that it cannot take, and remembers when it last did. */
interface Answering {
  readonly ns: NetworkNamespace;
  lastOutOfWindow: Nanos;
}

/** Counts what was not answered. */
type SkipCounter =
  | "TCPACKSkippedSynRecv"
  | "TCPACKSkippedPAWS"
  | "TCPACKSkippedSeq"
  | "TCPACKSkippedFinWait2"
  | "TCPACKSkippedTimeWait"
  | "TCPACKSkippedChallenge";

/**
 * True when the last answer is too recent for another one (`tcp_invalid_ratelimit`): two ends that disagree would
 * answer each other for ever (__tcp_oow_rate_limited).
 */
export function isTooSoon(who: Answering, counter: SkipCounter): boolean {
  const { tcp, world } = who.ns;
  if (world.now - who.lastOutOfWindow < tcp.settings.tcp_invalid_ratelimit * MILLISECOND) {
    tcp.counters[counter]++;
    return true;
  }
  who.lastOutOfWindow = world.now;
  return false;
}

/** The same for the answer to a segment; data and FINs are no part of such a loop (tcp_oow_rate_limited). */
export function isLimited(who: Answering, segment: Segment, counter: SkipCounter): boolean {
  if (segment.end !== segment.sequence && !segment.has(tcpHeader.SYN)) return false;
  return isTooSoon(who, counter);
}
