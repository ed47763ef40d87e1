import { type Nanos, SECOND } from "../../sim/time.ts";

/** Rows lie together by sixteen ports: many clients take their ports in turn. */
const PAGE_BITS = 4;
const PAGE = 1 << PAGE_BITS;
const PAGES = 0x10000 >>> PAGE_BITS;

/** Numbers of {@link ConnectionRows.#origins}: the time is two int32 wide. */
const ORIGIN = 4;
const ID = 2;
const FRAME = 3;

/** How many connections of a namespace are rows. */
export interface ConnectionCount {
  size: number;
}

/**
 * The connections of one pattern that nobody has looked at yet: for each a few numbers, found by the port that is open. All
 * are kept equally long after a packet. A row is a whole number from 0; it is gone when its connection is removed.
 */
export class ConnectionRows {
  size = 0;
  /** For how many seconds they are kept after a packet. */
  #timeout = 0;
  readonly #count: ConnectionCount;
  /** By the upper bits of a port: a page of rows plus one, or 0. */
  readonly #pages: Uint16Array = new Uint16Array(PAGES);
  /** Pages that are in use or free again. */
  #made = 0;
  readonly #free: number[] = [];
  /** What every packet asks for, by row: when the connection ends, negative once it had a reply. */
  #ends: Float64Array = new Float64Array(PAGE);
  /** What is seldom asked for, by row: when it began, its id and its frame. */
  #origins: Int32Array = new Int32Array(PAGE * ORIGIN);
  /** The same memory, for the times. */
  #times: Float64Array = new Float64Array(this.#origins.buffer);
  /** None ends before. */
  #next: Nanos = Number.POSITIVE_INFINITY;
  /** What ended by then has been swept out: no more than a number is left of it. */
  #sweptAt: Nanos = 0;

  /** `count`: kept up to date. */
  constructor(count: ConnectionCount) {
    this.#count = count;
  }

  /** The row of a port, or -1. Its connection may have ended. */
  find(port: number): number {
    const page = this.#pages[port >>> PAGE_BITS]!;
    if (page === 0) return -1;
    const row = ((page - 1) << PAGE_BITS) | (port & (PAGE - 1));
    return this.endOf(row) > this.#sweptAt ? row : -1;
  }

  /** Whether there is one that lives. One that has ended is taken out. */
  lives(port: number, now: Nanos): boolean {
    const row = this.find(port);
    if (row < 0) return false;
    const lives = this.endOf(row) > now;
    if (!lives) this.remove(row);
    return lives;
  }

  /** The row of one that lives and has had no reply, or -1. */
  findUnanswered(port: number, now: Nanos): number {
    const row = this.find(port);
    return row >= 0 && this.#ends[row]! > now ? row : -1;
  }

  endOf(row: number): Nanos {
    return Math.abs(this.#ends[row]!);
  }

  isAnswered(row: number): boolean {
    return this.#ends[row]! < 0;
  }

  beganAt(row: number): Nanos {
    return this.#times[(row * ORIGIN) >> 1]!;
  }

  idOf(row: number): number {
    return this.#origins[row * ORIGIN + ID]!;
  }

  frameOf(row: number): number {
    return this.#origins[row * ORIGIN + FRAME]!;
  }

  /** In seconds. */
  get timeout(): number {
    return this.#timeout;
  }

  /** Adds that of a port that has none. All that are there must be kept for as many seconds, at least one. */
  add(port: number, id: number, frame: number, now: Nanos, timeout: number): void {
    const page = this.#pages[port >>> PAGE_BITS]! || this.#makePage(port >>> PAGE_BITS);
    const row = ((page - 1) << PAGE_BITS) | (port & (PAGE - 1));
    const until = now + timeout * SECOND;
    this.#timeout = timeout;
    this.#ends[row] = until;
    this.#times[(row * ORIGIN) >> 1] = now;
    this.#origins[row * ORIGIN + ID] = id;
    this.#origins[row * ORIGIN + FRAME] = frame;
    if (until < this.#next) this.#next = until;
    this.size++;
    this.#count.size++;
  }

  /** A packet came, perhaps a reply. */
  renew(row: number, reply: boolean, now: Nanos): void {
    const until = now + this.#timeout * SECOND;
    this.#ends[row] = reply ? -until : until;
  }

  remove(row: number): void {
    this.#ends[row] = 0;
    this.size--;
    this.#count.size--;
  }

  /** Takes out those that have ended by `now`. When the next one does, if that is before `then`, or `then`. */
  sweep(now: Nanos, then: Nanos): Nanos {
    // Those that end later than another one need not be looked at.
    if (this.#next > now && this.#next >= then) return then;
    this.#sweptAt = now;
    let next = Number.POSITIVE_INFINITY;
    let living = 0;
    const ends = this.#ends;
    for (let high = 0; high < PAGES; high++) {
      const page = this.#pages[high]!;
      if (page === 0) continue;
      const before = living;
      const first = (page - 1) << PAGE_BITS;
      for (let row = first; row < first + PAGE; row++) {
        const end = Math.abs(ends[row]!);
        if (end <= now) continue;
        living++;
        if (end < next) next = end;
      }
      if (living > before) continue;
      this.#pages[high] = 0;
      this.#free.push(page);
    }
    this.#count.size -= this.size - living;
    this.size = living;
    this.#next = next;
    return Math.min(next, then);
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
    if (page * PAGE > this.#ends.length) this.#grow();
    this.#pages[high] = page;
    return page;
  }

  #grow(): void {
    const ends = new Float64Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    const origins = new Int32Array(this.#origins.length * 2);
    origins.set(this.#origins);
    this.#origins = origins;
    this.#times = new Float64Array(origins.buffer);
  }
}
