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
  c.mss = mss;
}

/** The payload of a full segment now, with the path as it is known and the options as they are (tcp_current_mss). */
export function current(c: TcpConnection): number {
  if (output.findWay(c) && c.way.mtu !== c.pathMtu) followPath(c, c.way.mtu);
  const options = output.optionsLength(c);
  const usual = c.timestampsOk ? TIMESTAMPS_LENGTH : 0;
  return options === usual ? c.mss : c.mss - (options - usual);
}
