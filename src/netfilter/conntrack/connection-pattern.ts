import { PortPlace } from "../../sim/flow-class.ts";
import type { EntryRef } from "../../sim/registry.ts";
import { Connection, Status } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
import { kindOfTuple } from "./tuple.ts";
import { TuplePattern } from "./tuple-pattern.ts";
import type { Zone } from "./zone.ts";

/**
 * What the connections have in common that the flows of a class make in one namespace: all but one port, which stays the
 * same through every translation. It is taken from the first of them, once that is confirmed.
 */
export class ConnectionPattern {
  /** Tells it from the others of its namespace; not 0. */
  number = 0;
  readonly conntrack: Conntrack;
  readonly original: TuplePattern;
  readonly reply: TuplePattern;
  /** Bits of `Status`, before the first reply. */
  readonly status: number;
  /** Where the open port stands in a packet of the original direction. */
  readonly #place: PortPlace;
  readonly #protocol: number;
  readonly #zone: Zone;
  readonly #eventMask: number;
  readonly #masqueradeIndex: number;
  readonly #srcNatRule: EntryRef;
  readonly #dstNatRule: EntryRef;

  constructor(model: Connection, isSourcePortOpen: boolean) {
    const { protocol, zone, src, dst, replySrc, replyDst } = model;
    this.conntrack = model.conntrack;
    const ports = (model.srcPort << 16) | model.dstPort;
    const replyPorts = (model.replySrcPort << 16) | model.replyDstPort;
    this.original = new TuplePattern(src, dst, ports, kindOfTuple(protocol, zone, false), isSourcePortOpen);
    this.reply = new TuplePattern(
      replySrc,
      replyDst,
      replyPorts,
      kindOfTuple(protocol, zone, true),
      !isSourcePortOpen,
    );
    this.status = model.status;
    this.#place = isSourcePortOpen ? PortPlace.source : PortPlace.destination;
    this.#protocol = protocol;
    this.#zone = zone;
    this.#eventMask = model.eventMask;
    this.#masqueradeIndex = model.masqueradeIndex;
    this.#srcNatRule = model.srcNatRule;
    this.#dstNatRule = model.dstNatRule;
  }

  /** Whether a connection of the pattern is still what the pattern says, but for a reply. */
  describes({ status, mark, extension }: Connection): boolean {
    return (status & ~Status.seenReply) === this.status && mark === 0 && extension === null;
  }

  equals(other: ConnectionPattern): boolean {
    return (
      this.original.equals(other.original) &&
      this.reply.equals(other.reply) &&
      this.status === other.status &&
      this.#zone === other.#zone &&
      this.#eventMask === other.#eventMask &&
      this.#masqueradeIndex === other.#masqueradeIndex &&
      this.#srcNatRule === other.#srcNatRule &&
      this.#dstNatRule === other.#dstNatRule
    );
  }

  /** Whether the port that is open stands there in a packet, or in a reply. */
  isOpenAt(place: PortPlace, reply: boolean): boolean {
    return (this.#place === place) !== reply;
  }

  /** One of them; `ports` and `replyPorts` are those of its tuples, source and destination in one int32. */
  connection(id: number, frame: number, ports: number, replyPorts: number): Connection {
    const { original, reply } = this;
    const connection = new Connection(
      this.conntrack,
      id,
      this.#protocol,
      this.#zone,
      original.src,
      original.dst,
      ports >>> 16,
      ports & 0xffff,
      replyPorts >>> 16,
      replyPorts & 0xffff,
      frame,
    );
    // Whatever is asked for by now: nothing was written down of it when it began.
    connection.account = null;
    connection.replySrc = reply.src;
    connection.replyDst = reply.dst;
    connection.eventMask = this.#eventMask;
    connection.masqueradeIndex = this.#masqueradeIndex;
    connection.srcNatRule = this.#srcNatRule;
    connection.dstNatRule = this.#dstNatRule;
    connection.pattern = this;
    return connection;
  }
}
