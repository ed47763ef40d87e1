import { assert } from "../base/assert.ts";
import type { Nanos } from "./time.ts";

/** What the queue holds: a timer, or a packet that arrives somewhere later. */
export interface Scheduled {
  fire(): void;
  /** Takes its turn at the head of the queue, if all that it would do is to go to its end again; false when it has to {@link fire}. */
  staysOn(): boolean;
}

/** Names one scheduled event, for {@link EventQueue.cancel}; 0 is never one. */
export type EventId = number;

const LEVELS = 7;
const SLOTS = 256;
/** Times are split at 24 bits, because a double has no bitwise operators above 32. */
const LOW = 0x100_0000;
/** Exact, as a power of two; what it gives fits 32 bits, because times are whole numbers below 2^53. */
const PER_LOW = 1 / LOW;
/** Of {@link EventQueue}'s times: no event of the upper levels is due before the last, so that they need not be searched. */
const NOW = 0;
const LIMIT = 1;
const UPPER_DUE = 2;

/** The time of which {@link EventQueue.nowHigh} and {@link EventQueue.nowLow} were kept. */
export function timeOf(high: number, low: number): Nanos {
  return high * LOW + low;
}

/**
 * Events in (time, order of scheduling): no two compare equal, so a run has exactly one history.
 *
 * A hierarchical timing wheel (Varghese and Lauck, scheme 7): 7 levels of 256 slots of FIFO lists. An event waits
 * on the level of the highest eight bits in which its time differs from the wheel's; when the wheel enters a slot
 * of an upper level, the slot's list is dealt out below in its order, which keeps ties first in, first out.
 */
export class EventQueue {
  /** How many events wait, those of this instant included. */
  size = 0;
  readonly #heads: Int32Array = new Int32Array(LEVELS * SLOTS);
  readonly #tails: Int32Array = new Int32Array(LEVELS * SLOTS);
  /** One bit a slot says whether its list has anything: 8 words a level. */
  readonly #occupied: Int32Array = new Int32Array(LEVELS * (SLOTS / 32));
  #at: Float64Array = new Float64Array(64);
  #next: Int32Array = new Int32Array(64);
  #previous: Int32Array = new Int32Array(64);
  #slot: Int32Array = new Int32Array(64);
  #what: (Scheduled | null)[] = [null];
  #freeNode = 0;
  #nodes = 1;
  /** What was scheduled for this very instant: a ring, because every crossing between namespaces passes here. */
  #ready: (Scheduled | null)[] = new Array<Scheduled | null>(64).fill(null);
  #readyHead = 0;
  #readyCount = 0;
  /** `now` as two small integers, since it is a double: its lowest 24 bits, and those above. */
  #nowLow = 0;
  #nowHigh = 0;
  /** Cells, because a double that is stored in a field may be an object on the heap each time. */
  readonly #times: Float64Array = new Float64Array(3);

  /** The wheel's time: no later than any event in it. */
  get now(): Nanos {
    return this.#times[NOW]!;
  }

  /** How far {@link pop} may go. */
  get limit(): Nanos {
    return this.#times[LIMIT]!;
  }

  set limit(until: Nanos) {
    this.#times[LIMIT] = until;
  }

  /** The time as two small integers, for who keeps it for each packet: {@link timeOf} puts them together. */
  get nowHigh(): number {
    return this.#nowHigh;
  }

  get nowLow(): number {
    return this.#nowLow;
  }

