import { assert } from "../base/assert.ts";
import { type FrameId, Packet } from "./packet.ts";

const SMALL_SLOT = 2048;
/** `lo` has MTU 65536, and reassembly makes datagrams of up to 65535 bytes. */
const LARGE_SLOT = 66 * 1024;
/** Room in front for two encapsulations; the IPv4 header behind the first Ethernet header lies on a multiple of 16. */
const HEADROOM = 130;
const SMALL_CHUNK = 256;
const LARGE_CHUNK = 4;

/** The memory of all frames: slots of two sizes in large blocks, and the recycled packets that point into them. */
export class PacketPool {
  #small: Packet[] = [];
  #large: Packet[] = [];
  #lastId = 0;
  /** Packets that are out: in a queue, on a wire, or being handled at this moment. */
  inUse = 0;
  /** Packets that were ever given out. */
  allocated = 0;

  /**
   * A packet of `length` bytes with {@link HEADROOM} in front; its bytes are whatever was there before. `parent` is
   * the frame that it comes from, or null when a process or the kernel itself made it.
   */
  allocate(length: number, parent: Packet | null): Packet {
    assert(length <= LARGE_SLOT - HEADROOM, "a frame fits the largest slot");
    const small = length <= SMALL_SLOT - HEADROOM;
    const free = small ? this.#small : this.#large;
    if (free.length === 0) this.#addChunk(small);
    const packet = free.pop()!;
    this.inUse++;
    this.allocated++;
    packet.at = packet.base + HEADROOM;
    packet.length = length;
    packet.device = null;
    packet.next = null;
    packet.checksumStart = 0;
    packet.trusted = true;
    packet.corrupted = false;
    packet.mark = 0;
    packet.hash = 0;
    packet.fragmentMax = 0;
    packet.flags = 0;
    packet.trip = null;
    packet.legs = 0;
    this.#lastId = (this.#lastId + 1) | 0;
    packet.id = this.#lastId;
    packet.parent = parent === null ? 0 : parent.id;
    packet.origin = parent === null ? packet.id : parent.origin;
    return packet;
  }

  /**
   * A frame of its own with the same bytes (skb_copy): for flooding, for taps that keep what they saw, and for a frame
   * that was wrapped so often that it has no room in front any more: the copy has all of it again.
   */
  copy(packet: Packet): Packet {
    const copy = this.allocate(packet.length, packet);
    copyBetween(packet, packet.at, copy, copy.at, packet.length);
    const moved = copy.at - packet.at;
    copy.networkAt = packet.networkAt + moved;
    copy.transportAt = packet.transportAt + moved;
    copy.device = packet.device;
    if (packet.checksumStart !== 0) copy.checksumStart = packet.checksumStart + moved;
    copy.checksumField = packet.checksumField;
    copy.trusted = packet.trusted;
    copy.corrupted = packet.corrupted;
    copy.mark = packet.mark;
    copy.connection = packet.connection;
    copy.connectionInfo = packet.connectionInfo;
    copy.hash = packet.hash;
    copy.fragmentMax = packet.fragmentMax;
    copy.flags = packet.flags;
    copy.bridgeInput = packet.bridgeInput;
    copy.bridgeOutput = packet.bridgeOutput;
    return copy;
  }

  /** The frame becomes another one without moving: it was encapsulated, or taken out of its encapsulation. */
  renumber(packet: Packet): void {
    packet.parent = packet.id;
    packet.connection = null;
    packet.connectionInfo = 0;
    this.#lastId = (this.#lastId + 1) | 0;
    packet.id = this.#lastId;
  }

  /** The number that a frame has after it became another one so many times, if nothing else is numbered meanwhile. */
  numberAfter(times: number): FrameId {
    return (this.#lastId + times) | 0;
  }

  release(packet: Packet): void {
    assert(packet.id !== 0, "a packet is released once");
    packet.id = 0;
    packet.connection = null;
    packet.connectionInfo = 0;
    this.inUse--;
    if (packet.limit - packet.base === SMALL_SLOT) this.#small.push(packet);
    else this.#large.push(packet);
  }

  #addChunk(small: boolean): void {
    const slot = small ? SMALL_SLOT : LARGE_SLOT;
    const count = small ? SMALL_CHUNK : LARGE_CHUNK;
    const buffer = new ArrayBuffer(slot * count);
    const view = new DataView(buffer);
    const bytes = new Uint8Array(buffer);
    const free = small ? this.#small : this.#large;
    for (let i = count - 1; i >= 0; i--) free.push(new Packet(view, bytes, i * slot, (i + 1) * slot));
  }
}

/** Copies between slots without making views: four bytes a step. */
export function copyBetween(from: Packet, fromAt: number, to: Packet, toAt: number, length: number): void {
  const source = from.view;
  const target = to.view;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) target.setInt32(toAt + i, source.getInt32(fromAt + i));
  for (let i = whole; i < length; i++) target.setUint8(toAt + i, source.getUint8(fromAt + i));
}
