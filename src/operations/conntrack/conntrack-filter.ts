import { type Connection, Status } from "../../netfilter/conntrack/connection.ts";
import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";

/** Names of `--status` and their bits; UNREPLIED asks for a bit that is not there. */
export const statusBits: Readonly<Record<string, number>> = {
  ASSURED: Status.assured,
  SEEN_REPLY: Status.seenReply,
  UNSET: 0,
  FIXED_TIMEOUT: Status.fixedTimeout,
  EXPECTED: Status.expected,
};

/** A number with a mask, uint32 both. */
interface MaskedNumber {
  readonly value: number;
  readonly mask: number;
}

/** What an entry must be like to be shown, deleted or changed. Addresses may have a length: `10.0.0.0/8`. */
export interface ConntrackFilter {
  readonly src?: string;
  readonly dst?: string;
  readonly replySrc?: string;
  readonly replyDst?: string;
  readonly protocol?: number;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly replySrcPort?: number;
  readonly replyDstPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly icmpId?: number;
  /** A state of TCP by name. */
  readonly state?: string;
  readonly status?: readonly string[];
  readonly mark?: MaskedNumber;
  readonly zone?: number;
  readonly origZone?: number;
  readonly replyZone?: number;
  /** Translated: by any address (empty), to this one, with a port. */
  readonly srcNat?: string;
  readonly dstNat?: string;
  readonly anyNat?: string;
  /** Entries of IPv6: there are none. */
  readonly ipv6?: true;
}

function isIn(prefix: string | undefined, address: number): boolean {
  if (prefix === undefined) return true;
  const { address: network, length } = ip.parsePrefix(prefix.includes("/") ? prefix : `${prefix}/32`)!;
  return ip.contains(network, length, address);
}

function is(wanted: number | undefined, value: number): boolean {
  return wanted === undefined || wanted === value;
}

/** `ADDRESS[:PORT]` */
export function parseNat(text: string): { readonly address: number; readonly port: number | null } | null {
  const [address = "", port] = text.split(":");
  const parsed = ip.parse(address);
  if (parsed === null) return null;
  return { address: parsed, port: port === undefined ? null : Number(port) };
}

/** Whether a side of the connection is translated (`bit`), to what is asked for. */
function isTranslated(wanted: string, c: Connection, bit: number, address: number, port: number): boolean {
  if ((c.status & bit) === 0) return false;
  if (wanted === "") return true;
  const to = parseNat(wanted)!;
  return to.address === address && (to.port === null || to.port === port);
}

/** An echo request's type 8 and code 0, where a port would stand. */
const ECHO_AS_PORT = 0x0800;

/**
 * The tool asks for a translated port too, and compares an echo's id with the type and code of the other direction, which
 * lie where another protocol has its ports: nearly every ping counts as translated both ways, once NAT has looked at it.
 */
function natMatches({ srcNat, dstNat, anyNat }: ConntrackFilter, c: Connection): boolean {
  const isEcho = c.protocol === ipv4.PROTO_ICMP;
  const bySource = (wanted: string): boolean =>
    (isEcho && wanted === "" && (c.status & Status.srcNatDone) !== 0 && c.srcPort !== 0) ||
    isTranslated(wanted, c, Status.srcNat, c.replyDst, c.replyDstPort);
  const byDestination = (wanted: string): boolean =>
    (isEcho && wanted === "" && (c.status & Status.dstNatDone) !== 0 && c.srcPort !== ECHO_AS_PORT) ||
    isTranslated(wanted, c, Status.dstNat, c.replySrc, c.replySrcPort);
  if (anyNat !== undefined && !bySource(anyNat) && !byDestination(anyNat)) return false;
  if (srcNat !== undefined && !bySource(srcNat)) return false;
  return dstNat === undefined || byDestination(dstNat);
}

function statusMatches(names: readonly string[], c: Connection): boolean {
  return names.every((name) =>
    name === "UNREPLIED"
      ? (c.status & Status.seenReply) === 0
      : (c.status & statusBits[name]!) === statusBits[name],
  );
}

/** A zone of both directions is none of one direction. */
function isZone({ zone }: Connection, direction: "original" | "reply", id: number): boolean {
  return (zone.direction === direction ? zone.id : 0) === id;
}

/** Whether the entry is one of those that are asked for. */
export function conntrackMatches(filter: ConntrackFilter, c: Connection): boolean {
  const { mark, status, state, zone } = filter;
  if (filter.ipv6) return false;
  if (!isIn(filter.src, c.src) || !isIn(filter.dst, c.dst)) return false;
  if (!isIn(filter.replySrc, c.replySrc) || !isIn(filter.replyDst, c.replyDst)) return false;
  if (!is(filter.protocol, c.protocol)) return false;
  if (!is(filter.srcPort, c.srcPort) || !is(filter.dstPort, c.dstPort)) return false;
  if (!is(filter.replySrcPort, c.replySrcPort) || !is(filter.replyDstPort, c.replyDstPort)) return false;
  if (!is(filter.icmpType, c.dstPort >>> 8) || !is(filter.icmpCode, c.dstPort & 255)) return false;
  if (!is(filter.icmpId, c.srcPort)) return false;
  if (state !== undefined && (c.tcp === null || TCP_STATE_NAMES[c.tcp.state] !== state)) return false;
  if (status !== undefined && !statusMatches(status, c)) return false;
  if (mark !== undefined && ((c.mark ^ mark.value) & mark.mask) !== 0) return false;
  if (zone !== undefined && (c.zone.direction !== "both" || c.zone.id !== zone))
    return zone === 0 && c.zone.id === 0;
  if (filter.origZone !== undefined && !isZone(c, "original", filter.origZone)) return false;
  if (filter.replyZone !== undefined && !isZone(c, "reply", filter.replyZone)) return false;
  return natMatches(filter, c);
}
