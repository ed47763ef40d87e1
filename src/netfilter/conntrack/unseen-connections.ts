import type { Nanos } from "../../sim/time.ts";
import type { Connection } from "./connection.ts";
import { ConnectionPattern } from "./connection-pattern.ts";
import { hashTuple, kindOfTuple } from "./tuple.ts";
import { TuplePattern } from "./tuple-pattern.ts";

/** So many are enough for a host with some hundred others around it. Rules that come and go make new ones as well. */
const MOST_TUPLE_PATTERNS = 1024;
const MOST_PATTERNS = 512;

/**
 * The connections of a namespace that classes of flows have made and nobody has looked at. They are rows of numbers, by what
 * they have in common ({@link ConnectionPattern}), and most live and die as that. Whoever looks for one has it shown: it is
 * an object then, and none of these any more.
 */
export class UnseenConnections {
  /** How many there are, with those whose time is over and that nobody has come across since. */
  size = 0;
  readonly #patterns: ConnectionPattern[] = [];
  /** By the hash of both addresses and the kind. One tuple may be of two patterns, in which the other port is open. */
  readonly #tuples: Map<number, TuplePattern[]> = new Map();
  #tupleCount = 0;
  readonly #show: (connection: Connection) => void;

  /** `show` is given each one that is shown. */
  constructor(show: (connection: Connection) => void) {
    this.#show = show;
  }

  /** There are so many patterns that it is time to {@link forget} them. */
  get isCrowded(): boolean {
    return this.#tupleCount >= MOST_TUPLE_PATTERNS || this.#patterns.length >= MOST_PATTERNS;
  }

  /** Shows all; patterns that were made until now are of no more use. */
  forget(): void {
    this.showAll();
    this.#patterns.length = 0;
    this.#tuples.clear();
    this.#tupleCount = 0;
  }

  /** The only pattern of such tuples. */
  tuplePattern(src: number, dst: number, ports: number, kind: number, isSourceOpen: boolean): TuplePattern {
    const hash = hashTuple(src, dst, 0, kind);
    const near = this.#tuples.get(hash) ?? [];
    for (const known of near)
      if (known.isSourcePortOpen === isSourceOpen && known.portIn(src, dst, ports, kind) >= 0) return known;
    const made = new TuplePattern(src, dst, ports, kind, isSourceOpen, near);
    near.push(made);
    this.#tuples.set(hash, near);
    this.#tupleCount++;
    return made;
  }

  /** The only pattern of connections like this one, in whose original direction the source port is open, or the other one. */
  pattern(model: Connection, isSourcePortOpen: boolean): ConnectionPattern {
    const { protocol, zone, src, dst, replySrc, replyDst } = model;
    const ports = (model.srcPort << 16) | model.dstPort;
    const replyPorts = (model.replySrcPort << 16) | model.replyDstPort;
    const kind = kindOfTuple(protocol, zone, false);
    const replyKind = kindOfTuple(protocol, zone, true);
    const original = this.tuplePattern(src, dst, ports, kind, isSourcePortOpen);
    const reply = this.tuplePattern(replySrc, replyDst, replyPorts, replyKind, !isSourcePortOpen);
    const known = original.patterns.find((other) => other.isLike(model, original, reply));
    if (known !== undefined) return known;
    const made = new ConnectionPattern(model, original, reply, this);
    this.#patterns.push(made);
    original.patterns.push(made);
    reply.patterns.push(made);
    return made;
  }

  /** Whether one that lives has a tuple of a pattern. One that has ended is taken out. */
  have({ src, dst, kind, near }: TuplePattern, ports: number, now: Nanos): boolean {
    for (let i = 0; i < near.length; i++) {
      const port = near[i]!.portIn(src, dst, ports, kind);
      if (port >= 0 && near[i]!.isTaken(port, now)) return true;
    }
    return false;
  }

  /** Shows the one that has a tuple, if it lives; false if there is none. */
  show(src: number, dst: number, ports: number, kind: number, now: Nanos): boolean {
    if (this.size === 0) return false;
    const near = this.#tuples.get(hashTuple(src, dst, 0, kind));
    if (near === undefined) return false;
    for (const tuple of near) {
      const port = tuple.portIn(src, dst, ports, kind);
      if (port < 0) continue;
      for (const pattern of tuple.patterns)
        if (pattern.rows.lives(port, now)) {
          this.#show(pattern.take(port));
          return true;
        }
    }
    return false;
  }

  /** Whether one has begun at a source, perhaps one that has ended. */
  haveFrom(src: number, srcPort: number, kind: number): boolean {
    const patterns = this.#patterns;
    for (let i = 0; i < patterns.length; i++) if (patterns[i]!.hasFrom(src, srcPort, kind)) return true;
    return false;
  }

  /** Shows those that have begun at a source. */
  showFrom(src: number, srcPort: number, kind: number): void {
    for (const pattern of this.#patterns)
      for (const port of pattern.portsFrom(src, srcPort, kind)) this.#show(pattern.take(port));
  }

  showAll(): void {
    for (const pattern of this.#patterns)
      for (const port of pattern.rows.ports()) this.#show(pattern.take(port));
  }

  /** Takes out those that have ended by `now`. When the next one does, if that is before `then`, or `then`. */
  sweep(now: Nanos, then: Nanos): Nanos {
    let next = then;
    for (const { rows } of this.#patterns) next = rows.sweep(now, next);
    return next;
  }
}
