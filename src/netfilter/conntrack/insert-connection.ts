import { SECOND } from "../../sim/time.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { Connection, ConnectionChange, Status } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
import { TcpTracking } from "./tcp-state.ts";
import { Tuple } from "./tuple.ts";
import type { Zone } from "./zone.ts";

/** A connection that somebody makes by hand. Reply ports that are null follow from the others; `timeout` in seconds. */
export interface ConnectionSpec {
  readonly protocol: number;
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly replySrc: number;
  readonly replyDst: number;
  readonly replySrcPort: number | null;
  readonly replyDstPort: number | null;
  readonly zone: Zone;
  readonly mark: number;
  /** Bits of {@link Status}: `srcNat` and `dstNat` say that the replies' tuple is no mistake. */
  readonly status: number;
  readonly tcpState: number;
  readonly timeout: number;
}

/** Whoever listens is told all of an entry that somebody made or changed by hand (ctnetlink). */
export const CHANGED_BY_HAND: number =
  ConnectionChange.assured | ConnectionChange.protocol | ConnectionChange.mark;

/** Puts a connection into the table that no packet made (ctnetlink_create_conntrack); null when a tuple is taken. */
export function insertConnection(conntrack: Conntrack, spec: ConnectionSpec): Connection | null {
  const { protocol, src, dst, srcPort, dstPort, zone } = spec;
  const tuple = new Tuple();
  tuple.src = src;
  tuple.dst = dst;
  tuple.srcPort = srcPort;
  tuple.dstPort = dstPort;
  tuple.protocol = protocol;
  if (conntrack.find(tuple, zone, false) >= 0) return null;
  tuple.invert();
  tuple.src = spec.replySrc;
  tuple.dst = spec.replyDst;
  tuple.srcPort = spec.replySrcPort ?? tuple.srcPort;
  tuple.dstPort = spec.replyDstPort ?? tuple.dstPort;
  if (conntrack.find(tuple, zone, true) >= 0) return null;
  const id = ++conntrack.limits.lastId;
  const made = new Connection(
    conntrack,
    id,
    protocol,
    zone,
    src,
    dst,
    srcPort,
    dstPort,
    tuple.srcPort,
    tuple.dstPort,
    0,
  );
  made.replySrc = tuple.src;
  made.replyDst = tuple.dst;
  made.mark = spec.mark | 0;
  made.status =
    spec.status |
    ((spec.status & Status.srcNat) !== 0 ? Status.srcNatDone : 0) |
    ((spec.status & Status.dstNat) !== 0 ? Status.dstNatDone : 0);
  if (protocol === ipv4.PROTO_TCP) {
    made.tcp = new TcpTracking();
    made.tcp.state = spec.tcpState;
  }
  made.deadline = conntrack.world.now + spec.timeout * SECOND;
  conntrack.place(made, true);
  conntrack.stats.insert++;
  conntrack.changed(made, ConnectionChange.new | CHANGED_BY_HAND);
  return made;
}
