import * as icmpError from "../net/icmp-error.ts";
import * as ipOutput from "../net/ip-output.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import {
  Hook,
  hookMask,
  type XtInfo,
  type XtState,
  type XtTarget,
  type XtTargetType,
  XtVerdict,
} from "../net/xtables.ts";
import { finishChecksum } from "../sim/finish-checksum.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as checksums from "../wire/checksum.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";

/** The answers by name, and the ICMP code of each; `tcp-reset` has none. */
const rejectCodes: Readonly<Record<string, number>> = {
  "icmp-net-unreachable": 0,
  "icmp-host-unreachable": 1,
  "icmp-proto-unreachable": 2,
  "icmp-port-unreachable": 3,
  "icmp-net-prohibited": 9,
  "icmp-host-prohibited": 10,
  "icmp-admin-prohibited": 13,
};

/** `-j REJECT`: a key of {@link rejectCodes}, or `tcp-reset`. */
export interface RejectInfo extends XtInfo {
  readonly with: string;
}

/** Tells the sender why its packet goes no further (nf_send_unreach). */
class Unreachable implements XtTarget {
  readonly #ns: NetworkNamespace;
  readonly #code: number;

  constructor(ns: NetworkNamespace, code: number) {
    this.#ns = ns;
    this.#code = code;
  }

  apply(packet: Packet, state: XtState): XtVerdict {
    if (state.fragmentOffset === 0 && isWhole(packet))
      icmpError.send(this.#ns, packet, icmp.DESTINATION_UNREACHABLE, this.#code, 0);
    return XtVerdict.drop;
  }
}

/** Ends a TCP connection in its receiver's name (nf_send_reset). */
class TcpReset implements XtTarget {
  readonly #ns: NetworkNamespace;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  apply(packet: Packet, state: XtState): XtVerdict {
    if (state.fragmentOffset === 0) sendReset(this.#ns, packet, state.transportAt);
    return XtVerdict.drop;
  }
}

const TO_GROUP = PacketFlag.linkBroadcast | PacketFlag.linkMulticast | PacketFlag.toGroup;

function sendReset(ns: NetworkNamespace, packet: Packet, at: number): void {
  const { view, networkAt } = packet;
  const length = packet.at + packet.length - at;
  if (!tcp.fits(view, at, length)) return;
  const flags = tcp.flags(view, at);
  if ((flags & tcp.RST) !== 0 || (packet.flags & TO_GROUP) !== 0 || !isWhole(packet)) return;
  const src = ipv4.dst(view, networkAt);
  const dst = ipv4.src(view, networkAt);
  const reset = ns.world.pool.allocate(tcp.HEADER_LEN, packet);
  const acknowledges = (flags & tcp.ACK) !== 0;
  const ends = ((flags & tcp.SYN) !== 0 ? 1 : 0) + ((flags & tcp.FIN) !== 0 ? 1 : 0);
  tcp.emit(
    {
      srcPort: tcp.dstPort(view, at),
      dstPort: tcp.srcPort(view, at),
      sequence: acknowledges ? tcp.acknowledgment(view, at) : 0,
      acknowledgment: acknowledges
        ? 0
        : (tcp.sequence(view, at) + ends + length - tcp.headerLength(view, at)) | 0,
      flags: acknowledges ? tcp.RST : tcp.RST | tcp.ACK,
      window: 0,
      urgent: 0,
      options: [],
    },
    reset.view,
    reset.at,
  );
  tcp.fillChecksum(reset.view, reset.at, tcp.HEADER_LEN, src, dst);
  reset.mark = ns.ipv4.fwmark_reflect !== 0 ? packet.mark : 0;
  ns.conntrack?.attach(reset, packet);
  ns.conntrack?.close(packet);
  const way = ipOutput.route(ns, dst, 0, 0, reset.mark, 0);
  ns.note(reset, Verdict.sent, 0);
  if (way === null) ns.drop(reset, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
  else {
    ns.snmp.outRequested(ns.world.leg);
    ipOutput.send(ns, reset, way, src, dst, ipv4.PROTO_TCP, 0, ns.ipv4.ip_default_ttl, ipv4.DONT_FRAGMENT, 0);
  }
}

/** Protocols whose sum is another, or covers less, or need not be there: GRE, ESP, AH, SCTP, UDP-Lite (nf_reject_verify_csum). */
const UNVERIFIED: ReadonlySet<number> = new Set([47, 50, 51, 132, 136]);

/** Nothing is answered to a packet whose own sum is wrong; those of packets that nobody damaged are right. */
function isWhole(packet: Packet): boolean {
  if (packet.trusted) return true;
  finishChecksum(packet);
  const { view, networkAt } = packet;
  const at = networkAt + ipv4.headerLength(view, networkAt);
  const length = packet.at + packet.length - at;
  const src = ipv4.src(view, networkAt);
  const dst = ipv4.dst(view, networkAt);
  const protocol = ipv4.protocol(view, networkAt);
  switch (protocol) {
    case ipv4.PROTO_TCP:
      return tcp.fits(view, at, length) && tcp.isChecksumValid(view, at, length, src, dst);
    case ipv4.PROTO_UDP:
      return udp.fits(view, at, length) && udp.isChecksumValid(view, at, src, dst);
    default:
      return UNVERIFIED.has(protocol) || checksums.isValid(view, at, length);
  }
}

export const rejectTarget: XtTargetType<RejectInfo> = {
  name: "REJECT",
  tables: ["filter"],
  hooks: hookMask(Hook.input, Hook.forward, Hook.output),
  make(info, { ns, protocol }) {
    if (info.with === "tcp-reset") {
      if (protocol !== ipv4.PROTO_TCP) throw new KernelError("EINVAL");
      return new TcpReset(ns);
    }
    const code = rejectCodes[info.with];
    if (code === undefined) throw new KernelError("EINVAL");
    return new Unreachable(ns, code);
  },
};
