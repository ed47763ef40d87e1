import { assert } from "../../base/assert.ts";

const FIRST = 2048;
const NONE: Uint8Array = new Uint8Array(0);
const NO_VIEW: DataView = new DataView(NONE.buffer);

/**
 * A stretch of a byte stream, found by sequence number: octet `s` lies at `s` modulo a power of two, so that nothing
 * moves when the front is taken away. It starts without memory and doubles as needed.
 */
export class ByteRing {
  #bytes: Uint8Array = NONE;
  #view: DataView = NO_VIEW;
  #mask = -1;

  /** Makes room for `length` octets from `first` on; the first `used` of them are kept. At most 2^30. */
  reserve(first: number, used: number, length: number): void {
    if (length <= this.#bytes.length) return;
    assert(length <= 0x4000_0000, "a buffer holds at most a gibibyte");
    let capacity = Math.max(FIRST, this.#bytes.length * 2);
    while (capacity < length) capacity *= 2;
    const old = this.#bytes;
    const oldMask = this.#mask;
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#mask = capacity - 1;
    for (let done = 0; done < used; ) {
      const from = (first + done) & oldMask;
      const run = Math.min(used - done, old.length - from);
      this.putBytes(first + done, old, from, run);
      done += run;
    }
  }

  /** Copies `length` octets from `view` to sequence number `sequence`. */
  put(sequence: number, view: DataView, at: number, length: number): void {
    const start = sequence & this.#mask;
    const run = Math.min(length, this.#bytes.length - start);
    copy(view, at, this.#view, start, run);
    if (run < length) copy(view, at + run, this.#view, 0, length - run);
  }

  /** The same from an array of bytes, as programs have them. */
  putBytes(sequence: number, bytes: Uint8Array, at: number, length: number): void {
    const start = sequence & this.#mask;
    const run = Math.min(length, this.#bytes.length - start);
    this.#bytes.set(at === 0 && run === bytes.length ? bytes : bytes.subarray(at, at + run), start);
    if (run < length) this.#bytes.set(bytes.subarray(at + run, at + length), 0);
  }

  /** Copies `length` octets from sequence number `sequence` to `view`. */
  get(sequence: number, view: DataView, at: number, length: number): void {
    const start = sequence & this.#mask;
    const run = Math.min(length, this.#bytes.length - start);
    copy(this.#view, start, view, at, run);
    if (run < length) copy(this.#view, 0, view, at + run, length - run);
  }

  /** The same into an array of bytes. */
  getBytes(sequence: number, target: Uint8Array, at: number, length: number): void {
    const start = sequence & this.#mask;
    const run = Math.min(length, this.#bytes.length - start);
    target.set(this.#bytes.subarray(start, start + run), at);
    if (run < length) target.set(this.#bytes.subarray(0, length - run), at + run);
  }

  /** Gives the memory back. */
  clear(): void {
    this.#bytes = NONE;
    this.#view = NO_VIEW;
    this.#mask = -1;
  }
}

/**
 * Copies without making views: sixteen bytes a step. The words are taken as little-endian, which is what processors have:
 * nothing needs turning round.
 */
function copy(from: DataView, fromAt: number, to: DataView, toAt: number, length: number): void {
  const blocks = length & ~15;
  for (let i = 0; i < blocks; i += 16) {
    to.setInt32(toAt + i, from.getInt32(fromAt + i, true), true);
    to.setInt32(toAt + i + 4, from.getInt32(fromAt + i + 4, true), true);
    to.setInt32(toAt + i + 8, from.getInt32(fromAt + i + 8, true), true);
    to.setInt32(toAt + i + 12, from.getInt32(fromAt + i + 12, true), true);
  }
  for (let i = blocks; i < length; i++) to.setUint8(toAt + i, from.getUint8(fromAt + i));
}
