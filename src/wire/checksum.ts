/**
 * The internet checksum (RFC 1071) and its incremental update (RFC 1624).
 *
 * A *sum* is an unfolded one's complement sum, a non-negative number below 2^32; {@link finish} turns it
 * into the 16 bits that stand in a header. Ranges may be up to 64 KiB long and begin at any offset; an odd
 * last byte counts as the high half of a word, as the RFC says.
 */

/** Adds the words of `length` bytes at `at` to the sum `start`. Four bytes a step, sixteen in the main loop. */
export function sum(view: DataView, at: number, length: number, start: number = 0): number {
  let total = start;
  const end = at + length;
  let word = 0;
  // The halves are added apart, so that the total stays a small integer for any packet of up to 64 KiB.
  for (; at + 16 <= end; at += 16) {
    word = view.getInt32(at);
    total += (word >>> 16) + (word & 0xffff);
    word = view.getInt32(at + 4);
    total += (word >>> 16) + (word & 0xffff);
    word = view.getInt32(at + 8);
    total += (word >>> 16) + (word & 0xffff);
    word = view.getInt32(at + 12);
    total += (word >>> 16) + (word & 0xffff);
  }
  for (; at + 2 <= end; at += 2) total += view.getUint16(at);
  if (at < end) total += view.getUint8(at) << 8;
  return total;
}

/** The sum in 16 bits, with the carries added back in. */
export function fold(total: number): number {
  total = (total >>> 16) + (total & 0xffff);
  total = (total >>> 16) + (total & 0xffff);
  return (total >>> 16) + (total & 0xffff);
}

/** The checksum to write for a sum: the complement of its fold. */
export function finish(total: number): number {
  return ~fold(total) & 0xffff;
}

/** The checksum of a range; its own checksum field must hold zero, or the result is 0 when that field is right. */
export function compute(view: DataView, at: number, length: number, start: number = 0): number {
  return finish(sum(view, at, length, start));
}

/** True when a range that contains its checksum (and the pseudo header in `start`) adds up. */
export function isValid(view: DataView, at: number, length: number, start: number = 0): boolean {
  return fold(sum(view, at, length, start)) === 0xffff;
}

/** The sum of the pseudo header of TCP and UDP over IPv4 (RFC 793, RFC 768); addresses are int32. */
export function pseudoHeader(src: number, dst: number, protocol: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
}

/** The checksum after one 16-bit word of the covered bytes changed (RFC 1624, equation 3). */
export function update16(checksum: number, before: number, after: number): number {
  return finish((~checksum & 0xffff) + (~before & 0xffff) + (after & 0xffff));
}

/** The checksum after a 32-bit field on a word boundary changed; both values may be int32 or uint32. */
export function update32(checksum: number, before: number, after: number): number {
  before = ~before;
  return finish(
    (~checksum & 0xffff) + (before >>> 16) + (before & 0xffff) + (after >>> 16) + (after & 0xffff),
  );
}
