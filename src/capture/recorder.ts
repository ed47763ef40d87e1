import { finishChecksum } from "../sim/finish-checksum.ts";
import type { FrameId, Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { PlaceId, Tap } from "../sim/tap.ts";
import type { Nanos } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";

/** One step of a frame, as it was recorded. */
export interface Step {
  /** Its place in the record: steps are in the order in which they happened. */
  readonly index: number;
  readonly at: Nanos;
  readonly place: PlaceId;
  readonly frame: FrameId;
  readonly parent: FrameId;
  readonly origin: FrameId;
  readonly verdict: Verdict;
  readonly entry: EntryRef;
  /** How many events of entries there had been: tells what an entry was like at that moment. */
  readonly events: number;
  readonly length: number;
  /** Damaged on purpose. */
  readonly corrupted: boolean;
}

// The columns of a step.
const PLACE = 0;
const FRAME = 1;
const PARENT = 2;
const ORIGIN = 3;
const VERDICT = 4;
const ENTRY = 5;
/** Negative when the frame is corrupted. */
const LENGTH = 6;
/** In which chunk the bytes are; -1: nowhere. Those of a packet without Ethernet header count down from -2. */
const BYTES_IN = 7;
const BYTES_AT = 8;
const EVENTS = 9;
const COLUMNS = 10;

const CHUNK = 1 << 20;
/** Room of an Ethernet header, and its last two bytes in front of an IPv4 packet. */
const BARE = 14;
const IPV4_TYPE: readonly number[] = [0x08, 0x00];

/** True where a packet is an IPv4 packet without anything in front, and is written down as it is. */
function isBare(verdict: Verdict, packet: Packet): boolean {
  switch (verdict) {
    case Verdict.routed:
    case Verdict.translated:
    case Verdict.returned:
      return true;
    case Verdict.NETFILTER_DROP:
      return packet.at === packet.networkAt;
    default:
      return false;
  }
}

/**
 * Writes down every step of every frame: whole numbers in one growing column, and the bytes of frames that enter or
 * leave a device. Names, texts and journeys are made from it later, when somebody asks.
 */
export class Recorder implements Tap {
  readonly #world: World;
  #times: Float64Array = new Float64Array(1024);
  #rows: Int32Array = new Int32Array(1024 * COLUMNS);
  #chunks: Uint8Array[] = [];
  #used = CHUNK;
  /** How many steps are recorded. */
  length = 0;

  constructor(world: World) {
    this.#world = world;
  }

  record(place: PlaceId, packet: Packet, verdict: Verdict, entry: EntryRef): void {
    if (this.length === this.#times.length) this.#grow();
    const index = this.length++;
    this.#times[index] = this.#world.queue.now;
    const rows = this.#rows;
    const row = index * COLUMNS;
    rows[row + PLACE] = place;
    rows[row + FRAME] = packet.id;
    rows[row + PARENT] = packet.parent;
    rows[row + ORIGIN] = packet.origin;
    rows[row + VERDICT] = verdict;
    rows[row + ENTRY] = entry;
    rows[row + LENGTH] = packet.corrupted ? -packet.length : packet.length;
    rows[row + BYTES_IN] = -1;
    rows[row + EVENTS] = this.#world.registry.events;
    if (isBare(verdict, packet)) this.#writeDown(packet, row, BARE);
    else if (verdict === Verdict.received || verdict === Verdict.transmitted) this.#writeDown(packet, row, 0);
  }

  /** `space`: what is left free in front, for a packet that has no Ethernet header yet. */
  #writeDown(packet: Packet, row: number, space: number): void {
    // On its way inside a host a checksum may stay unfinished; a tap changes nothing there.
    if (space === 0) finishChecksum(packet);
    const length = space + packet.length;
    if (this.#used + length > CHUNK) {
      this.#chunks.push(new Uint8Array(CHUNK));
      this.#used = 0;
    }
    const number = this.#chunks.length - 1;
    const chunk = this.#chunks[number]!;
    this.#rows[row + BYTES_IN] = space === 0 ? number : -2 - number;
    this.#rows[row + BYTES_AT] = this.#used;
    chunk.set(packet.bytes.subarray(packet.at, packet.at + packet.length), this.#used + space);
    if (space > 0) chunk.set(IPV4_TYPE, this.#used + space - IPV4_TYPE.length);
    this.#used += length;
  }

  step(index: number): Step {
    const rows = this.#rows;
    const row = index * COLUMNS;
    const length = rows[row + LENGTH]!;
    return {
      index,
      at: this.#times[index]!,
      place: rows[row + PLACE]!,
      frame: rows[row + FRAME]!,
      parent: rows[row + PARENT]!,
      origin: rows[row + ORIGIN]!,
      verdict: rows[row + VERDICT]! as Verdict,
      entry: rows[row + ENTRY]!,
      events: rows[row + EVENTS]!,
      length: Math.abs(length),
      corrupted: length < 0,
    };
  }

  /** The whole Ethernet frame of a step in which it entered or left a device; null for other steps. */
  bytes(index: number): Uint8Array | null {
    const row = index * COLUMNS;
    const chunk = this.#rows[row + BYTES_IN]!;
    if (chunk < 0) return null;
    const at = this.#rows[row + BYTES_AT]!;
    return this.#chunks[chunk]!.subarray(at, at + Math.abs(this.#rows[row + LENGTH]!));
  }

  /**
   * What tells of the packet of a step: its whole frame, or, where it was routed, translated or filtered, the packet behind an
   * empty Ethernet header; null for other steps. A packet that never reaches a device is known by that.
   */
  image(index: number): Uint8Array | null {
    const row = index * COLUMNS;
    const chunk = this.#rows[row + BYTES_IN]!;
    if (chunk >= -1) return this.bytes(index);
    const at = this.#rows[row + BYTES_AT]!;
    return this.#chunks[-2 - chunk]!.subarray(at, at + BARE + Math.abs(this.#rows[row + LENGTH]!));
  }

  /** All steps from the one with that index on. */
  *steps(from = 0): Generator<Step> {
    for (let i = from; i < this.length; i++) yield this.step(i);
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const rows = new Int32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
