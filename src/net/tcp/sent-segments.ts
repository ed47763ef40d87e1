import type { Nanos } from "../../sim/time.ts";

/** What is known of a segment that was sent (TCPCB_SACKED_ACKED, TCPCB_LOST, TCPCB_SACKED_RETRANS ...). */
export const Mark = {
  /** The other end says that it has it. */
  sacked: 1,
  /** It is taken to be lost. */
  lost: 2,
  /** It was sent again and nothing was heard of that yet. */
  retransmitted: 4,
  /** It was sent more than once at some time: it tells nothing about round trips (Karn). */
  everRetransmitted: 8,
  push: 16,
  fin: 32,
} as const;

/**
 * The segments that were sent and not acknowledged, oldest first, in typed columns: the kernel's retransmission queue.
 * They lie without gaps: one begins where the one before it ends, the first at SND.UNA.
 */
export class SentSegments {
  #end: Int32Array = new Int32Array(8);
  #marks: Uint8Array = new Uint8Array(8);
  #sentAt: Float64Array = new Float64Array(8);
  /** Which transmission of the connection it was: of two at the same instant the later one has the higher number. */
  #order: Int32Array = new Int32Array(8);
  #transmissions = 0;
  #head = 0;
  /** How many there are (tp->packets_out). */
  count = 0;
  /** Where the first one begins. */
  start = 0;

  /** The sequence number behind segment `i`, counted from the oldest. */
  end(i: number): number {
    return this.#end[(this.#head + i) & (this.#end.length - 1)]!;
  }

  begin(i: number): number {
    return i === 0 ? this.start : this.end(i - 1);
  }

  marks(i: number): number {
    return this.#marks[(this.#head + i) & (this.#marks.length - 1)]!;
  }

  setMarks(i: number, marks: number): void {
    this.#marks[(this.#head + i) & (this.#marks.length - 1)] = marks;
  }

  /** When it was sent last. */
  sentAt(i: number): Nanos {
    return this.#sentAt[(this.#head + i) & (this.#sentAt.length - 1)]!;
  }

  order(i: number): number {
    return this.#order[(this.#head + i) & (this.#order.length - 1)]!;
  }

  /** Segment `i` goes out again. */
  sendAgain(i: number, now: Nanos): void {
    const at = (this.#head + i) & (this.#sentAt.length - 1);
    this.#sentAt[at] = now;
    this.#order[at] = ++this.#transmissions;
  }

  push(end: number, marks: number, now: Nanos): void {
    if (this.count === this.#end.length) this.#grow();
    const at = (this.#head + this.count) & (this.#end.length - 1);
    this.#end[at] = end;
    this.#marks[at] = marks;
    this.#sentAt[at] = now;
    this.#order[at] = ++this.#transmissions;
    this.count++;
  }

  /** Takes the oldest one away: it is acknowledged. */
  shift(): void {
    this.start = this.#end[this.#head]!;
    this.#head = (this.#head + 1) & (this.#end.length - 1);
    this.count--;
  }

  /** Cuts segment `i` at a sequence number within it; what was known of the whole holds for both parts. */
  split(i: number, sequence: number): void {
    this.push(0, 0, 0);
    for (let k = this.count - 1; k > i; k--) this.#copy(k - 1, k);
    const mask = this.#end.length - 1;
    this.#end[(this.#head + i) & mask] = sequence;
    this.#marks[(this.#head + i) & mask]! &= ~(Mark.push | Mark.fin);
  }

  /** Makes one of segment `i` and the one behind it, with the flags of both. */
  merge(i: number): void {
    const mask = this.#end.length - 1;
    const target = (this.#head + i) & mask;
    const source = (target + 1) & mask;
    this.#end[target] = this.#end[source]!;
    this.#marks[target]! |= this.#marks[source]! & (Mark.push | Mark.fin | Mark.everRetransmitted);
    for (let k = i + 1; k < this.count - 1; k++) this.#copy(k + 1, k);
    this.count--;
  }

  clear(): void {
    this.count = 0;
    this.#head = 0;
  }

  #copy(from: number, to: number): void {
    const mask = this.#end.length - 1;
    const source = (this.#head + from) & mask;
    const target = (this.#head + to) & mask;
    this.#end[target] = this.#end[source]!;
    this.#marks[target] = this.#marks[source]!;
    this.#sentAt[target] = this.#sentAt[source]!;
    this.#order[target] = this.#order[source]!;
  }

  #grow(): void {
    const length = this.#end.length * 2;
    const end = new Int32Array(length);
    const marks = new Uint8Array(length);
    const sentAt = new Float64Array(length);
    const order = new Int32Array(length);
    for (let i = 0; i < this.count; i++) {
      end[i] = this.end(i);
      marks[i] = this.marks(i);
      sentAt[i] = this.sentAt(i);
      order[i] = this.order(i);
    }
    this.#end = end;
    this.#marks = marks;
    this.#sentAt = sentAt;
    this.#order = order;
    this.#head = 0;
  }
}
