// The wheel that the engine's queue grew from: six levels of 256 slots of first-in, first-out lists, numbers instead of
// objects, nothing cancelled, no limit. The yardstick of bench/events.

/** `push(time, id)`; `pop()` returns the id of the earliest and sets `time`. */
export class Wheel {
  constructor(capacity) {
    this.next = new Int32Array(capacity + 1);
    this.at = new Float64Array(capacity + 1);
    this.value = new Int32Array(capacity + 1);
    this.head = new Int32Array(6 * 256).fill(-1);
    this.tail = new Int32Array(6 * 256).fill(-1);
    this.bits = new Int32Array(6 * 8);
    this.free = 0;
    for (let i = 0; i < capacity; i++) this.next[i] = i + 1;
    this.time = 0;
    this.low = 0;
    this.high = 0;
  }

  push(time, id) {
    const node = this.free;
    this.free = this.next[node];
    this.at[node] = time;
    this.value[node] = id;
    this.insert(node);
  }

  insert(node) {
    const time = this.at[node];
    const low = time % 16777216;
    const high = (time - low) / 16777216;
    let slot;
    if (high === this.high) {
      const different = low ^ this.low;
      const level = different < 256 ? 0 : different < 65536 ? 1 : 2;
      slot = (level << 8) + ((low >> (8 * level)) & 255);
    } else {
      const different = high ^ this.high;
      const level = different < 256 ? 3 : different < 65536 ? 4 : 5;
      slot = (level << 8) + ((high >> (8 * (level - 3))) & 255);
    }
    this.next[node] = -1;
    const tail = this.tail[slot];
    if (tail < 0) {
      this.head[slot] = node;
      this.bits[slot >> 5] |= 1 << (slot & 31);
    } else this.next[tail] = node;
    this.tail[slot] = node;
  }

  /** The first slot of a level from there that has a list, or -1. */
  first(level, from) {
    const { bits } = this;
    let word = from >> 5;
    let set = bits[level * 8 + word] & (-1 << (from & 31));
    while (set === 0) {
      if (++word === 8) return -1;
      set = bits[level * 8 + word];
    }
    return (word << 5) + 31 - Math.clz32(set & -set);
  }

  /** Takes the list of a slot. */
  take(slot) {
    const node = this.head[slot];
    this.head[slot] = -1;
    this.tail[slot] = -1;
    this.bits[slot >> 5] &= ~(1 << (slot & 31));
    return node;
  }

  pop() {
    for (;;) {
      const slot = this.first(0, this.low & 255);
      if (slot >= 0) return this.shift(slot);
      this.enterNextBlock();
    }
  }

  shift(slot) {
    const node = this.head[slot];
    const next = this.next[node];
    if (next < 0) this.take(slot);
    else this.head[slot] = next;
    this.low = (this.low & ~255) | slot;
    this.time = this.at[node];
    this.next[node] = this.free;
    this.free = node;
    return this.value[node];
  }

  enterNextBlock() {
    let level = 1;
    let slot = -1;
    for (; level < 6; level++) {
      const current = level < 3 ? (this.low >> (8 * level)) & 255 : (this.high >> (8 * (level - 3))) & 255;
      slot = current === 255 ? -1 : this.first(level, current + 1);
      if (slot >= 0) break;
    }
    if (level < 3) {
      const shift = 8 * level;
      this.low = ((this.low >> (shift + 8)) << (shift + 8)) | (slot << shift);
    } else {
      const shift = 8 * (level - 3);
      this.high = ((this.high >> (shift + 8)) << (shift + 8)) | (slot << shift);
      this.low = 0;
    }
    for (let node = this.take((level << 8) + slot); node >= 0; ) {
      const next = this.next[node];
      this.insert(node);
      node = next;
    }
  }
}
