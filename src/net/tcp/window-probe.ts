import { MICROSECOND, MILLISECOND, type Nanos } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import { Pending } from "./constants.ts";
import * as lifecycle from "./lifecycle.ts";
import * as output from "./output.ts";
import { after, distance } from "./sequence.ts";
import * as timeLimits from "./time-limits.ts";
import * as timers from "./timers.ts";
import * as write from "./write.ts";

/** The first probe comes after the time-out (tcp_probe0_base). */
export function base(c: TcpConnection): Nanos {
  return Math.max(c.timeout * MILLISECOND, c.ns.tcp.settings.tcp_rto_min_us * MICROSECOND);
}

/** Later ones after twice as long each (tcp_probe0_when). */
function next(c: TcpConnection): Nanos {
  const most = c.ns.tcp.settings.tcp_rto_max_ms * MILLISECOND;
  return Math.min(base(c) * 2 ** Math.min(c.backoff, 20), most);
}

/** An acknowledgment came while nothing was under way: goes on waiting for the window, or has it (tcp_ack_probe). */
export function acknowledged(c: TcpConnection): void {
  if (!write.hasUnsent(c)) return;
  const first = Math.min(c.unsent, c.mss);
  if (distance(write.windowEnd(c), c.sendNext) >= Math.max(1, first)) {
    c.backoff = 0;
    c.probesSince = 0;
    if (c.pending === Pending.windowProbe) timers.disarm(c);
  } else timers.arm(c, Pending.windowProbe, next(c));
}

/** Time to ask again how large the window is (tcp_probe_timer; RFC 9293, 3.8.6.1). */
export function due(c: TcpConnection): void {
  if (c.sent.count > 0 || !write.hasUnsent(c)) {
    c.probes = 0;
    c.probesSince = 0;
    return;
  }
  const { settings } = c.ns.tcp;
  if (c.probesSince === 0) c.probesSince = c.now;
  else if (c.userTimeout !== 0 && c.now - c.probesSince >= c.userTimeout) {
    lifecycle.timedOut(c);
    return;
  }
  let most = settings.tcp_retries2;
  if (c.orphan) {
    const alive = next(c) < settings.tcp_rto_max_ms * MILLISECOND;
    most = timeLimits.orphanRetries(c, alive);
    if (!alive && c.backoff >= most) {
      lifecycle.timedOut(c);
      return;
    }
  }
  if (c.probes >= most) {
    lifecycle.timedOut(c);
    return;
  }
  const sent = wake(c);
  if (c.sent.count > 0 || !write.hasUnsent(c)) {
    c.probes = 0;
    c.backoff = 0;
    c.probesSince = 0;
    return;
  }
  c.probes++;
  let delay = 500 * MILLISECOND;
  if (sent) {
    if (c.backoff < settings.tcp_retries2) c.backoff++;
    delay = next(c);
  }
  timers.arm(c, Pending.windowProbe, delay);
}

/** Sends what fits into the window, however little, or an old octet that must be answered (tcp_write_wakeup). */
function wake(c: TcpConnection): boolean {
  if (write.hasUnsent(c) && after(write.windowEnd(c), c.sendNext)) {
    write.sendForced(c);
    return true;
  }
  return output.sendProbe(c, "TCPWinProbe");
}