  /** Puts `what` in the queue for this instant, behind all that is there for it. It cannot be cancelled. */
  push(what: Scheduled): void {
    if (this.#readyCount === this.#ready.length) this.#growReady();
    this.#ready[(this.#readyHead + this.#readyCount) & (this.#ready.length - 1)] = what;
    this.#readyCount++;
    this.size++;
  }

  /**
   * Puts `what` in the queue for `delay` nanoseconds from now, behind all that is there for that instant. (It takes a
   * delay, because an instant is a double, and a double that is passed on may be an object on the heap.)
   */
  schedule(delay: Nanos, what: Scheduled): EventId {
    assert(delay > 0, "an event is scheduled for later; what happens now is pushed");
    let node = this.#freeNode;
    if (node !== 0) this.#freeNode = this.#next[node]!;
    else {
      node = this.#nodes++;
      if (node === this.#at.length) this.#grow();
    }
    this.#at[node] = this.now + delay;
    this.#what[node] = what;
    this.#insert(node);
    this.size++;
    return node;
  }

  /**
   * Takes `what` out before its time; false when it has fired or was cancelled already. Numbers are used again, so that
   * `what` may not have been scheduled a second time since.
   */
  cancel(id: EventId, what: Scheduled): boolean {
    if (this.#what[id] !== what) return false;
    this.#unlink(id);
    this.#release(id);
    return true;
  }

  /**
   * Takes the earliest event, if it is no later than {@link limit}, and steps the clock to it; null when there is none.
   * The clock may have moved even then, but never past the limit nor past any event.
   */
  pop(): Scheduled | null {
    // What was scheduled earlier for this instant goes before what this instant itself brought about.
    return this.#readyCount > 0 && this.#heads[this.#nowLow & 255] === 0
      ? this.#shiftReady()
      : this.#popScheduled();
  }

  #popScheduled(): Scheduled | null {
    while (this.size > 0) {
      const slot = this.#firstSlot(0, this.#nowLow & 255);
      if (slot >= 0) {
        const node = this.#heads[slot]!;
        if (this.#at[node]! > this.limit) return null;
        return this.#shift(node, slot);
      }
      if (this.#times[UPPER_DUE]! > this.limit || !this.#enterNextBlock()) return null;
    }
    return null;
  }

  /** Takes the first event of a slot of the lowest level. */
  #shift(node: number, slot: number): Scheduled {
    this.#times[NOW] = this.#at[node]!;
    this.#nowLow = (this.#nowLow & ~255) | slot;
    const next = this.#next[node]!;
    this.#heads[slot] = next;
    if (next === 0) {
      this.#tails[slot] = 0;
      this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
    } else this.#previous[next] = 0;
    const what = this.#what[node]!;
    this.#release(node);
    return what;
  }

  #shiftReady(): Scheduled {
    const what = this.#ready[this.#readyHead]!;
    this.#ready[this.#readyHead] = null;
    this.#readyHead = (this.#readyHead + 1) & (this.#ready.length - 1);
    this.#readyCount--;
    this.size--;
    return what;
  }

  /**
   * What was pushed for this instant takes its turn without leaving the queue, as if it had been taken out and pushed again,
   * until the first in it has to leave. Returns how many turns that were.
   */
  takeTurns(): number {
    const count = this.#readyCount;
    if (count === 0 || this.#heads[this.#nowLow & 255] !== 0) return 0;
    const ready = this.#ready;
    const mask = ready.length - 1;
    const head = this.#readyHead;
    // A whole round changes nothing in the ring; what is left of one goes behind the others.
    let gone = 0;
    let turns = 0;
    while (ready[(head + gone) & mask]!.staysOn()) {
      turns++;
      if (++gone === count) gone = 0;
    }
    for (let i = 0; i < gone; i++) {
      const from = (head + i) & mask;
      const to = (head + count + i) & mask;
      // In a ring that is full the end is where the head was.
      if (to === from) continue;
      ready[to] = ready[from]!;
      ready[from] = null;
    }
    this.#readyHead = (head + gone) & mask;
    return turns;
  }

  /** Shows all that was pushed for this instant, in its order. */
  eachReady(show: (what: Scheduled) => void): void {
    for (let i = 0; i < this.#readyCount; i++)
      show(this.#ready[(this.#readyHead + i) & (this.#ready.length - 1)]!);
  }

  #growReady(): void {
    const old = this.#ready;
    this.#ready = new Array<Scheduled | null>(old.length * 2).fill(null);
    for (let i = 0; i < old.length; i++) this.#ready[i] = old[(this.#readyHead + i) & (old.length - 1)]!;
    this.#readyHead = 0;
  }

  /** Moves the clock to {@link limit}, before which nothing is left to happen. */
  advance(): void {
    assert(this.limit >= this.now, "the clock cannot go back");
    assert(this.#readyCount === 0, "the clock moves when nothing is left to happen at this instant");
    this.#times[NOW] = this.limit;
    this.#nowHigh = (this.limit * PER_LOW) | 0;
    this.#nowLow = (this.limit - this.#nowHigh * LOW) | 0;
    for (let level = LEVELS - 1; level > 0; level--) this.#deal(level * SLOTS + this.#digit(level));
  }

  /** Steps to the start of the earliest occupied slot of an upper level and deals its list out below. */
  #enterNextBlock(): boolean {
    for (let level = 1; level < LEVELS; level++) {
      const slot = this.#firstSlot(level, this.#digit(level));
      if (slot < 0) continue;
      const digit = slot - level * SLOTS;
      let high = this.#nowHigh;
      let low = 0;
      if (level === 1) low = (this.#nowLow & 0xff_0000) | (digit << 8);
      else if (level === 2) low = digit << 16;
      else if (level === LEVELS - 1) high = digit << 24;
      else high = ((high >>> (8 * (level - 2))) << (8 * (level - 2))) | (digit << (8 * (level - 3)));
      const start = high * LOW + low;
      if (start > this.limit) {
        this.#times[UPPER_DUE] = start;
        return false;
      }
      this.#times[NOW] = start;
      this.#nowHigh = high;
      this.#nowLow = low;
      this.#deal(slot);
      return true;
    }
    throw new Error("an event queue that is not empty has an occupied slot");
  }

  /** The slot of a level in which the clock is. */
  #digit(level: number): number {
    return level < 3 ? (this.#nowLow >>> (8 * level)) & 255 : (this.#nowHigh >>> (8 * (level - 3))) & 255;
  }

  #deal(slot: number): void {
    let node = this.#heads[slot]!;
    if (node === 0) return;
    this.#heads[slot] = 0;
    this.#tails[slot] = 0;
    this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
    while (node !== 0) {
      const next = this.#next[node]!;
      this.#insert(node);
      node = next;
    }
  }

  /** The level's first slot with a list, as an index over all levels, or -1. Those before `from` are empty. */
  #firstSlot(level: number, from: number): number {
    const words = this.#occupied;
    const end = level * 8 + 8;
    for (let word = level * 8 + (from >>> 5); word < end; word++) {
      const bits = words[word]!;
      if (bits !== 0) return word * 32 + (31 - Math.clz32(bits & -bits));
    }
    return -1;
  }

  #insert(node: number): void {
    const at = this.#at[node]!;
    const high = (at * PER_LOW) | 0;
    const low = (at - high * LOW) | 0;
    const differentHigh = high ^ this.#nowHigh;
    let slot: number;
    if (differentHigh === 0) {
      const different = low ^ this.#nowLow;
      if (different < 0x100) slot = low & 255;
      else if (different < 0x1_0000) slot = SLOTS + ((low >>> 8) & 255);
      else slot = 2 * SLOTS + (low >>> 16);
    } else {
      const level = (31 - Math.clz32(differentHigh)) >>> 3;
      slot = (3 + level) * SLOTS + ((high >>> (8 * level)) & 255);
    }
    if (slot >= SLOTS && at < this.#times[UPPER_DUE]!) this.#times[UPPER_DUE] = at;
    const tail = this.#tails[slot]!;
    this.#slot[node] = slot;
    this.#next[node] = 0;
    this.#previous[node] = tail;
    if (tail === 0) {
      this.#heads[slot] = node;
      this.#occupied[slot >>> 5]! |= 1 << (slot & 31);
    } else this.#next[tail] = node;
    this.#tails[slot] = node;
  }

  #unlink(node: number): void {
    const slot = this.#slot[node]!;
    const next = this.#next[node]!;
    const previous = this.#previous[node]!;
    if (previous === 0) this.#heads[slot] = next;
    else this.#next[previous] = next;
    if (next === 0) this.#tails[slot] = previous;
    else this.#previous[next] = previous;
    if (this.#heads[slot] === 0) this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
  }

  #release(node: number): void {
    this.#what[node] = null;
    this.#next[node] = this.#freeNode;
    this.#freeNode = node;
    this.size--;
  }

  #grow(): void {
    const length = this.#at.length * 2;
    assert(length <= LOW, "the event queue holds fewer than 2^24 events");
    const at = new Float64Array(length);
    at.set(this.#at);
    this.#at = at;
    this.#next = longer(this.#next, length);
    this.#previous = longer(this.#previous, length);
    this.#slot = longer(this.#slot, length);
  }
}

function longer(column: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length);
  grown.set(column);
  return grown;
}
