import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { Connection } from "./connection.ts";
import { Status } from "./connection.ts";
import { TCP_STATE_NAMES } from "./tcp-state.ts";
import { hasPorts, Tuple } from "./tuple.ts";

const PROTOCOLS: Readonly<Record<number, string>> = {
  [ipv4.PROTO_ICMP]: "icmp",
  [ipv4.PROTO_TCP]: "tcp",
  [ipv4.PROTO_UDP]: "udp",
  33: "dccp",
  47: "gre",
  132: "sctp",
  136: "udplite",
};

/** What conntrack calls a protocol. */
export function protocolName(protocol: number): string {
  return PROTOCOLS[protocol] ?? "unknown";
}

/** One tuple as conntrack prints it, without a blank at the end. */
export function tupleText(tuple: Tuple): string {
  const addresses = `src=${ip.format(tuple.src)} dst=${ip.format(tuple.dst)}`;
  if (hasPorts(tuple.protocol)) return `${addresses} sport=${tuple.srcPort} dport=${tuple.dstPort}`;
  if (tuple.protocol === ipv4.PROTO_ICMP)
    return `${addresses} type=${tuple.dstPort >>> 8} code=${tuple.dstPort & 255} id=${tuple.srcPort}`;
  return addresses;
}

/** A connection in one line, without what changes from one moment to the next: for the memory of causes. */
export function connectionText(connection: Connection): string {
  const tuple = new Tuple();
  tuple.copyOf(connection, false);
  const original = tupleText(tuple);
  tuple.copyOf(connection, true);
  const state = connection.tcp === null ? "" : `${TCP_STATE_NAMES[connection.tcp.state]} `;
  const unreplied = (connection.status & Status.seenReply) === 0 ? "[UNREPLIED] " : "";
  const assured = (connection.status & Status.assured) !== 0 ? " [ASSURED]" : "";
  return `${protocolName(connection.protocol)} ${state}${original} ${unreplied}${tupleText(tuple)}${assured}`;
}
