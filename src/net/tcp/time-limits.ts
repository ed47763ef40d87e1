import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";

/** How long `retries` retransmissions take when each waits twice as long as the last (tcp_model_timeout). */
function modelled(c: TcpConnection, retries: number, first: Nanos): Nanos {
  const most = c.ns.tcp.settings.tcp_rto_max_ms * MILLISECOND;
  const doublings = Math.floor(Math.log2(most / first));
  if (retries <= doublings) return (2 ** (retries + 1) - 1) * first;
  return (2 ** (doublings + 1) - 1) * first + (retries - doublings) * most;
}

/** A connection that nobody holds is given up sooner (tcp_orphan_retries). */
export function orphanRetries(c: TcpConnection, alive: boolean): number {
  let retries = c.ns.tcp.settings.tcp_orphan_retries;
  if (c.softError !== null && !alive) retries = 0;
  return retries === 0 && alive ? 8 : retries;
}

/** What has been sent again and again is given up (tcp_write_timeout). */
export function outOfTime(c: TcpConnection): boolean {
  const { settings } = c.ns.tcp;
  let retries = settings.tcp_retries2;
  if (c.orphan) {
    const alive = c.timeout < settings.tcp_rto_max_ms;
    retries = orphanRetries(c, alive);
  }
  if (c.retransmits === 0) return false;
  const limit =
    c.userTimeout !== 0 ? c.userTimeout : modelled(c, retries, settings.tcp_rto_min_us * MICROSECOND);
  return c.now - c.retransmittedSince >= limit;
}

/** Repetitions have gone unanswered for as long as `tcp_retries1` of them take: the way there is doubtful. */
export function isSilentForLong(c: TcpConnection): boolean {
  const { tcp_retries1, tcp_rto_min_us } = c.ns.tcp.settings;
  if (c.retransmits === 0) return false;
  return c.now - c.retransmittedSince >= modelled(c, tcp_retries1, tcp_rto_min_us * MICROSECOND);
}

/** How long FIN-WAIT-2 lasts without a program that waits (tcp_fin_time). */
export function finTime(c: TcpConnection): Nanos {
  return Math.max(c.ns.tcp.settings.tcp_fin_timeout * SECOND, Math.floor(3.5 * c.timeout) * MILLISECOND);
}

export function keepIdle(c: TcpConnection): Nanos {
  return (c.keepIdle || c.ns.tcp.settings.tcp_keepalive_time) * SECOND;
}

export function keepInterval(c: TcpConnection): Nanos {
  return (c.keepInterval || c.ns.tcp.settings.tcp_keepalive_intvl) * SECOND;
}
