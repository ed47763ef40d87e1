import { SECOND } from "../../sim/time.ts";
import { INT_MAX } from "../sysctl-value.ts";
import type { TcpConnection } from "./connection.ts";
import { isTooSoon } from "./out-of-window.ts";
import * as output from "./output.ts";
import type { Tcp } from "./tcp.ts";

/** Asks the other end whether it means it (RFC 5961): an acknowledgment (tcp_send_challenge_ack). */
export function send(c: TcpConnection): void {
  const { tcp } = c.ns;
  if (isTooSoon(c, "TCPACKSkippedChallenge") || !isWithinQuota(tcp, c.now)) return;
  tcp.counters.TCPChallengeACK++;
  output.sendAck(c);
}

/** `tcp_challenge_ack_limit` a second in the whole namespace, give or take half, so that nobody can count them. */
function isWithinQuota(tcp: Tcp, now: number): boolean {
  const { tcp_challenge_ack_limit: limit } = tcp.settings;
  if (limit === INT_MAX) return true;
  const second = Math.floor(now / SECOND);
  if (second !== tcp.challengeSecond) {
    tcp.challengeSecond = second;
    tcp.challengesLeft = ((limit + 1) >> 1) + tcp.prng.below(limit);
  }
  if (tcp.challengesLeft === 0) return false;
  tcp.challengesLeft--;
  return true;
}
