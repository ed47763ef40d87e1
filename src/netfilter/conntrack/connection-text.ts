import { SECOND } from "../../sim/time.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { type Connection, Status } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
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
function tupleText(tuple: Tuple): string {
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

/** Whole seconds that are left. */
export function secondsLeft(connection: Connection): number {
  return Math.max(0, Math.floor((connection.deadline - connection.conntrack.world.now) / SECOND));
}

function counters({ account }: Connection, reply: boolean): string {
  if (account?.counts !== true) return "";
  const packets = reply ? account.replyPackets : account.packets;
  return `packets=${packets} bytes=${reply ? account.replyBytes : account.bytes} `;
}

/** The protocol by name and number, as entries begin. */
export function start(connection: Connection): string {
  const { protocol } = connection;
  return `${protocolName(protocol).padEnd(8)} ${protocol} `;
}

/** Both directions of an entry, `stated` with its state and `counted` with counters; ends with a blank. */
export function middle(connection: Connection, counted = true, stated = true): string {
  const tuple = new Tuple();
  const { zone, status, tcp } = connection;
  tuple.copyOf(connection, false);
  const original = tupleText(tuple);
  tuple.copyOf(connection, true);
  const zoneOf = (direction: string): string =>
    zone.direction === direction && zone.id !== 0
      ? `zone-${direction === "original" ? "orig" : "reply"}=${zone.id} `
      : "";
  return [
    tcp === null || !stated ? "" : `${TCP_STATE_NAMES[tcp.state]} `,
    `${original} `,
    zoneOf("original"),
    counted ? counters(connection, false) : "",
    (status & Status.seenReply) === 0 ? "[UNREPLIED] " : "",
    `${tupleText(tuple)} `,
    zoneOf("reply"),
    counted ? counters(connection, true) : "",
    (status & Status.assured) !== 0 ? "[ASSURED] " : "",
  ].join("");
}

/** How many seconds it has lived until then, where that is known; null where it is not. */
export function lived({ account }: Connection, until: number): number | null {
  if (account?.keepsTimes !== true || Number.isNaN(until)) return null;
  return Math.floor(until / SECOND) - Math.floor(account.start / SECOND);
}

/** The same as the tool prints it. */
export function delta(connection: Connection, until: number): string {
  const seconds = lived(connection, until);
  return seconds === null ? "" : `delta-time=${seconds} `;
}

/** The line of an entry in /proc/net/nf_conntrack. */
function procLine(connection: Connection): string {
  const { mark, zone } = connection;
  const id = zone.direction === "both" ? `zone=${zone.id} ` : "";
  const age = delta(connection, connection.conntrack.world.now);
  return `ipv4     2 ${start(connection)}${secondsLeft(connection)} ${middle(connection)}mark=${mark >>> 0} ${id}${age}use=2\n`;
}

/** /proc/net/nf_conntrack. */
export function procFile(conntrack: Conntrack): string {
  return conntrack.list().map(procLine).join("");
}

/** /proc/net/stat/nf_conntrack, a line for each of `cpus` processors; what happened is all in the first one. */
export function procStat({ stats: s, count }: Conntrack, cpus: number): string {
  const head =
    "entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n";
  const hex = (value: number): string => value.toString(16).padStart(8, "0");
  const lines = Array.from({ length: cpus }, (_, cpu) => {
    const of = (value: number): string => hex(cpu === 0 ? value : 0);
    const main = [s.found, 0, s.invalid, 0, 0, 0, s.insert, s.insertFailed, s.drop, s.earlyDrop, s.error];
    return `${hex(count)}  ${[s.clashResolve, ...main].map(of).join(" ")}  ${[0, 0, 0, 0].map(of).join(" ")}\n`;
  });
  return head + lines.join("");
}
