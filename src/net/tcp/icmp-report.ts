import type { Packet } from "../../sim/packet.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { IcmpReport } from "../icmp-input.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { TcpConnection } from "./connection.ts";
import * as lifecycle from "./lifecycle.ts";
import * as mssOf from "./mss.ts";
import * as output from "./output.ts";
import * as recovery from "./recovery.ts";
import { after, before } from "./sequence.ts";
import { TcpState } from "./state.ts";
import * as write from "./write.ts";

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
