import { type Nanos, SECOND } from "../../sim/time.ts";

/** Rows lie together by sixteen ports: many clients take their ports in turn. */
const PAGE_BITS = 4;
const PAGE = 1 << PAGE_BITS;
const PAGES = 0x10000 >>> PAGE_BITS;

/** Numbers of a row, half a cache line: two times, */
const TIMES = 4;
/** when it ends, or 0 where there is no connection, */
const DEADLINE = 0;
/** and when it began; */
const BEGAN = 1;
/** and four int32 behind them: */
const NUMBERS = 8;
const ID = 4;
const FRAME = 5;
/** for how many seconds it is kept after a packet, */
const TIMEOUT = 6;
/** and 1 once there was a reply. */
const ANSWERED = 7;

/** How many connections of a namespace are rows. */
export interface ConnectionCount {
  size: number;
}

/**
 * The connections of one pattern that nobody has looked at yet: for each a row of numbers, found by the port that is open.
 * A row is a whole number from 0; it holds until the next one is added or swept out.
 */
export class ConnectionRows {
  size = 0;
  readonly #count: ConnectionCount;
  /** By the upper bits of a port: a page of rows plus one, or 0. */
  readonly #pages: Uint16Array = new Uint16Array(PAGES);
  /** Pages that are in use or free again. */
  #made = 0;
  readonly #free: number[] = [];
  #numbers: Int32Array = new Int32Array(PAGE * NUMBERS);
  /** The same memory. */
  #times: Float64Array = new Float64Array(this.#numbers.buffer);
  /** None ends before. */
  #next: Nanos = Number.POSITIVE_INFINITY;

  /** `count`: kept up to date. */
  constructor(count: ConnectionCount) {
    this.#count = count;
  }

  /** The row of a port, or -1. Its connection may have ended. */
  find(port: number): number {
    const page = this.#pages[port >>> PAGE_BITS]!;
    if (page === 0) return -1;
    const row = ((page - 1) << PAGE_BITS) | (port & (PAGE - 1));
    return this.#times[row * TIMES + DEADLINE] === 0 ? -1 : row;
  }

  /** Whether there is one that lives. One that has ended is taken out. */
  lives(port: number, now: Nanos): boolean {
    const row = this.find(port);
    if (row < 0) return false;
    if (this.endOf(row) > now) return true;
    this.remove(row);
    return false;
  }

  /** The row of one that lives and has had no reply, or -1. */
  findUnanswered(port: number, now: Nanos): number {
    const row = this.find(port);
    return row >= 0 && !this.isAnswered(row) && this.endOf(row) > now ? row : -1;
  }

  endOf(row: number): Nanos {
    return this.#times[row * TIMES + DEADLINE]!;
  }

  beganAt(row: number): Nanos {
    return this.#times[row * TIMES + BEGAN]!;
  }

  idOf(row: number): number {
    return this.#numbers[row * NUMBERS + ID]!;
  }

  frameOf(row: number): number {
    return this.#numbers[row * NUMBERS + FRAME]!;
  }

  /** In seconds. */
  timeoutOf(row: number): number {
    return this.#numbers[row * NUMBERS + TIMEOUT]!;
  }

  isAnswered(row: number): boolean {
    return this.#numbers[row * NUMBERS + ANSWERED] !== 0;
  }

  /** Adds that of a port that has none; `timeout` in seconds. */
  add(port: number, id: number, frame: number, now: Nanos, timeout: number): void {
    const page = this.#pages[port >>> PAGE_BITS]! || this.#makePage(port >>> PAGE_BITS);
    const row = ((page - 1) << PAGE_BITS) | (port & (PAGE - 1));
    const times = this.#times;
    const numbers = this.#numbers;
    const until = now + timeout * SECOND;
    times[row * TIMES + DEADLINE] = until;
    times[row * TIMES + BEGAN] = now;
    numbers[row * NUMBERS + ID] = id;
    numbers[row * NUMBERS + FRAME] = frame;
    numbers[row * NUMBERS + TIMEOUT] = timeout;
    numbers[row * NUMBERS + ANSWERED] = 0;
    if (until < this.#next) this.#next = until;
    this.size++;
    this.#count.size++;
  }

  /** A packet came, perhaps a reply; the connection is kept for so many seconds from now on. */
  renew(row: number, reply: boolean, now: Nanos, timeout: number): void {
    const numbers = this.#numbers;
    const until = now + timeout * SECOND;
    this.#times[row * TIMES + DEADLINE] = until;
    numbers[row * NUMBERS + TIMEOUT] = timeout;
    if (reply) numbers[row * NUMBERS + ANSWERED] = 1;
    if (until < this.#next) this.#next = until;
  }

  remove(row: number): void {
    this.#times[row * TIMES + DEADLINE] = 0;
    this.size--;
    this.#count.size--;
  }

  /** Takes out those that have ended by `now`. When the next one does, or Infinity. */
  sweep(now: Nanos): Nanos {
    if (this.#next > now) return this.#next;
    let next = Number.POSITIVE_INFINITY;
    for (let high = 0; high < PAGES; high++) {
      const page = this.#pages[high]!;
      if (page === 0) continue;
      const end = this.#sweepPage((page - 1) << PAGE_BITS, now);
      if (end < next) next = end;
      if (end === Number.POSITIVE_INFINITY) {
        this.#pages[high] = 0;
        this.#free.push(page);
      }
    }
    this.#next = next;
    return next;
  }

  #sweepPage(first: number, now: Nanos): Nanos {
    let next = Number.POSITIVE_INFINITY;
    for (let row = first; row < first + PAGE; row++) {
      const end = this.endOf(row);
      if (end === 0) continue;
      if (end <= now) this.remove(row);
      else if (end < next) next = end;
    }
    return next;
  }

  /** Every port that has a row. */
  ports(): number[] {
    const ports: number[] = [];
    for (let high = 0; high < PAGES; high++) {
      if (this.#pages[high] === 0) continue;
      for (let port = high << PAGE_BITS; port < (high + 1) << PAGE_BITS; port++)
        if (this.find(port) >= 0) ports.push(port);
    }
    return ports;
  }

  #makePage(high: number): number {
    const page = this.#free.pop() ?? ++this.#made;
    if (page * PAGE * NUMBERS > this.#numbers.length) {
      const wider = new Int32Array(this.#numbers.length * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
      this.#times = new Float64Array(wider.buffer);
    }
    this.#pages[high] = page;
    return page;
  }
}
