import type { Nanos } from "../../sim/time.ts";
import type { ConnectionPattern } from "./connection-pattern.ts";

/** One direction of the connections that a class of flows makes: a tuple in which one port is open. */
export class TuplePattern {
  readonly src: number;
  readonly dst: number;
  /** What `kindOfTuple` says. */
  readonly kind: number;
  readonly isSourcePortOpen: boolean;
  /** Those that have it in one direction or the other. */
  readonly patterns: ConnectionPattern[] = [];
  /** All between the same addresses, itself among them, perhaps with a few others; it grows when another one is made. */
  readonly near: readonly TuplePattern[];
  /** The port that is not open, at its place in an int32 of both. */
  readonly #fixed: number;
  readonly #shift: number;

  /** The tuple of one flow of the class, of which one port is open. */
  constructor(
    src: number,
    dst: number,
    ports: number,
    kind: number,
    isSourcePortOpen: boolean,
    near: readonly TuplePattern[],
  ) {
    this.src = src;
    this.dst = dst;
    this.kind = kind;
    this.isSourcePortOpen = isSourcePortOpen;
    this.near = near;
    this.#fixed = isSourcePortOpen ? ports & 0xffff : ports & ~0xffff;
    this.#shift = isSourcePortOpen ? 16 : 0;
  }

  /** Both ports, in one int32, of the flow with that port. */
  portsOf(port: number): number {
    return this.#fixed | (port << this.#shift);
  }

  /** The port that is open in a tuple, or -1 if it is none of this pattern. */
  portIn(src: number, dst: number, ports: number, kind: number): number {
    const port = (ports >>> this.#shift) & 0xffff;
    const isOne = this.portsOf(port) === ports && this.src === src && this.dst === dst && this.kind === kind;
    return isOne ? port : -1;
  }

  /** Whether a connection that lives has the tuple of the flow with that port. One that has ended is taken out. */
  isTaken(port: number, now: Nanos): boolean {
    const { patterns } = this;
    for (let i = 0; i < patterns.length; i++) if (patterns[i]!.rows.lives(port, now)) return true;
    return false;
  }
}
