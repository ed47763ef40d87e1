import { after, before, distance } from "./sequence.ts";

/** What a segment takes of a receive buffer beside its octets: the packet's record and its head (SKB_TRUESIZE of 256). */
const OVERHEAD = 832;
/** So many segments at most share one record (MAX_SKB_FRAGS). */
const MAX_PIECES = 17;
const FIELDS = 4;

/** What a segment of so many octets takes of a receive buffer (skb->truesize). */
export function trueSize(length: number): number {
  return OVERHEAD + length;
}

/**
 * What the segments in a receive buffer take of it: the records of one of the kernel's two queues (sk_receive_queue,
 * out_of_order_queue), in the order of their sequence numbers. Segments that follow each other share a record
 * (tcp_try_coalesce), and a record is freed when the last of its octets was read. The octets themselves lie elsewhere.
 */
export class BufferedSegments {
  /** Of each record: first octet, octet behind the last, bytes taken, pieces. */
  #rows: Int32Array = new Int32Array(4 * FIELDS);
  #count = 0;
  /** Bytes of the receive buffer that all of them take. */
  size = 0;

  get count(): number {
    return this.#count;
  }
  /** Behind the last octet of the first record; only while there is one. */
  get firstEnd(): number {
    return this.#rows[1]!;
  }

  /**
   * Adds the octets from `left` to `right` behind all others. `mayShare`: the last record may take them in, which it may
   * not while its sender keeps it for another time (skb_cloned). True when it has.
   */
  append(left: number, right: number, mayShare: boolean): boolean {
    const length = distance(right, left);
    if (mayShare && this.#share(this.#count - 1, left, right, length, 1)) return true;
    this.#insert(this.#count, left, right, trueSize(length), 1);
    return false;
  }

  /** Adds octets anywhere; records that lie within them go (tcp_data_queue_ofo). True when another took them in. */
  add(left: number, right: number, mayShare: boolean): boolean {
    let at = this.#count;
    while (at > 0 && before(left, this.#rows[(at - 1) * FIELDS]!)) at--;
    const length = distance(right, left);
    const shared = mayShare && this.#share(at - 1, left, right, length, 1);
    if (shared) at--;
    else this.#insert(at, left, right, trueSize(length), 1);
    let covered = at + 1;
    while (covered < this.#count && !after(this.#rows[covered * FIELDS + 1]!, right)) covered++;
    this.#remove(at + 1, covered);
    return shared;
  }

  /** Moves what begins at or before `next` to the end of the other queue, and says how many records were taken in there (tcp_ofo_queue). */
  moveTo(queue: BufferedSegments, next: number): number {
    let moved = 0;
    let shared = 0;
    for (; moved < this.#count; moved++) {
      const [left, right, size, pieces] = this.#row(moved);
      if (after(left, next)) break;
      if (!after(right, next)) continue;
      const rest = size - OVERHEAD;
      if (queue.#share(queue.#count - 1, left, right, rest, pieces)) shared++;
      else queue.#insert(queue.#count, left, right, size, pieces);
      next = right;
    }
    this.#remove(0, moved);
    return shared;
  }

  /** Frees what was read: all before `next`. */
  release(next: number): void {
    let read = 0;
    while (read < this.#count && !after(this.#rows[read * FIELDS + 1]!, next)) read++;
    if (read > 0) this.#remove(0, read);
  }

  clear(): void {
    this.#count = 0;
    this.size = 0;
  }

  #row(i: number): readonly [left: number, right: number, size: number, pieces: number] {
    const at = i * FIELDS;
    const rows = this.#rows;
    return [rows[at]!, rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
  }

  #share(i: number, left: number, right: number, size: number, pieces: number): boolean {
    if (i < 0) return false;
    const at = i * FIELDS;
    const rows = this.#rows;
    if (rows[at + 1] !== left || rows[at + 3]! + pieces > MAX_PIECES) return false;
    rows[at + 1] = right;
    rows[at + 2]! += size;
    rows[at + 3]! += pieces;
    this.size += size;
    return true;
  }

  #insert(i: number, left: number, right: number, size: number, pieces: number): void {
    if ((this.#count + 1) * FIELDS > this.#rows.length) {
      const rows = new Int32Array(this.#rows.length * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    const at = i * FIELDS;
    this.#rows.copyWithin(at + FIELDS, at, this.#count * FIELDS);
    this.#rows[at] = left;
    this.#rows[at + 1] = right;
    this.#rows[at + 2] = size;
    this.#rows[at + 3] = pieces;
    this.#count++;
    this.size += size;
  }

  /** Takes the records from `from` to before `to` out. */
  #remove(from: number, to: number): void {
    if (from >= to) return;
    for (let i = from; i < to; i++) this.size -= this.#rows[i * FIELDS + 2]!;
    this.#rows.copyWithin(from * FIELDS, to * FIELDS, this.#count * FIELDS);
    this.#count -= to - from;
  }
}
