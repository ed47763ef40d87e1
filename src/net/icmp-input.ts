import type { FrameId, Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { addressType } from "./address-type.ts";
import * as arpRules from "./arp-rules.ts";
import * as ipOutput from "./ip-output.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** An ICMP error as a socket hears of it. */
export interface IcmpReport {
  readonly type: number;
  readonly code: number;
  /** The MTU, gateway or pointer that the message carries. */
  readonly info: number;
  /** Who sent the message. */
  readonly from: number;
  readonly errno: Errno;
  /** It ends a connection, so to speak: connected sockets hear of it without having asked (icmp_err_convert). */
  readonly hard: boolean;
}

/** Errors of the codes of "destination unreachable" (icmp_err_convert), and whether they are hard. */
const unreachable: readonly (readonly [Errno, boolean])[] = [
  ["ENETUNREACH", false],
  ["EHOSTUNREACH", false],
  ["ENOPROTOOPT", true],
  ["ECONNREFUSED", true],
  ["EMSGSIZE", false],
  ["EOPNOTSUPP", false],
  ["ENETUNREACH", true],
  ["EHOSTDOWN", true],
  ["ENONET", true],
  ["ENETUNREACH", true],
  ["EHOSTUNREACH", true],
  ["ENETUNREACH", false],
  ["EHOSTUNREACH", false],
  ["EHOSTUNREACH", true],
  ["EHOSTUNREACH", true],
  ["EHOSTUNREACH", true],
];

/**
 * Takes an ICMP error of `length` bytes at `packet.transportAt` (icmp_unreach, icmp_redirect); returns what becomes of
 * it. The packet stays the caller's.
 */
export function error(ns: NetworkNamespace, device: NetDevice, packet: Packet, length: number): Verdict {
  const view = packet.view;
  const at = packet.transportAt;
  const type = icmp.type(view, at);
  const code = icmp.code(view, at);
  const quoted = at + icmp.HEADER_LEN;
  const left = length - icmp.HEADER_LEN;
  if (left < ipv4.HEADER_LEN) return useless(ns, Verdict.PKT_TOO_SMALL);
  const header = ipv4.headerLength(view, quoted);
  if (header < ipv4.HEADER_LEN) return useless(ns, Verdict.IP_INHDR);
  if (left < header + 8) return useless(ns, Verdict.delivered);
  const src = ipv4.src(view, quoted);
  const dst = ipv4.dst(view, quoted);
  const from = ipv4.src(view, packet.networkAt);
  if (type === icmp.REDIRECT) {
    redirected(ns, device, packet, src, dst, from);
    return Verdict.delivered;
  }
  if (type === icmp.TIME_EXCEEDED && code === icmp.REASSEMBLY_EXCEEDED) return Verdict.delivered;
  if (type === icmp.SOURCE_QUENCH) return Verdict.delivered;
  if (type === icmp.DESTINATION_UNREACHABLE && code >= unreachable.length) return Verdict.delivered;
  if (ns.ipv4.icmp_ignore_bogus_error_responses === 0 && addressType(ns, dst) === "broadcast")
    return Verdict.delivered;
  let info = 0;
  if (type === icmp.DESTINATION_UNREACHABLE && code === icmp.FRAGMENTATION_NEEDED) {
    const mode = ns.ipv4.ip_no_pmtu_disc;
    if (mode === 2) return Verdict.delivered;
    info = mode === 0 || mode === 3 ? icmp.mtu(view, at) : 0;
    // A router that predates RFC 1191 names no MTU.
    learnMtu(ns, src, dst, ipv4.tos(view, quoted), info, packet.id);
  } else if (type === icmp.PARAMETER_PROBLEM) info = icmp.pointer(view, at);
  const report: IcmpReport = { type, code, info, from, ...meaning(type, code) };
  ns.sockets.reportIcmp(device, packet, quoted, report);
  return Verdict.delivered;
}

/** A message that says nothing to anybody here. */
function useless(ns: NetworkNamespace, verdict: Verdict): Verdict {
  ns.snmp.icmpInErrors++;
  return verdict;
}

function meaning(type: number, code: number): { readonly errno: Errno; readonly hard: boolean } {
  if (type === icmp.DESTINATION_UNREACHABLE) {
    const [errno, hard] = unreachable[code]!;
    return { errno, hard };
  }
  return type === icmp.PARAMETER_PROBLEM
    ? { errno: "EPROTO", hard: true }
    : { errno: "EHOSTUNREACH", hard: false };
}

/** The way of a packet that this host sent and that somebody complains about, or null. */
function wayOf(ns: NetworkNamespace, src: number, dst: number, tos: number): Route | null {
  if (addressType(ns, src) !== "local") return null;
  return ipOutput.route(ns, dst, src, 0, 0, tos & 0xfc);
}

function learnMtu(
  ns: NetworkNamespace,
  src: number,
  dst: number,
  tos: number,
  mtu: number,
  frame: FrameId,
): void {
  const way = wayOf(ns, src, dst, tos);
  if (way === null || mtu === 0) return;
  ns.exceptions.learnMtu(dst, way, mtu, ipOutput.mtu(ns, way, dst, false), { by: "frame", frame });
}

/** A router shows a better way (__ip_do_redirect). */
function redirected(
  ns: NetworkNamespace,
  device: NetDevice,
  packet: Packet,
  src: number,
  dst: number,
  from: number,
): void {
  const view = packet.view;
  const gateway = icmp.gateway(view, packet.transportAt);
  if (icmp.code(view, packet.transportAt) > 3) return;
  const way = wayOf(ns, src, dst, 0);
  if (way === null || way.gateway === 0 || ipOutput.nexthop(ns, way, dst) !== from) return;
  const { conf } = device.ipv4;
  const { allConf } = ns.ipv4;
  const accepted =
    conf.forwarding !== 0
      ? (conf.accept_redirects & allConf.accept_redirects) !== 0
      : (conf.accept_redirects | allConf.accept_redirects) !== 0;
  if (!accepted || gateway === from) return;
  if (ip.isMulticast(gateway) || gateway === ip.BROADCAST || gateway === 0) return;
  if ((conf.shared_media | allConf.shared_media) === 0) {
    if (!arpRules.isOnLink(device, gateway, from)) return;
    const secure = (conf.secure_redirects | allConf.secure_redirects) !== 0;
    if (secure && !isDefaultGateway(ns, device, gateway)) return;
  } else if (addressType(ns, gateway) !== "unicast") return;
  const cause = { by: "frame", frame: packet.id } as const;
  const neighbour = ns.neighbours.resolve(way.device!, gateway, cause);
  if (neighbour === null) return;
  // Linux first makes sure that the new gateway is there; the next redirect then counts.
  if (!neighbour.valid) neighbour.solicit();
  else ns.exceptions.learnGateway(dst, way, gateway, cause);
}

function isDefaultGateway(ns: NetworkNamespace, device: NetDevice, gateway: number): boolean {
  for (const table of ns.fib.tables)
    for (const route of table.of(0, 0)) if (route.gateway === gateway && route.device === device) return true;
  return false;
}
