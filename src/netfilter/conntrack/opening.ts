import { type OpenPort, PortPlace } from "../../sim/flow-class.ts";
import type { LegRecording } from "../../sim/leg-recording.ts";
import { type Connection, Status } from "./connection.ts";
import { OpensConnection } from "./flow-acts.ts";
import { kindOfTuple, type Tuple } from "./tuple.ts";
import type { TuplePattern } from "./tuple-pattern.ts";

/** What a connection may be that a class of flows makes. */
const PLAIN = Status.confirmed | Status.natMask | Status.natDoneMask;

/** What is noted while the first packet of a class of flows makes a connection: all that was asked until it is confirmed. */
export class Opening {
  readonly connection: Connection;
  /** The port of the header that the connection is of. */
  readonly #open: OpenPort;
  readonly #free: TuplePattern[] = [];
  #isNewSource = false;

  constructor(connection: Connection, open: OpenPort) {
    this.connection = connection;
    this.#open = open;
  }

  /** Nobody waited for replies of this tuple. */
  foundFree({ src, dst, ports, protocol }: Tuple): void {
    const kind = kindOfTuple(protocol, this.connection.zone, true);
    const { unseen } = this.connection.conntrack;
    this.#free.push(unseen.tuplePattern(src, dst, ports, kind, this.#open.place === PortPlace.destination));
  }

  /** No connection came from the same source. */
  foundNewSource(): void {
    this.#isNewSource = true;
  }

  /** It is confirmed: the leg opens another one like it for each packet. False when it cannot. */
  end(leg: LegRecording): boolean {
    const { connection } = this;
    const { place, port } = this.#open;
    const isSource = place === PortPlace.source;
    const isKept = isSource
      ? connection.replyDstPort === connection.srcPort
      : connection.replySrcPort === connection.dstPort;
    const isPlain =
      (connection.status & ~PLAIN) === 0 &&
      connection.mark === 0 &&
      connection.account === null &&
      connection.extension === null &&
      connection.zone.direction === "both";
    if (!isKept || !isPlain) return false;
    const pattern = connection.conntrack.unseen.pattern(connection, isSource);
    connection.pattern = pattern;
    const free = this.#free.filter((tuple) => tuple !== pattern.reply);
    leg.does(new OpensConnection(pattern, port, free, this.#isNewSource));
    return true;
  }
}
