import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { Way } from "../way.ts";
import type { TcpConnection } from "./connection.ts";
import { DEFAULT_MSS } from "./constants.ts";
import * as output from "./output.ts";
import { TIMESTAMPS_LENGTH } from "./reply.ts";

const HEADERS = ipv4.HEADER_LEN + tcpHeader.HEADER_LEN;
/** Segments, with their TCP header, are never made shorter than this for the sake of a small window. */
const LEAST = 68;

/** What a SYN on this way announces: the MTU without headers, or what the route says (ipv4_default_advmss). */
export function advertised(way: Way, { ns, userMss }: { ns: NetworkNamespace; userMss: number }): number {
  const ofRoute = way.route.advmss;
  const mss = ofRoute !== 0 ? ofRoute : Math.max(way.mtu - HEADERS, ns.ipv4.min_adv_mss);
  return userMss !== 0 ? Math.min(mss, userMss) : mss;
}

/** The path has this MTU: the largest payload follows (tcp_sync_mss). */
export function followPath(c: TcpConnection, mtu: number): void {
  let mss = Math.min(mtu - HEADERS, c.mssClamp);
  mss = Math.max(mss, c.ns.tcp.settings.tcp_min_snd_mss);
  const options = c.timestampsOk ? TIMESTAMPS_LENGTH : 0;
  mss -= options;
  // A window that was never larger than two segments gets segments of half its size.
  const largest = c.largestWindow;
  const half = largest > DEFAULT_MSS ? largest >> 1 : largest;
  if (half !== 0 && mss > half) mss = Math.max(half, LEAST - tcpHeader.HEADER_LEN - options);
  c.pathMtu = mtu;
  c.mss = c.searchLow === 0 ? mss : Math.min(mss, withinMtu(c, c.searchLow));
}

/** The payload of a full segment in a packet of `mtu` bytes (tcp_mtu_to_mss). */
function withinMtu(c: TcpConnection, mtu: number): number {
  const mss = Math.max(Math.min(mtu - HEADERS, c.mssClamp), c.ns.tcp.settings.tcp_min_snd_mss);
  return mss - (c.timestampsOk ? TIMESTAMPS_LENGTH : 0);
}

function mtuFor(c: TcpConnection, mss: number): number {
  return mss + HEADERS + (c.timestampsOk ? TIMESTAMPS_LENGTH : 0);
}

/** Segments of `tcp_base_mss` from now on, as they are sure to get through (RFC 4821, 7.2; tcp_mtup_init). */
export function searchPath(c: TcpConnection): void {
  c.searchLow = mtuFor(c, c.ns.tcp.settings.tcp_base_mss);
  followPath(c, c.pathMtu);
}

/**
 * Nothing gets through for a while: the path may swallow large packets without a word. The first time segments become as
 * short as `tcp_base_mss`, then half as long each time (RFC 4821, 7.7; tcp_mtu_probing).
 */
export function suspectBlackHole(c: TcpConnection): void {
  const { settings } = c.ns.tcp;
  if (settings.tcp_mtu_probing === 0) return;
  if (c.searchLow === 0) {
    searchPath(c);
    return;
  }
  const half = Math.min(settings.tcp_base_mss, withinMtu(c, c.searchLow) >> 1);
  c.searchLow = mtuFor(c, Math.max(half, settings.tcp_mtu_probe_floor, settings.tcp_min_snd_mss));
  followPath(c, c.pathMtu);
}

/** The payload of a full segment now, with the path as it is known and the options as they are (tcp_current_mss). */
export function current(c: TcpConnection): number {
  if (output.findWay(c) && c.way.mtu !== c.pathMtu) followPath(c, c.way.mtu);
  const options = output.optionsLength(c);
  const usual = c.timestampsOk ? TIMESTAMPS_LENGTH : 0;
  return options === usual ? c.mss : c.mss - (options - usual);
}
