import { hashTuple } from "./tuple.ts";

/**
 * One direction of the connections that a class of flows makes: a tuple in which one port is open. {@link take} fills it
 * in; what it then is holds until the next time.
 */
export class TuplePattern {
  readonly src: number;
  readonly dst: number;
  /** What `kindOfTuple` says. */
  readonly kind: number;
  /** The port that is not open, at its place in {@link ports}. */
  readonly fixed: number;
  /** Both ports in one int32. */
  ports = 0;
  /** What `hashTuple` says. */
  hash = 0;
  readonly #shift: number;

  /** The tuple of one flow of the class, of which one port is open. */
  constructor(src: number, dst: number, ports: number, kind: number, isSourcePortOpen: boolean) {
    this.src = src;
    this.dst = dst;
    this.kind = kind;
    this.fixed = isSourcePortOpen ? ports & 0xffff : ports & ~0xffff;
    this.#shift = isSourcePortOpen ? 16 : 0;
  }

  /** Becomes the tuple of the flow with that port. */
  take(port: number): void {
    this.ports = this.fixed | (port << this.#shift);
    this.hash = hashTuple(this.src, this.dst, this.ports, this.kind);
  }

  /** Whether both are the same but for the port that is open. */
  equals(other: TuplePattern): boolean {
    return (
      this.src === other.src &&
      this.dst === other.dst &&
      this.kind === other.kind &&
      this.fixed === other.fixed &&
      this.#shift === other.#shift
    );
  }
}
