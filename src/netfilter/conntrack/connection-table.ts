import { HashIndex } from "../../base/hash-index.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import { Connection, STREAM_AFTER, Status } from "./connection.ts";
import type { ConnectionPattern } from "./connection-pattern.ts";
import { hashSource, hashTuple, kindOfTuple, type Tuple } from "./tuple.ts";
import type { Zone } from "./zone.ts";

/** In how many of its buckets the kernel looks for a connection to drop (NF_CT_EVICTION_RANGE). */
const EVICTION_RANGE = 8;

/**
 * Numbers of a row: four of each tuple (addresses, ports, protocol and zone); then, of a row that is nothing but numbers,
 * its status, its pattern's number and the deadline, in one cache line with the tuples; then what is seldom asked for.
 */
const STRIDE = 16;
const REPLY = 4;
const STATUS = 8;
/** 0 for a connection that is an object. */
const PATTERN = 9;
/** Two int32 wide. */
const DEADLINE = 10;
/** Where the tuples are in the index. */
const SLOT = 12;
const REPLY_SLOT = 13;
const ID = 14;
const FRAME = 15;

/**
 * The confirmed connections of a namespace: each has a row, and is found by the tuple of either direction. What finds one
 * is a number, the row and the direction: {@link at}, {@link isReply}.
 *
 * A connection that a class of flows opens ({@link ConnectionPattern}) is a row of numbers and nothing else until somebody
 * looks at it: most live and die unseen.
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
  /** By original source; null until somebody asks. */
  #sources: HashIndex | null = null;
  /** Where each row is in that index. */
  #sourceSlots: Int32Array = new Int32Array(0);
  /** What each row is, or the pattern that it was made after; null for a free row. */
  readonly #owners: (Connection | ConnectionPattern | null)[] = [];
  readonly #free: number[] = [];
  #rows: Int32Array = new Int32Array(16 * STRIDE);
  /** The same memory, for {@link DEADLINE}. */
  #deadlines: Float64Array = new Float64Array(this.#rows.buffer);
  /** No row's connection ends before: its deadline when it was last looked at. Infinity for a free row. */
  #ends: Float64Array = new Float64Array(16);
  /** Of rows of numbers: when they began, and for how many seconds they are kept after a packet. */
  #began: Float64Array = new Float64Array(16);
  #timeouts: Int32Array = new Int32Array(16);

  /** Every one of them, by row. */
  get all(): readonly Connection[] {
    const all: Connection[] = [];
    for (let row = 0; row < this.#owners.length; row++)
      if (this.#owners[row] !== null) all.push(this.at(row * 2));
    return all;
  }

  /** What finds the connection of a tuple, or -1. It may have ended. */
  find(tuple: Tuple, zone: Zone, reply: boolean): number {
    const { src, dst, ports } = tuple;
    const kind = kindOfTuple(tuple.protocol, zone, reply);
    return this.findHashed(hashTuple(src, dst, ports, kind), src, dst, ports, kind);
  }

  /** The same for a tuple whose hash is known. */
  findHashed(hash: number, src: number, dst: number, ports: number, kind: number): number {
    const tuples = this.#tuples;
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

  at(found: number): Connection {
    const row = found >> 1;
    const owner = this.#owners[row]!;
    if (owner instanceof Connection) return owner;
    const connection = this.#connectionOf(row, owner);
    this.#owners[row] = connection;
    return connection;
  }

  #connectionOf(row: number, pattern: ConnectionPattern): Connection {
    const rows = this.#rows;
    const at = row * STRIDE;
    const connection = pattern.connection(
      rows[at + ID]!,
      rows[at + FRAME]!,
      rows[at + 2]!,
      rows[at + REPLY + 2]!,
    );
    connection.row = row;
    connection.status = rows[at + STATUS]!;
    connection.streamAt = this.#began[row]! + STREAM_AFTER;
    connection.keep(this.endOf(row), this.#timeouts[row]!);
    rows[at + PATTERN] = 0;
    return connection;
  }

  isReply(found: number): boolean {
    return (found & 1) !== 0;
  }

  /** The pattern of a connection that is numbers and nothing else; null for any other. */
  patternAt(found: number): ConnectionPattern | null {
    const owner = this.#owners[found >> 1]!;
    return owner instanceof Connection ? null : owner;
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
    const hash = hashTuple(src, dst, ports, kindOfTuple(protocol, zone, false));
    return this.#tuples.neighbours(hash, buckets, EVICTION_RANGE).map((found) => this.at(found));
  }

  /** Those that began at a source and whose own source NAT has decided on, the newest first (nf_nat_bysource). */
  fromSource(src: number, srcPort: number, protocol: number, zone: Zone): readonly Connection[] {
    const kind = kindOfTuple(protocol, zone, false);
    const found: Connection[] = [];
    const sources = this.#sources ?? this.#indexSources();
    const hash = hashSource(src, srcPort, kind);
    for (let slot = sources.first(hash); slot >= 0; slot = sources.next(hash, slot)) {
      const row = sources.at(slot);
      if (this.#beginsAt(row, src, srcPort, kind)) found.push(this.at(row * 2));
    }
    return found.filter(({ status }) => (status & Status.srcNatDone) !== 0).sort((a, b) => b.id - a.id);
  }

  /** Whether nobody has begun at a source. `kind`: what {@link kindOfTuple} says. */
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
    for (let row = 0; row < this.#owners.length; row++)
      if (this.#owners[row] !== null) this.#sourceSlots[row] = sources.add(this.#sourceHash(row), row);
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
    rows[at + PATTERN] = 0;
    this.#enter(row, both, this.#hashOf(row * 2), this.#hashOf(row * 2 + 1));
  }

  /** Adds the connection of a pattern's flow as numbers; nobody has its tuples. */
  addOf(pattern: ConnectionPattern, id: number, frame: number, now: Nanos, timeout: number): void {
    const row = this.#takeRow(pattern);
    const until = now + timeout * SECOND;
    this.#ends[row] = until;
    this.#began[row] = now;
    this.#timeouts[row] = timeout;
    const { original, reply } = pattern;
    const rows = this.#rows;
    const at = row * STRIDE;
    rows[at] = original.src;
    rows[at + 1] = original.dst;
    rows[at + 2] = original.ports;
    rows[at + 3] = original.kind;
    rows[at + REPLY] = reply.src;
    rows[at + REPLY + 1] = reply.dst;
    rows[at + REPLY + 2] = reply.ports;
    rows[at + REPLY + 3] = reply.kind;
    rows[at + STATUS] = pattern.status;
    rows[at + PATTERN] = pattern.number;
    this.#deadlines[(at + DEADLINE) >> 1] = until;
    rows[at + ID] = id;
    rows[at + FRAME] = frame;
    this.#enter(row, true, original.hash, reply.hash);
  }

  #takeRow(owner: Connection | ConnectionPattern): number {
    const row = this.#free.length > 0 ? this.#free.pop()! : this.#owners.length;
    this.#owners[row] = owner;
    if (row === this.#ends.length) this.#grow();
    return row;
  }

  #grow(): void {
    const { length } = this.#ends;
    this.#rows = copyInto(new Int32Array(length * 2 * STRIDE), this.#rows);
    this.#deadlines = new Float64Array(this.#rows.buffer);
    this.#ends = copyInto(new Float64Array(length * 2), this.#ends);
    this.#began = copyInto(new Float64Array(length * 2), this.#began);
    this.#timeouts = copyInto(new Int32Array(length * 2), this.#timeouts);
    if (this.#sources !== null) this.#sourceSlots = copyInto(new Int32Array(length * 2), this.#sourceSlots);
  }

  #enter(row: number, both: boolean, hash: number, replyHash: number): void {
    const at = row * STRIDE;
    if (both) this.#rows[at + SLOT] = this.#tuples.add(hash, row * 2);
    this.#rows[at + REPLY_SLOT] = this.#tuples.add(replyHash, row * 2 + 1);
    if (this.#sources !== null) this.#sourceSlots[row] = this.#sources.add(this.#sourceHash(row), row);
    this.size++;
  }

  remove(connection: Connection): void {
    this.removeRow(connection.row, (connection.status & Status.natClash) === 0);
    connection.row = -1;
  }

  /** Takes a row out whose connection nobody has; `both`: as it was added. */
  removeRow(row: number, both: boolean): void {
    const rows = this.#rows;
    if (both) this.#tuples.removeAt(rows[row * STRIDE + SLOT]!);
    this.#tuples.removeAt(rows[row * STRIDE + REPLY_SLOT]!);
    if (this.#sources !== null) this.#sources.removeAt(this.#sourceSlots[row]!);
    this.#owners[row] = null;
    this.#ends[row] = Number.POSITIVE_INFINITY;
    this.#free.push(row);
    this.size--;
  }

  /** The deadline of a row of numbers. */
  endOf(row: number): Nanos {
    return this.#deadlines[(row * STRIDE + DEADLINE) >> 1]!;
  }

  /** Whether what was found is a row of numbers of a pattern, with its status, that does not end by `now`. */
  isOf(found: number, pattern: ConnectionPattern, now: Nanos): boolean {
    const rows = this.#rows;
    const at = (found >> 1) * STRIDE;
    return (
      rows[at + PATTERN] === pattern.number &&
      rows[at + STATUS] === pattern.status &&
      this.#deadlines[(at + DEADLINE) >> 1]! > now
    );
  }

  /** A row of numbers got a packet. */
  renew(row: number, status: number, now: Nanos, timeout: number): void {
    const at = row * STRIDE;
    this.#rows[at + STATUS] = status;
    this.#deadlines[(at + DEADLINE) >> 1] = now + timeout * SECOND;
    // What it was at least until then, it is until then.
    if (timeout !== this.#timeouts[row]) {
      this.#timeouts[row] = timeout;
      this.#ends[row] = now + timeout * SECOND;
    }
  }

  /** The connection of a row may end as early as that; -1 for one that has none. */
  endsAt(row: number, at: Nanos): void {
    if (row >= 0) this.#ends[row] = at;
  }

  /**
   * Takes out the rows of numbers that have ended by `now`, and shows all others that may have, or `everyone`: `look` may
   * take them out. When the next may end, or Infinity.
   */
  sweep(now: Nanos, everyone: boolean, look: (connection: Connection) => void): Nanos {
    let next = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.#owners.length; row++) {
      if (everyone || this.#ends[row]! <= now) {
        const owner = this.#owners[row]!;
        if (owner === null) continue;
        if (!everyone && !(owner instanceof Connection)) {
          const end = this.endOf(row);
          if (end > now) this.#ends[row] = end;
          else {
            this.removeRow(row, true);
            continue;
          }
          if (end < next) next = end;
          continue;
        }
        const connection = this.at(row * 2);
        look(connection);
        if (connection.row < 0) continue;
        this.#ends[row] = connection.deadline;
      }
      if (this.#ends[row]! < next) next = this.#ends[row]!;
    }
    return next;
  }
}

function copyInto<C extends Int32Array | Float64Array>(wider: C, column: C): C {
  wider.set(column);
  return wider;
}
