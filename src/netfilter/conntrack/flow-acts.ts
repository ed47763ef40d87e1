import type { FlowAct, FlowPort } from "../../sim/flow-class.ts";
import type { FrameId, Packet } from "../../sim/packet.ts";
import type { ClassConnections } from "./class-connections.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionPattern } from "./connection-pattern.ts";
import type { TuplePattern } from "./tuple-pattern.ts";

/** The first packet of each flow of a class makes a connection and confirms it. */
export class OpensConnection implements FlowAct {
  readonly #connections: ClassConnections;
  readonly #pattern: ConnectionPattern;
  readonly #port: FlowPort;
  /** Tuples that NAT found free on the way to the one that it chose. */
  readonly #free: readonly TuplePattern[];
  /** NAT asked for connections from the same source, and there was none. */
  readonly #isNewSource: boolean;
  /** The open port of the packet for which it holds. */
  #at = 0;

  constructor(
    pattern: ConnectionPattern,
    port: FlowPort,
    free: readonly TuplePattern[],
    isNewSource: boolean,
  ) {
    this.#connections = pattern.conntrack.ofClasses;
    this.#pattern = pattern;
    this.#port = port;
    this.#free = free;
    this.#isNewSource = isNewSource;
  }

  holds(packet: Packet): boolean {
    const pattern = this.#pattern;
    const connections = this.#connections;
    const port = this.#port.of(packet);
    if (!connections.hasRoom) return false;
    // As the stack asks, one after the other: whoever is asked for and is over is taken out.
    if (!connections.isFree(pattern.original, port)) return false;
    if (this.#isNewSource && !connections.isNewSource(pattern.original, port)) return false;
    for (const tuple of this.#free) if (!connections.isFree(tuple, port)) return false;
    this.#at = port;
    return connections.isFree(pattern.reply, port);
  }

  perform(_packet: Packet, frame: FrameId): void {
    this.#connections.open(this.#pattern, this.#at, frame);
  }
}

/** A packet of a class finds a connection that the class has made and that has no reply yet: this may be the first. */
export class RenewsConnection implements FlowAct {
  readonly #connections: ClassConnections;
  readonly #pattern: ConnectionPattern;
  readonly #port: FlowPort;
  readonly #reply: boolean;
  /** The connection of the packet for which it holds: a row, or an object that somebody has looked at. */
  #row = -1;
  #shown: Connection | null = null;

  constructor(pattern: ConnectionPattern, port: FlowPort, reply: boolean) {
    this.#connections = pattern.conntrack.ofClasses;
    this.#pattern = pattern;
    this.#port = port;
    this.#reply = reply;
  }

  holds(packet: Packet): boolean {
    const connections = this.#connections;
    const port = this.#port.of(packet);
    this.#row = connections.unanswered(this.#pattern, port);
    if (this.#row >= 0) return true;
    this.#shown = connections.shownUnanswered(this.#pattern, port);
    return this.#shown !== null;
  }

  perform(): void {
    if (this.#row >= 0) this.#connections.renew(this.#pattern, this.#row, this.#reply);
    else this.#connections.renewShown(this.#shown!, this.#reply);
  }
}
