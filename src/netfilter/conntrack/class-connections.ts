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

/** A leg opens no more: one for the packet, and one for each tunnel that it enters. */
const MOST_OPENED = 8;

/**
 * The connections of one namespace that classes of flows make: what legs note of the first ones ({@link Opening}), and what
 * they do for the others ({@link UnseenConnections}).
 */
export class ClassConnections {
  readonly #conntrack: Conntrack;
  readonly #table: ConnectionTable;
  readonly #end: (connection: Connection) => void;
  readonly #sweepSoon: (delay: number) => void;

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
    const { world, ns, unseen } = this.#conntrack;
    const { leg } = world;
    if (leg === null || leg.open === null) return;
    if (unseen.isCrowded) {
      // Legs have connections made of patterns that are of no more use.
      unseen.forget();
      world.generation++;
    }
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
    if (opening.connection !== connection || !this.#isUnseen || !opening.end(leg)) world.leg = null;
  }

  /** A packet has a connection: it makes it, or the class has made it and it has had no reply yet. All else varies. */
  notePacket(leg: LegRecording, connection: Connection, info: number, wasAnswered: boolean): void {
    if (leg.unended !== null && (leg.unended as Opening).connection === connection) return;
    const { pattern } = connection;
    const { place, port } = leg.open!;
    const reply = isReply(info);
    const isNoted = pattern !== null && !wasAnswered && this.#isUnseen && pattern.describes(connection);
    if (isNoted && pattern.isOpenAt(place, reply)) leg.does(new RenewsConnection(pattern, port, reply));
    else this.#conntrack.world.leg = null;
  }

  /** Whether nobody hears of connections or counts their packets: a change of that, as of all settings, ends legs. */
  get #isUnseen(): boolean {
    const { settings, listeners } = this.#conntrack;
    return (settings.acct | settings.timestamp) === 0 && listeners.length === 0 && settings.udp_timeout > 0;
  }

  // What legs do.

  /** Whether there is room for all that a leg may open. */
  get hasRoom(): boolean {
    return this.#conntrack.count + MOST_OPENED < this.#conntrack.limits.most;
  }

  /** Whether nobody has the tuple of a flow. One whose time is over no longer has it. */
  isFree(tuple: TuplePattern, port: number): boolean {
    const { world, unseen } = this.#conntrack;
    const { now } = world;
    const table = this.#table;
    const ports = tuple.portsOf(port);
    if (unseen.have(tuple, ports, now)) return false;
    if (!table.mayHave(ports)) return true;
    const { src, dst, kind } = tuple;
    const found = table.find(src, dst, ports, kind);
    if (found < 0) return true;
    const connection = table.at(found);
    // Whether one that legs have renewed is over cannot be told while packets are on their trips.
    if (connection.isInLegs || connection.livesAt(now)) return false;
    this.#end(connection);
    return true;
  }

  /** Whether no connection has begun where that of a flow begins. */
  isNewSource(original: TuplePattern, port: number): boolean {
    const { src, kind } = original;
    const srcPort = original.portsOf(port) >>> 16;
    return (
      !this.#conntrack.unseen.haveFrom(src, srcPort, kind) && this.#table.isNewSource(src, srcPort, kind)
    );
  }

  /** Makes and confirms the connection of a pattern's flow, whose tuples are free. */
  open(pattern: ConnectionPattern, port: number, frame: FrameId): void {
    const { settings, limits, world } = this.#conntrack;
    const timeout = settings.udp_timeout;
    // Where there are some, they are swept out before this one ends: all are kept equally long.
    if (pattern.rows.size === 0) this.#sweepSoon(timeout * SECOND);
    pattern.rows.add(port, ++limits.lastId, frame, world.now, timeout);
  }

  /**
   * The connection of a pattern's flow if it had no reply yet and somebody has looked at it; null where there is none, or
   * where it is not as those that nobody has looked at.
   */
  shownUnanswered(pattern: ConnectionPattern, port: number): Connection | null {
    const table = this.#table;
    const { src, dst, kind } = pattern.original;
    const ports = pattern.original.portsOf(port);
    if (!table.mayHave(ports)) return null;
    const found = table.find(src, dst, ports, kind);
    if (found < 0 || table.isReply(found)) return null;
    const connection = table.at(found);
    const isAlike = (connection.status & Status.seenReply) === 0 && pattern.isPlain(connection, port);
    return isAlike && !connection.isInLegs && connection.livesAt(this.#conntrack.world.now)
      ? connection
      : null;
  }

  /** The row of the connection of a pattern's flow if it had no reply yet; -1 where there is none. */
  unanswered(pattern: ConnectionPattern, port: number): number {
    return pattern.rows.findUnanswered(port, this.#conntrack.world.now);
  }

  /** One more packet of such a connection came, perhaps its first reply. */
  renew(pattern: ConnectionPattern, row: number, reply: boolean): void {
    pattern.rows.renew(row, reply, this.#conntrack.world.now);
  }

  /** The same for one that somebody has looked at. */
  renewShown(connection: Connection, reply: boolean): void {
    const { settings, world } = this.#conntrack;
    connection.prolong(world.now, settings.udp_timeout);
    if (reply) connection.status |= Status.seenReply;
  }
}
