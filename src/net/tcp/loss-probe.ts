import type { AckNews } from "./ack.ts";
import type { TcpConnection } from "./connection.ts";
import { Congestion } from "./constants.ts";
import type { Segment } from "./segment.ts";
import { Mark } from "./sent-segments.ts";
import { after, before } from "./sequence.ts";
import * as timers from "./timers.ts";
import * as undo from "./undo.ts";
import * as reduction from "./window-reduction.ts";
import * as write from "./write.ts";

/** The tail loss probe: a new segment if there is one, else the last one again (tcp_send_loss_probe). */
export function due(c: TcpConnection): void {
  const { counters } = c.ns.tcp;
  const count = c.sent.count;
  if (count === 0) return;
  if (!c.hasProbe) {
    const sendNext = c.sendNext;
    if (write.hasUnsent(c) && after(write.windowEnd(c), c.sendNext)) {
      write.pushOne(c);
      if (c.sendNext !== sendNext) noteSent(c, false);
    }
    if (!c.hasProbe && write.again(c, c.sent.count - 1)) {
      const last = c.sent.count - 1;
      c.sent.setMarks(last, c.sent.marks(last) | Mark.everRetransmitted);
      noteSent(c, true);
    }
    if (c.hasProbe) counters.TCPLossProbes++;
  }
  timers.restartRetransmission(c);
}

function noteSent(c: TcpConnection, repeated: boolean): void {
  c.hasProbe = true;
  c.probeRetransmitted = repeated;
  c.probePoint = c.sendNext;
}

/** The probe has been answered; when it repaired a loss, the window is reduced for it (tcp_process_tlp_ack). */
export function acknowledged(c: TcpConnection, segment: Segment, news: AckNews): void {
  if (!c.hasProbe || before(segment.acknowledgment, c.probePoint)) return;
  if (!c.probeRetransmitted || news.duplicate) {
    // What was sent again, if anything was, had arrived the first time.
    c.hasProbe = false;
  } else if (after(segment.acknowledgment, c.probePoint) || c.sent.count === 0) {
    if (!news.advanced && !news.hasData && !news.windowChanged && !news.sackedNew) {
      c.hasProbe = false;
      return;
    }
    reduction.start(c);
    c.congestionState = Congestion.reduced;
    reduction.end(c);
    undo.keepOpen(c);
    c.ns.tcp.counters.TCPLossProbeRecovery++;
    c.hasProbe = false;
  }
}
