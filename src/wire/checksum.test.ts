import fc from "fast-check";
import { expect, test } from "vitest";
import * as checksum from "./checksum.ts";

/** The definition, word by word. */
function slow(bytes: Uint8Array, start: number): number {
  let total = start;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total % 0x10000) + Math.floor(total / 0x10000);
  return ~total & 0xffff;
}

test("the example of RFC 1071, section 3", () => {
  const view = new DataView(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7).buffer);
  expect(checksum.fold(checksum.sum(view, 0, 8))).toBe(0xddf2);
});

test("the fast sum is the sum of the words, at any offset, of any length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(5), fc.nat(0x3ffff), (bytes, at, start) => {
      const buffer = new Uint8Array(at + bytes.length);
      buffer.set(bytes, at);
      expect(checksum.compute(new DataView(buffer.buffer), at, bytes.length, start)).toBe(slow(bytes, start));
    }),
  );
});

test("64 KiB of ones do not overflow", () => {
  const bytes = new Uint8Array(65535 + 20).fill(0xff);
  expect(checksum.compute(new DataView(bytes.buffer), 0, bytes.length, 0x3ffff)).toBe(slow(bytes, 0x3ffff));
});

test("a range with its own checksum is valid, and one changed bit is not", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 64 }), fc.nat(), (bytes, bit) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      view.setUint16(2, 0);
      view.setUint16(2, checksum.compute(view, 0, bytes.length));
      expect(checksum.isValid(view, 0, bytes.length)).toBe(true);
      bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
      expect(checksum.isValid(view, 0, bytes.length)).toBe(false);
    }),
  );
});

test("the incremental update equals the full checksum (RFC 1624)", () => {
  const word = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.array(word, { minLength: 6, maxLength: 12 }), word, fc.integer(), (words, short, long) => {
      const view = new DataView(new ArrayBuffer(words.length * 2 + 2));
      words.forEach((value, i) => {
        view.setUint16(2 + 2 * i, value);
      });
      view.setUint16(2, 0x4500); // as in every real packet, some word is never zero
      const before = checksum.compute(view, 0, view.byteLength);
      const shortBefore = view.getUint16(4);
      view.setUint16(4, short);
      const after = checksum.compute(view, 0, view.byteLength);
      expect(checksum.update16(before, shortBefore, short)).toBe(after);
      const longBefore = view.getInt32(8);
      view.setInt32(8, long);
      expect(checksum.update32(after, longBefore, long)).toBe(checksum.compute(view, 0, view.byteLength));
    }),
  );
});
