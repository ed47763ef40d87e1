import type { LegRecording } from "../../sim/leg-recording.ts";
import type { FrameId } from "../../sim/packet.ts";
import { SECOND } from "../../sim/time.ts";
import { PROTO_UDP } from "../../wire/ipv4.ts";
import { type Connection, isReply, Status } from "./connection.ts";
import type { ConnectionPattern } from "./connection-pattern.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { Conntrack } from "./conntrack.ts";
import { RenewsConnection } from "./flow-acts.ts";
import { Opening } from "./opening.ts";
import type { Tuple } from "./tuple.ts";
import type { TuplePattern } from "./tuple-pattern.ts";

/** So many patterns are told apart by what they are; of more there may be two that look the same. */
const MOST_PATTERNS = 64;

/**
 * The connections of one namespace that classes of flows make: what legs note of the first ones ({@link Opening}), and what
 * they do for the others. These are rows of numbers ({@link ConnectionTable}), for packets and commands like any others.
 */
export class ClassConnections {
  readonly #conntrack: Conntrack;
  readonly #table: ConnectionTable;
  readonly #end: (connection: Connection) => void;
  readonly #sweepSoon: (delay: number) => void;
  readonly #patterns: ConnectionPattern[] = [];
  #lastPattern = 0;

  /** `end` ends a connection whose time is over; `sweepSoon` is told that one may be over after so many nanoseconds. */
  constructor(
    conntrack: Conntrack,
    table: ConnectionTable,
    end: (connection: Connection) => void,
    sweepSoon: (delay: number) => void,
  ) {
    this.#conntrack = conntrack;
    this.#table = table;
    this.#end = end;
    this.#sweepSoon = sweepSoon;
  }

  // What the stack does is told here while a leg of a class is recorded.

  /** A packet makes a connection. */
  noteMade(connection: Connection, hasTemplate: boolean): void {
    const { world, ns } = this.#conntrack;
    const { leg } = world;
    if (leg === null || leg.open === null) return;
    const isPlain = !hasTemplate && leg.unended === null && ns.host.blindness === 0;
    if (isPlain && connection.protocol === PROTO_UDP) leg.unended = new Opening(connection, leg.open);
    else world.leg = null;
  }

  /** NAT asks who waits for replies of a tuple. */
  noteLook(tuple: Tuple, found: number): void {
    const { world } = this.#conntrack;
    const { leg } = world;
    if (leg === null || leg.unended === null) return;
    if (found >= 0) world.leg = null;
    else (leg.unended as Opening).foundFree(tuple);
  }

  /** NAT asks for connections that came from the same source. */
  noteSource(isKnown: boolean): void {
    const { world } = this.#conntrack;
    const { leg } = world;
    if (leg === null || leg.unended === null) return;
    if (isKnown) world.leg = null;
    else (leg.unended as Opening).foundNewSource();
  }

  /** A connection was confirmed. */
  noteConfirmed(connection: Connection): void {
    const { world } = this.#conntrack;
    const { leg } = world;
    if (leg === null || leg.unended === null) return;
    const opening = leg.unended as Opening;
    leg.unended = null;
    if (opening.connection !== connection || !this.isUnseen || !opening.end(leg)) world.leg = null;
  }

  /** A packet has a connection: it makes it, or the class has made it and it has had no reply yet. All else varies. */
  notePacket(leg: LegRecording, connection: Connection, info: number, wasAnswered: boolean): void {
    if (leg.unended !== null && (leg.unended as Opening).connection === connection) return;
    const { pattern } = connection;
    const { place, port } = leg.open!;
    const reply = isReply(info);
    const isNoted = pattern !== null && !wasAnswered && this.isUnseen && pattern.describes(connection);
    if (isNoted && pattern.isOpenAt(place, reply)) leg.does(new RenewsConnection(pattern, port, reply));
    else this.#conntrack.world.leg = null;
  }

  /** A pattern like this one that is in use already, or itself: so replies need not be told apart. */
  known(pattern: ConnectionPattern): ConnectionPattern {
    const known = this.#patterns.find((other) => other.equals(pattern));
    if (known !== undefined) return known;
    if (this.#patterns.length === MOST_PATTERNS) this.#patterns.shift();
    this.#patterns.push(pattern);
    pattern.number = ++this.#lastPattern;
    return pattern;
  }

  // What legs do.

  /** Whether nobody hears of connections or counts their packets, and there is room for one more. */
  get isUnseen(): boolean {
    const { settings, listeners, limits } = this.#conntrack;
    return (
      (settings.acct | settings.timestamp) === 0 && listeners.length === 0 && this.#table.size < limits.max
    );
  }

  /** Whether nobody has a tuple. One whose time is over no longer has it. */
  isFree({ hash, src, dst, ports, kind }: TuplePattern): boolean {
    const table = this.#table;
    const found = table.findHashed(hash, src, dst, ports, kind);
    if (found < 0) return true;
    const { now } = this.#conntrack.world;
    if (table.patternAt(found) !== null) {
      if (table.endOf(found >> 1) > now) return false;
      table.removeRow(found >> 1, true);
      return true;
    }
    const connection = table.at(found);
    // Whether one that legs have renewed is over cannot be told while packets are on their trips.
    if (connection.isInLegs || connection.livesAt(now)) return false;
    this.#end(connection);
    return true;
  }

  /** Whether no connection has begun where one of a tuple begins. */
  isNewSource({ src, ports, kind }: TuplePattern): boolean {
    return this.#table.isNewSource(src, ports >>> 16, kind);
  }

  /** Makes and confirms the connection of a pattern, whose tuples are free. */
  open(pattern: ConnectionPattern, frame: FrameId): void {
    const { settings, limits, world } = this.#conntrack;
    const timeout = settings.udp_timeout;
    this.#table.addOf(pattern, ++limits.lastId, frame, world.now, timeout);
    this.#sweepSoon(timeout * SECOND);
  }

  /** The row of the connection of a pattern that has one of its tuples, and had no reply yet; -1 where there is none. */
  rowOf(pattern: ConnectionPattern, reply: boolean): number {
    const table = this.#table;
    const { hash, src, dst, ports, kind } = reply ? pattern.reply : pattern.original;
    const found = table.findHashed(hash, src, dst, ports, kind);
    if (found < 0 || table.isReply(found) !== reply) return -1;
    return table.isOf(found, pattern, this.#conntrack.world.now) ? found >> 1 : -1;
  }

  /** One more packet of such a connection came, perhaps its first reply. */
  renew(row: number, pattern: ConnectionPattern, reply: boolean): void {
    const { settings, world } = this.#conntrack;
    const status = reply ? pattern.status | Status.seenReply : pattern.status;
    this.#table.renew(row, status, world.now, settings.udp_timeout);
  }
}
