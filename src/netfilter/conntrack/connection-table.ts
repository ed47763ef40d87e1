import type { Nanos } from "../../sim/time.ts";
import { type Connection, Status } from "./connection.ts";
import { kindOfTuple, type Tuple } from "./tuple.ts";
import { TupleTable } from "./tuple-table.ts";
import type { Zone } from "./zone.ts";

/** In how many of its buckets the kernel looks for a connection to drop (NF_CT_EVICTION_RANGE). */
const EVICTION_RANGE = 8;

/**
 * The confirmed connections of a namespace: each has a row, and is found by the tuple of either direction. What finds one
 * is a number, the row and the direction: {@link at}, {@link isReply}.
 */
export class ConnectionTable {
  /** How many there are. */
  size = 0;
  readonly #tuples: TupleTable = new TupleTable();
  readonly #rows: (Connection | null)[] = [];
  readonly #free: number[] = [];
  /** No row's connection ends before: its deadline when it was last looked at. Infinity for a free row. */
  #ends: Float64Array = new Float64Array(16);

  /** Every one of them, by row. */
  get all(): readonly Connection[] {
    return this.#rows.filter((connection) => connection !== null);
  }

  /** What finds the connection of a tuple, or -1. It may have ended. */
  find(tuple: Tuple, zone: Zone, reply: boolean): number {
    return this.#tuples.find(tuple.src, tuple.dst, tuple.ports, kindOfTuple(tuple.protocol, zone, reply));
  }

  at(found: number): Connection {
    return this.#rows[found >> 1]!;
  }

  isReply(found: number): boolean {
    return (found & 1) !== 0;
  }

  /** Those whose tuples lie near by in a table of so many buckets: the kernel's way of looking for somebody to drop. */
  near(
    src: number,
    dst: number,
    ports: number,
    protocol: number,
    zone: Zone,
    buckets: number,
  ): readonly Connection[] {
    const kind = kindOfTuple(protocol, zone, false);
    return this.#tuples
      .neighbours(src, dst, ports, kind, buckets, EVICTION_RANGE)
      .map((found) => this.at(found));
  }

  /** Adds a connection with an absolute deadline; without `both` for its replies only. */
  add(connection: Connection, both: boolean): void {
    const row = this.#free.length > 0 ? this.#free.pop()! : this.#rows.length;
    this.#rows[row] = connection;
    connection.row = row;
    if (row === this.#ends.length) this.#ends = twiceAsLong(this.#ends);
    this.#ends[row] = connection.deadline;
    const { zone, protocol } = connection;
    if (both) {
      const ports = (connection.srcPort << 16) | connection.dstPort;
      const kind = kindOfTuple(protocol, zone, false);
      this.#tuples.add(connection.src, connection.dst, ports, kind, row * 2);
    }
    const replyPorts = (connection.replySrcPort << 16) | connection.replyDstPort;
    const replyKind = kindOfTuple(protocol, zone, true);
    this.#tuples.add(connection.replySrc, connection.replyDst, replyPorts, replyKind, row * 2 + 1);
    this.size++;
  }

  remove(connection: Connection): void {
    const { row, zone, protocol } = connection;
    if ((connection.status & Status.natClash) === 0) {
      const ports = (connection.srcPort << 16) | connection.dstPort;
      const kind = kindOfTuple(protocol, zone, false);
      this.#tuples.remove(connection.src, connection.dst, ports, kind, row * 2);
    }
    const replyPorts = (connection.replySrcPort << 16) | connection.replyDstPort;
    const replyKind = kindOfTuple(protocol, zone, true);
    this.#tuples.remove(connection.replySrc, connection.replyDst, replyPorts, replyKind, row * 2 + 1);
    this.#rows[row] = null;
    this.#ends[row] = Number.POSITIVE_INFINITY;
    this.#free.push(row);
    connection.row = -1;
    this.size--;
  }

  /** The connection of a row may end as early as that; -1 for one that has none. */
  endsAt(row: number, at: Nanos): void {
    if (row >= 0) this.#ends[row] = at;
  }

  /** Shows all that may have ended by `now`, or `everyone`: `look` may take them out. When the next may end, or Infinity. */
  sweep(now: Nanos, everyone: boolean, look: (connection: Connection) => void): Nanos {
    let next = Number.POSITIVE_INFINITY;
    const rows = this.#rows;
    for (let row = 0; row < rows.length; row++) {
      if (everyone || this.#ends[row]! <= now) {
        const connection = rows[row]!;
        if (connection === null) continue;
        look(connection);
        if (connection.row < 0) continue;
        this.#ends[row] = connection.deadline;
      }
      if (this.#ends[row]! < next) next = this.#ends[row]!;
    }
    return next;
  }
}

function twiceAsLong(column: Float64Array): Float64Array {
  const grown = new Float64Array(column.length * 2);
  grown.set(column);
  return grown;
}
