import type { ConntrackAccess } from "../../net/conntrack-access.ts";
import type { Packet } from "../../sim/packet.ts";
import { ConnectionInfo, connectionOf, isReply } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
import { closeAtOnce } from "./tcp-tracking.ts";
import { hasPorts, Tuple } from "./tuple.ts";
import { DEFAULT_ZONE } from "./zone.ts";

/** Connection tracking as IPVS sees it (net/netfilter/ipvs/ip_vs_nfct.c). */
export class ConntrackDoor implements ConntrackAccess {
  readonly #conntrack: Conntrack;
  readonly #tuple: Tuple = new Tuple();

  constructor(conntrack: Conntrack) {
    this.#conntrack = conntrack;
  }

  get count(): number {
    return this.#conntrack.count;
  }

  isReply(packet: Packet): boolean | null {
    return packet.connection === null ? null : isReply(packet.connectionInfo);
  }

  isConfirmed(packet: Packet): boolean {
    return connectionOf(packet)?.confirmed === true;
  }

  attach(answer: Packet, packet: Packet): void {
    const connection = connectionOf(packet);
    if (connection === null) return;
    answer.connection = connection;
    answer.connectionInfo = isReply(packet.connectionInfo)
      ? ConnectionInfo.related
      : ConnectionInfo.relatedReply;
  }

  close(packet: Packet): void {
    const connection = connectionOf(packet);
    if (connection !== null && connection.tcp !== null) closeAtOnce(connection, connection.tcp);
  }

  untrack(packet: Packet): void {
    if (packet.connection === null) return;
    packet.connection = null;
    packet.connectionInfo = ConnectionInfo.untracked;
  }

  alterReplySource(packet: Packet, address: number, port: number): void {
    const connection = connectionOf(packet);
    if (connection === null || connection.confirmed || connection.dying || isReply(packet.connectionInfo))
      return;
    connection.replySrc = address;
    if (hasPorts(connection.protocol)) connection.replySrcPort = port;
  }

  kill(protocol: number, src: number, srcPort: number, dst: number, dstPort: number): void {
    const tuple = this.#tuple;
    tuple.protocol = protocol;
    tuple.src = src;
    tuple.srcPort = srcPort;
    tuple.dst = dst;
    tuple.dstPort = dstPort;
    const found = this.#conntrack.find(tuple, DEFAULT_ZONE, false);
    if (found >= 0) this.#conntrack.kill(this.#conntrack.connectionAt(found));
  }
}
