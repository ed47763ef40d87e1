import type { Connection } from "../conntrack/connection.ts";
import { kindOfTuple, type Tuple } from "../conntrack/tuple.ts";
import { TupleTable } from "../conntrack/tuple-table.ts";
import type { Zone } from "../conntrack/zone.ts";

/** Connections by their original source, the newest first: who was translated once gets the same again (nf_nat_bysource). */
export class BySource {
  readonly #table: TupleTable = new TupleTable();
  readonly #heads: (Connection | null)[] = [];
  readonly #free: number[] = [];

  /** The newest connection of a source; the others follow by `nextBySource`. */
  first(tuple: Tuple, zone: Zone): Connection | null {
    const row = this.#table.find(tuple.src, 0, tuple.srcPort, kindOfTuple(tuple.protocol, zone, false));
    return row < 0 ? null : this.#heads[row]!;
  }

  add(connection: Connection): void {
    const { src, srcPort, protocol, zone } = connection;
    const kind = kindOfTuple(protocol, zone, false);
    let row = this.#table.find(src, 0, srcPort, kind);
    if (row < 0) {
      row = this.#free.length > 0 ? this.#free.pop()! : this.#heads.length;
      this.#table.add(src, 0, srcPort, kind, row);
      this.#heads[row] = null;
    }
    const next = this.#heads[row]!;
    connection.nextBySource = next;
    connection.previousBySource = null;
    if (next !== null) next.previousBySource = connection;
    this.#heads[row] = connection;
    connection.isBySource = true;
  }

  remove(connection: Connection): void {
    if (!connection.isBySource) return;
    connection.isBySource = false;
    const { nextBySource: next, previousBySource: previous } = connection;
    if (next !== null) next.previousBySource = previous;
    if (previous !== null) previous.nextBySource = next;
    else {
      const { src, srcPort, protocol, zone } = connection;
      const kind = kindOfTuple(protocol, zone, false);
      const row = this.#table.find(src, 0, srcPort, kind);
      this.#heads[row] = next;
      if (next === null) {
        this.#table.remove(src, 0, srcPort, kind, row);
        this.#free.push(row);
      }
    }
    connection.nextBySource = null;
    connection.previousBySource = null;
  }
}
