import { mix } from "../base/mix.ts";
import type { Prng } from "../base/prng.ts";
import type { EventQueue } from "../sim/event-queue.ts";
import type { Identification } from "../sim/leg.ts";
import { MILLISECOND } from "../sim/time.ts";
import type { World } from "../sim/world.ts";

const BUCKET_BITS = 11;

/** For packets that are never cut, and need none. */
export const NO_IDENTIFICATION: Identification = { next: () => 0 };

/** A connected socket counts by itself, from a random number on. */
export class ConnectionIdentification implements Identification {
  #last: number;

  constructor(first: number) {
    this.#last = first;
  }

  next(): number {
    this.#last = (this.#last + 1) & 0xffff;
    return this.#last;
  }
}

/**
 * Where the identification field of a host's packets comes from: one counter for each group of flows, and after a pause
 * it jumps by up to as many as milliseconds have passed (net/ipv4/route.c, ip_idents_reserve).
 */
export class IpIdentifications {
  readonly #world: World;
  readonly #prng: Prng;
  readonly #secret: number;
  #buckets: Bucket[] | null = null;

  constructor(world: World, host: string) {
    this.#world = world;
    this.#prng = world.prng.fork(`${host}/identification`);
    this.#secret = this.#prng.next() | 0;
  }

  /** The counter of this flow's group (__ip_select_ident). */
  of(src: number, dst: number, protocol: number): Identification {
    const buckets = this.#buckets ?? this.#start();
    return buckets[mix(mix(dst ^ this.#secret, src), protocol) >>> (32 - BUCKET_BITS)]!;
  }

  /** The identification of the next packet of this flow. */
  next(src: number, dst: number, protocol: number): number {
    return this.of(src, dst, protocol).next();
  }

  /** A random first identification, as each connected socket has one of its own. */
  random(): number {
    return this.#prng.below(0x10000);
  }

  #start(): Bucket[] {
    const { queue } = this.#world;
    const prng = this.#prng;
    this.#buckets = Array.from(
      { length: 1 << BUCKET_BITS },
      () => new Bucket(queue, prng, prng.below(0x10000)),
    );
    return this.#buckets;
  }
}

class Bucket implements Identification {
  readonly #queue: EventQueue;
  readonly #prng: Prng;
  #id: number;
  /** The instant of the last one, as the queue keeps it, and its millisecond. */
  #high: number;
  #low: number;
  #millisecond: number;

  constructor(queue: EventQueue, prng: Prng, id: number) {
    this.#queue = queue;
    this.#prng = prng;
    this.#id = id;
    this.#high = queue.nowHigh;
    this.#low = queue.nowLow;
    this.#millisecond = Math.floor(queue.now / MILLISECOND);
  }

  next(): number {
    const queue = this.#queue;
    if (queue.nowLow !== this.#low || queue.nowHigh !== this.#high) this.#jump();
    const id = this.#id;
    this.#id = (id + 1) & 0xffff;
    return id;
  }

  /** Time has passed since the last one. */
  #jump(): void {
    const queue = this.#queue;
    this.#high = queue.nowHigh;
    this.#low = queue.nowLow;
    const millisecond = Math.floor(queue.now / MILLISECOND);
    const passed = millisecond - this.#millisecond;
    if (passed > 0) this.#id = (this.#id + this.#prng.below(passed)) & 0xffff;
    this.#millisecond = millisecond;
  }
}
