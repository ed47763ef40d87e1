import type { Prng } from "../base/prng.ts";
import { MILLISECOND } from "../sim/time.ts";
import type { World } from "../sim/world.ts";

const BUCKETS = 2048;

/**
 * Where the identification field of a host's packets comes from: one counter for each group of flows, and after a pause
 * it jumps by up to as many as milliseconds have passed (net/ipv4/route.c, ip_idents_reserve).
 */
export class IpIdentifications {
  readonly #world: World;
  readonly #prng: Prng;
  readonly #secret: number;
  #ids: Uint16Array | null = null;
  #stamps: Float64Array = new Float64Array(0);

  constructor(world: World, host: string) {
    this.#world = world;
    this.#prng = world.prng.fork(`${host}/identification`);
    this.#secret = this.#prng.next() | 0;
  }

  /** The identification of the next packet of this flow (__ip_select_ident). */
  next(src: number, dst: number, protocol: number): number {
    const ids = this.#ids ?? this.#start();
    let hash = Math.imul(dst ^ this.#secret, 0x9e3779b1) ^ Math.imul(src, 0x85ebca6b) ^ protocol;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const bucket = (hash >>> 16) & (BUCKETS - 1);
    const now = Math.floor(this.#world.now / MILLISECOND);
    const passed = now - this.#stamps[bucket]!;
    const jump = passed > 0 ? this.#prng.below(passed) : 0;
    this.#stamps[bucket] = now;
    const id = (ids[bucket]! + jump) & 0xffff;
    ids[bucket] = id + 1;
    return id;
  }

  /** A random first identification, as each connected socket has one of its own. */
  random(): number {
    return this.#prng.below(0x10000);
  }

  #start(): Uint16Array {
    const ids = new Uint16Array(BUCKETS);
    for (let i = 0; i < BUCKETS; i++) ids[i] = this.#prng.below(0x10000);
    this.#stamps = new Float64Array(BUCKETS).fill(Math.floor(this.#world.now / MILLISECOND));
    this.#ids = ids;
    return ids;
  }
}
