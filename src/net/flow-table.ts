import { Flow } from "./flow.ts";

/** Entries that are looked through for one destination. */
const WAYS = 8;
const FEWEST = 16;
/** So many destinations of a socket are remembered; more take turns. */
const MOST = 8192;

/** Spreads a destination; never 0. */
function hash(address: number, port: number): number {
  let mixed = Math.imul(address, 0x9e3779b1) ^ Math.imul(port, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) | 1;
}

/**
 * The flows of a socket that sends to many, by destination: a table of a few ways, so that it has a bound and looking
 * takes no longer than that. A destination gets a flow when it is sent to for the second time: many a client of a server
 * asks but once. Nothing outlives the generation of the world, since no flow does.
 */
export class FlowTable {
  /** For packets to who has been sent to only once. */
  readonly shared: Flow;
  #generation = -1;
  /** The hash of each entry's destination, or 0. */
  #hashes: Int32Array = new Int32Array(FEWEST);
  /** Null for an entry that has been sent to only once. */
  #flows: (Flow | null)[] = new Array<Flow | null>(FEWEST).fill(null);
  /** Whose turn it is to make room. */
  #turn = 0;

  constructor(shared: Flow) {
    this.shared = shared;
  }

  /** The flow for packets to a destination. It may still be for another one: ask {@link Flow.isFor}. */
  find(generation: number, address: number, port: number): Flow {
    if (this.#generation !== generation) this.#startAnew(generation);
    const hashed = hash(address, port);
    const hashes = this.#hashes;
    const first = (hashed >>> 1) & (hashes.length - WAYS);
    for (let i = first; i < first + WAYS; i++)
      if (hashes[i] === hashed) return (this.#flows[i] ??= new Flow());
    this.#add(hashed);
    return this.shared;
  }

  #startAnew(generation: number): void {
    this.#generation = generation;
    this.#turn = 0;
    if (this.#hashes.length > FEWEST) {
      this.#hashes = new Int32Array(FEWEST);
      this.#flows = new Array<Flow | null>(FEWEST).fill(null);
    } else {
      this.#hashes.fill(0);
      this.#flows.fill(null);
    }
  }

  #add(hashed: number): void {
    let at = this.#free(hashed);
    while (at < 0 && this.#hashes.length < MOST) {
      this.#grow();
      at = this.#free(hashed);
    }
    if (at < 0) at = this.#giveUp(hashed);
    this.#hashes[at] = hashed;
    this.#flows[at] = null;
  }

  /** An entry for a hash that has nothing yet, or -1. */
  #free(hashed: number): number {
    const first = (hashed >>> 1) & (this.#hashes.length - WAYS);
    for (let i = first; i < first + WAYS; i++) if (this.#hashes[i] === 0) return i;
    return -1;
  }

  /** An entry for a hash that belongs to another destination: one that was sent to only once, or the next in turn. */
  #giveUp(hashed: number): number {
    const first = (hashed >>> 1) & (this.#hashes.length - WAYS);
    const turn = this.#turn++;
    for (let i = 0; i < WAYS; i++) {
      const at = first + ((turn + i) & (WAYS - 1));
      if (this.#flows[at] === null) return at;
    }
    return first + (turn & (WAYS - 1));
  }

  #grow(): void {
    const hashes = this.#hashes;
    const flows = this.#flows;
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#flows = new Array<Flow | null>(hashes.length * 2).fill(null);
    // Twice as many entries have room for what the half of them had.
    for (let i = 0; i < hashes.length; i++) {
      if (hashes[i] === 0) continue;
      const at = this.#free(hashes[i]!);
      this.#hashes[at] = hashes[i]!;
      this.#flows[at] = flows[i]!;
    }
  }
}
