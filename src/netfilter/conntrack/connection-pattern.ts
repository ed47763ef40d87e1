import { PortPlace } from "../../sim/flow-class.ts";
import type { EntryRef } from "../../sim/registry.ts";
import { Connection, STREAM_AFTER, Status } from "./connection.ts";
import { type ConnectionCount, ConnectionRows } from "./connection-rows.ts";
import type { Conntrack } from "./conntrack.ts";
import type { TuplePattern } from "./tuple-pattern.ts";
import type { Zone } from "./zone.ts";

/**
 * What the connections have in common that the flows of a class make in one namespace: all but one port, which stays the
 * same through every translation. It is taken from the first of them, once that is confirmed.
 */
export class ConnectionPattern {
  readonly conntrack: Conntrack;
  readonly original: TuplePattern;
  readonly reply: TuplePattern;
  /** Those that nobody has looked at. */
  readonly rows: ConnectionRows;
  /** Bits of `Status`, before the first reply. */
  readonly #status: number;
  readonly #protocol: number;
  readonly #zone: Zone;
  readonly #eventMask: number;
  readonly #masqueradeIndex: number;
  readonly #srcNatRule: EntryRef;
  readonly #dstNatRule: EntryRef;

  /** `count`: of the connections of all patterns of the namespace. */
  constructor(model: Connection, original: TuplePattern, reply: TuplePattern, count: ConnectionCount) {
    this.conntrack = model.conntrack;
    this.original = original;
    this.reply = reply;
    this.rows = new ConnectionRows(count);
    this.#status = model.status;
    this.#protocol = model.protocol;
    this.#zone = model.zone;
    this.#eventMask = model.eventMask;
    this.#masqueradeIndex = model.masqueradeIndex;
    this.#srcNatRule = model.srcNatRule;
    this.#dstNatRule = model.dstNatRule;
  }

  /** Whether a connection of the pattern is still what the pattern says, but for a reply. */
  describes({ status, mark, extension }: Connection): boolean {
    return (status & ~Status.seenReply) === this.#status && mark === 0 && extension === null;
  }

  /** Whether a connection with such tuples, which has just begun, has all else in common with those of the pattern. */
  isLike(model: Connection, original: TuplePattern, reply: TuplePattern): boolean {
    return (
      this.original === original &&
      this.reply === reply &&
      this.#status === model.status &&
      this.#zone === model.zone &&
      this.#eventMask === model.eventMask &&
      this.#masqueradeIndex === model.masqueradeIndex &&
      this.#srcNatRule === model.srcNatRule &&
      this.#dstNatRule === model.dstNatRule
    );
  }

  /** Whether an object is one of the pattern, that of the flow with this port, and nobody wrote anything down of it. */
  isPlain(connection: Connection, port: number): boolean {
    const { original, reply } = this;
    const { srcPort, dstPort, replySrc, replyDst, replySrcPort, replyDstPort } = connection;
    return (
      connection.src === original.src &&
      connection.dst === original.dst &&
      ((srcPort << 16) | dstPort) === original.portsOf(port) &&
      replySrc === reply.src &&
      replyDst === reply.dst &&
      ((replySrcPort << 16) | replyDstPort) === reply.portsOf(port) &&
      connection.zone === this.#zone &&
      connection.eventMask === this.#eventMask &&
      connection.account === null &&
      connection.ref === 0 &&
      connection.changes === 0 &&
      this.describes(connection)
    );
  }

  /** Whether the port that is open stands there in a packet, or in a reply. */
  isOpenAt(place: PortPlace, reply: boolean): boolean {
    const isSource = place === PortPlace.source;
    return (this.original.isSourcePortOpen === isSource) !== reply;
  }

  /** Whether one that nobody has looked at began at a source, perhaps one that has ended. `kind`: what `kindOfTuple` says. */
  hasFrom(src: number, srcPort: number, kind: number): boolean {
    const { original, rows } = this;
    if (original.src !== src || original.kind !== kind) return false;
    return original.isSourcePortOpen
      ? rows.find(srcPort) >= 0
      : original.portsOf(0) >>> 16 === srcPort && rows.size > 0;
  }

  /** The open ports of those. */
  portsFrom(src: number, srcPort: number, kind: number): readonly number[] {
    if (!this.hasFrom(src, srcPort, kind)) return [];
    return this.original.isSourcePortOpen ? [srcPort] : this.rows.ports();
  }

  /** Makes an object of the one whose open port this is; it is in no table any more. */
  take(port: number): Connection {
    const { original, reply, rows } = this;
    const row = rows.find(port);
    const ports = original.portsOf(port);
    const replyPorts = reply.portsOf(port);
    const connection = new Connection(
      this.conntrack,
      rows.idOf(row),
      this.#protocol,
      this.#zone,
      original.src,
      original.dst,
      ports >>> 16,
      ports & 0xffff,
      replyPorts >>> 16,
      replyPorts & 0xffff,
      rows.frameOf(row),
    );
    // Whatever is asked for by now: nothing was written down of it when it began.
    connection.account = null;
    connection.replySrc = reply.src;
    connection.replyDst = reply.dst;
    connection.status = this.#status | (rows.isAnswered(row) ? Status.seenReply : 0);
    connection.streamAt = rows.beganAt(row) + STREAM_AFTER;
    connection.eventMask = this.#eventMask;
    connection.masqueradeIndex = this.#masqueradeIndex;
    connection.srcNatRule = this.#srcNatRule;
    connection.dstNatRule = this.#dstNatRule;
    connection.pattern = this;
    connection.keep(rows.endOf(row), rows.timeout);
    rows.remove(row);
    return connection;
  }
}
