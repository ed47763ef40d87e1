import type { Packet } from "../../sim/packet.ts";
import { MILLISECOND } from "../../sim/time.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { IcmpReport } from "../icmp-input.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { TcpConnection } from "./connection.ts";
import { Pending } from "./constants.ts";
import * as lifecycle from "./lifecycle.ts";
import * as mssOf from "./mss.ts";
import * as output from "./output.ts";
import * as recovery from "./recovery.ts";
import { after, before } from "./sequence.ts";
import { TcpState } from "./state.ts";
import * as timers from "./timers.ts";
import * as write from "./write.ts";

/** Before a round trip is known, in milliseconds (TCP_TIMEOUT_INIT). */
const FIRST_TIMEOUT = 1000;

/** An ICMP error about a segment of this host, quoted at `quoted` (tcp_v4_err). The packet stays the caller's. */
export function receive(ns: NetworkNamespace, packet: Packet, quoted: number, report: IcmpReport): void {
  const { view } = packet;
  const at = quoted + ipv4.headerLength(view, quoted);
  const there = ns.tcp.connections.find(
    ipv4.src(view, quoted),
    tcpHeader.srcPort(view, at),
    ipv4.dst(view, quoted),
    tcpHeader.dstPort(view, at),
  );
  if (there === null) {
    ns.snmp.icmpInErrors++;
    return;
  }
  const sequence = view.getInt32(at + 4);
  if (there.kind === "time-wait") return;
  if (there.kind === "request") {
    if (sequence !== there.initialSend) ns.tcp.counters.OutOfWindowIcmps++;
    else if (endsHandshake(report)) {
      ns.tcp.counters.ListenDrops++;
      there.remove();
    }
    return;
  }
  const c = there;
  if (c.state === TcpState.CLOSE) return;
  if (before(sequence, c.unacknowledged) || after(sequence, c.sendNext)) {
    ns.tcp.counters.OutOfWindowIcmps++;
    return;
  }
  if (report.type === icmp.DESTINATION_UNREACHABLE && report.code === icmp.FRAGMENTATION_NEEDED) {
    pathChanged(c);
    return;
  }
  if (c.state === TcpState.SYN_SENT || c.state === TcpState.SYN_RECV) {
    // Before the connection is open every error ends the attempt.
    lifecycle.fail(c, report.errno);
    return;
  }
  // Later ones may pass: they are told when the connection fails of itself (RFC 1122, 4.2.3.9).
  c.softError = report.errno;
  if (report.type === icmp.DESTINATION_UNREACHABLE && report.code <= icmp.HOST_UNREACHABLE)
    takeBackOffBack(c, sequence);
}

/**
 * The network answers, only the destination is not there: that is no congestion, and the time-out need not have been
 * doubled (RFC 6069; tcp_ld_RTO_revert).
 */
function takeBackOffBack(c: TcpConnection, sequence: number): void {
  if (sequence !== c.unacknowledged || c.retransmits === 0 || c.backoff === 0 || c.sent.count === 0) return;
  c.backoff--;
  const base = c.trip.smoothed8 === 0 ? FIRST_TIMEOUT : c.trip.timeout;
  c.timeout = Math.min(base * 2 ** c.backoff, c.ns.tcp.settings.tcp_rto_max_ms);
  const left = c.timeout * MILLISECOND - (c.now - c.sent.sentAt(0));
  timers.arm(c, Pending.retransmit, left);
}

/** The answer to a SYN did not get there: nobody waits for the last step any more (the `abort` of tcp_req_err). */
function endsHandshake({ type, code }: IcmpReport): boolean {
  if (type !== icmp.DESTINATION_UNREACHABLE) return true;
  return code === icmp.NET_UNREACHABLE || code === icmp.HOST_UNREACHABLE;
}

/** The path takes only smaller packets: what is under way is too large, and is sent again in pieces (tcp_v4_mtu_reduced; RFC 1191). */
function pathChanged(c: TcpConnection): void {
  if (c.state === TcpState.SYN_SENT || c.state === TcpState.SYN_RECV) return;
  if (!output.findWay(c) || c.way.mtu >= c.pathMtu) return;
  mssOf.followPath(c, c.way.mtu);
  recovery.resendLarger(c, c.mss);
  write.push(c);
}
