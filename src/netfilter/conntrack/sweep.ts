import { type Nanos, SECOND } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import { type Connection, Status } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { Conntrack } from "./conntrack.ts";
import { isClosing } from "./tcp-tracking.ts";

/** Dead connections are looked for no more often than this (GC_SCAN_INTERVAL_MIN). */
const INTERVAL: Nanos = SECOND;

/** Looks for the connections of a namespace whose time is over, when the next one's may be (gc_worker). */
export class Sweep {
  readonly #conntrack: Conntrack;
  readonly #table: ConnectionTable;
  readonly #end: (connection: Connection) => void;
  readonly #evict: (connection: Connection) => void;
  readonly #timer: Timer;
  #at: Nanos = 0;

  /** `end` ends a connection whose time is over; `evict` one that has to make room. */
  constructor(
    conntrack: Conntrack,
    table: ConnectionTable,
    end: (connection: Connection) => void,
    evict: (connection: Connection) => void,
  ) {
    this.#conntrack = conntrack;
    this.#table = table;
    this.#end = end;
    this.#evict = evict;
    this.#timer = conntrack.world.timer(() => this.#run());
  }

  /** A connection may end after so many nanoseconds. */
  soon(delay: Nanos): void {
    const { now } = this.#conntrack.world;
    const wait = Math.max(delay, INTERVAL);
    if (this.#timer.armed && this.#at <= now + wait) return;
    this.#at = now + wait;
    this.#timer.arm(wait);
  }

  cancel(): void {
    this.#timer.cancel();
  }

  /** Ends what is dead, and when the table is nearly full what is about to die as well. */
  #run(): void {
    const { world, limits, count, listeners, unseen } = this.#conntrack;
    const { now } = world;
    const isTight = count > limits.most * 0.95;
    const look = (connection: Connection): void => {
      if (!connection.livesAt(now)) this.#end(connection);
      else if (isTight && mayGoEarly(connection)) this.#evict(connection);
    };
    // Who listens hears of the oldest first.
    if (isTight || listeners.length > 0) this.#conntrack.all().forEach(look);
    const next = unseen.sweep(now, this.#table.sweep(now, look));
    if (next !== Number.POSITIVE_INFINITY) this.soon(next - now);
  }
}

/** gc_worker_can_early_drop */
function mayGoEarly(connection: Connection): boolean {
  if ((connection.status & Status.assured) === 0) return true;
  return connection.tcp !== null && isClosing(connection.tcp.state);
}
