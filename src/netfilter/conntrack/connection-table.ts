import { CountingFilter } from "../../base/counting-filter.ts";
import { HashIndex } from "../../base/hash-index.ts";
import type { Nanos } from "../../sim/time.ts";
import { type Connection, Status } from "./connection.ts";
import { hashSource, hashTuple, kindOfTuple } from "./tuple.ts";

/** In how many of its buckets the kernel looks for a connection to drop (NF_CT_EVICTION_RANGE). */
const EVICTION_RANGE = 8;

/** Numbers of a row: four of each tuple (addresses, ports, protocol and zone), and where the tuples are in the index. */
const STRIDE = 10;
const REPLY = 4;
const SLOT = 8;
const REPLY_SLOT = 9;

/**
 * The confirmed connections of a namespace: each has a row, and is found by the tuple of either direction. What finds one
 * is a number, the row and the direction: {@link at}, {@link isReply}.
 */
export class ConnectionTable {
  /** How many there are. */
  size = 0;
  readonly #tuples: HashIndex = new HashIndex({
    hashOf: (found) => this.#hashOf(found),
    moved: (found, slot) => {
      this.#rows[(found >> 1) * STRIDE + SLOT + (found & 1)] = slot;
    },
  });
  /** Both ports of every tuple; null until somebody asks. */
  #ports: CountingFilter | null = null;
  /** By original source; null until somebody asks. */
  #sources: HashIndex | null = null;
  /** Where each row is in that index. */
  #sourceSlots: Int32Array = new Int32Array(0);
  /** By row; null for a free one. */
  readonly #connections: (Connection | null)[] = [];
  readonly #free: number[] = [];
  #rows: Int32Array = new Int32Array(16 * STRIDE);
  /** No row's connection ends before: its deadline when it was last looked at. Infinity for a free row. */
  #ends: Float64Array = new Float64Array(16);

  /** Every one of them, the oldest first. */
  get all(): readonly Connection[] {
    return this.#connections.filter((connection) => connection !== null).sort(byAge);
  }

  /** What finds the connection of a tuple, or -1. It may have ended. `kind`: what {@link kindOfTuple} says. */
  find(src: number, dst: number, ports: number, kind: number): number {
    const tuples = this.#tuples;
    const hash = hashTuple(src, dst, ports, kind);
    for (let slot = tuples.first(hash); slot >= 0; slot = tuples.next(hash, slot)) {
      const found = tuples.at(slot);
      if (this.#isAt(found, src, dst, ports, kind)) return found;
    }
    return -1;
  }

  #isAt(found: number, src: number, dst: number, ports: number, kind: number): boolean {
    const rows = this.#rows;
    const at = (found >> 1) * STRIDE + (found & 1) * REPLY;
    return rows[at] === src && rows[at + 2] === ports && rows[at + 1] === dst && rows[at + 3] === kind;
  }

  /** Whether somebody may have a tuple with these ports: it is told at once, and mostly that nobody has. */
  mayHave(ports: number): boolean {
    return (this.#ports ?? this.#notePorts()).mayHave(ports);
  }

  #notePorts(): CountingFilter {
    const ports = new CountingFilter();
    this.#ports = ports;
    const rows = this.#rows;
    for (let row = 0; row < this.#connections.length; row++) {
      if (this.#connections[row] === null) continue;
      ports.add(rows[row * STRIDE + 2]!);
      ports.add(rows[row * STRIDE + REPLY + 2]!);
    }
    return ports;
  }

  at(found: number): Connection {
    return this.#connections[found >> 1]!;
  }

  isReply(found: number): boolean {
    return (found & 1) !== 0;
  }

  /**
   * Those whose tuples lie near by in a table of so many buckets, a power of two, the nearest first: the kernel's way of
   * looking for somebody to drop.
   */
  near(src: number, dst: number, ports: number, kind: number, buckets: number): readonly Connection[] {
    const hash = hashTuple(src, dst, ports, kind);
    const start = hash & -(2 ** 32 / buckets);
    const away = (found: number): number => (this.#hashOf(found) - start) >>> 0;
    return this.#tuples
      .neighbours(hash, buckets, EVICTION_RANGE)
      .sort((a, b) => away(a) - away(b) || byAge(this.at(a), this.at(b)))
      .map((found) => this.at(found));
  }

  /** Those that began at a source and whose own source NAT has decided on, the newest first (nf_nat_bysource). */
  fromSource(src: number, srcPort: number, kind: number): readonly Connection[] {
    const found: Connection[] = [];
    const sources = this.#sources ?? this.#indexSources();
    const hash = hashSource(src, srcPort, kind);
    for (let slot = sources.first(hash); slot >= 0; slot = sources.next(hash, slot)) {
      const row = sources.at(slot);
      if (this.#beginsAt(row, src, srcPort, kind)) found.push(this.at(row * 2));
    }
    return found.filter(({ status }) => (status & Status.srcNatDone) !== 0).sort((a, b) => b.id - a.id);
  }

  /** Whether nobody has begun at a source. */
  isNewSource(src: number, srcPort: number, kind: number): boolean {
    const sources = this.#sources ?? this.#indexSources();
    const hash = hashSource(src, srcPort, kind);
    for (let slot = sources.first(hash); slot >= 0; slot = sources.next(hash, slot))
      if (this.#beginsAt(sources.at(slot), src, srcPort, kind)) return false;
    return true;
  }

  #beginsAt(row: number, src: number, srcPort: number, kind: number): boolean {
    const rows = this.#rows;
    const at = row * STRIDE;
    return rows[at] === src && rows[at + 2]! >>> 16 === srcPort && rows[at + 3] === kind;
  }

  #indexSources(): HashIndex {
    const sources = new HashIndex({
      hashOf: (row) => this.#sourceHash(row),
      moved: (row, slot) => {
        this.#sourceSlots[row] = slot;
      },
    });
    this.#sourceSlots = new Int32Array(this.#ends.length);
    for (let row = 0; row < this.#connections.length; row++)
      if (this.#connections[row] !== null) this.#sourceSlots[row] = sources.add(this.#sourceHash(row), row);
    this.#sources = sources;
    return sources;
  }

  #hashOf(found: number): number {
    const rows = this.#rows;
    const at = (found >> 1) * STRIDE + (found & 1) * REPLY;
    return hashTuple(rows[at]!, rows[at + 1]!, rows[at + 2]!, rows[at + 3]!);
  }

  #sourceHash(row: number): number {
    const rows = this.#rows;
    const at = row * STRIDE;
    return hashSource(rows[at]!, rows[at + 2]! >>> 16, rows[at + 3]!);
  }

  /** Adds a connection with an absolute deadline; without `both` for its replies only. */
  add(connection: Connection, both: boolean): void {
    const row = this.#takeRow(connection);
    connection.row = row;
    this.#ends[row] = connection.deadline;
    const rows = this.#rows;
    const at = row * STRIDE;
    const { zone, protocol } = connection;
    rows[at] = connection.src;
    rows[at + 1] = connection.dst;
    rows[at + 2] = (connection.srcPort << 16) | connection.dstPort;
    rows[at + 3] = kindOfTuple(protocol, zone, false);
    rows[at + REPLY] = connection.replySrc;
    rows[at + REPLY + 1] = connection.replyDst;
    rows[at + REPLY + 2] = (connection.replySrcPort << 16) | connection.replyDstPort;
    rows[at + REPLY + 3] = kindOfTuple(protocol, zone, true);
    if (both) rows[at + SLOT] = this.#tuples.add(this.#hashOf(row * 2), row * 2);
    rows[at + REPLY_SLOT] = this.#tuples.add(this.#hashOf(row * 2 + 1), row * 2 + 1);
    if (this.#sources !== null) this.#sourceSlots[row] = this.#sources.add(this.#sourceHash(row), row);
    if (this.#ports !== null) {
      this.#ports.add(rows[at + 2]!);
      this.#ports.add(rows[at + REPLY + 2]!);
    }
    this.size++;
  }

  #takeRow(connection: Connection): number {
    const row = this.#free.length > 0 ? this.#free.pop()! : this.#connections.length;
    this.#connections[row] = connection;
    if (row === this.#ends.length) this.#grow();
    return row;
  }

  #grow(): void {
    const { length } = this.#ends;
    this.#rows = copyInto(new Int32Array(length * 2 * STRIDE), this.#rows);
    this.#ends = copyInto(new Float64Array(length * 2), this.#ends);
    if (this.#sources !== null) this.#sourceSlots = copyInto(new Int32Array(length * 2), this.#sourceSlots);
  }

  remove(connection: Connection): void {
    const { row } = connection;
    const rows = this.#rows;
    const at = row * STRIDE;
    if ((connection.status & Status.natClash) === 0) this.#tuples.removeAt(rows[at + SLOT]!);
    this.#tuples.removeAt(rows[at + REPLY_SLOT]!);
    if (this.#sources !== null) this.#sources.removeAt(this.#sourceSlots[row]!);
    if (this.#ports !== null) {
      this.#ports.remove(rows[at + 2]!);
      this.#ports.remove(rows[at + REPLY + 2]!);
    }
    this.#connections[row] = null;
    this.#ends[row] = Number.POSITIVE_INFINITY;
    this.#free.push(row);
    this.size--;
    connection.row = -1;
  }

  /** The connection of a row may end as early as that; -1 for one that has none. */
  endsAt(row: number, at: Nanos): void {
    if (row >= 0) this.#ends[row] = at;
  }

  /** Shows all that may have ended by `now`: `look` may take them out. When the next one ends, or Infinity. */
  sweep(now: Nanos, look: (connection: Connection) => void): Nanos {
    const ends = this.#ends;
    let next = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.#connections.length; row++) {
      // Those that end later than another one need not be looked at.
      if (ends[row]! > now && ends[row]! >= next) continue;
      const connection = this.#connections[row]!;
      if (connection === null) continue;
      look(connection);
      if (connection.row < 0) continue;
      ends[row] = connection.deadline;
      if (ends[row]! < next) next = ends[row]!;
    }
    return next;
  }
}

function byAge(a: Connection, b: Connection): number {
  return a.id - b.id;
}

function copyInto<C extends Int32Array | Float64Array>(wider: C, column: C): C {
  wider.set(column);
  return wider;
}
