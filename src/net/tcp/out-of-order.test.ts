import fc from "fast-check";
import { expect, test } from "vitest";
import { OutOfOrder } from "./out-of-order.ts";

const BASE = 0x7fffff80;

test("RFC 2018 ranges in any order are what a set of octets would be, and the news comes first", () => {
  const range = fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 30 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), fc.nat(60), (ranges, next) => {
      const queue = new OutOfOrder();
      const octets = new Set<number>();
      for (const [left, length] of ranges) {
        const covered = Array.from({ length }, (_, i) => octets.has(left + i)).every(Boolean);
        expect(queue.covers((BASE + left) | 0, (BASE + left + length) | 0)).toBe(covered);
        queue.add((BASE + left) | 0, (BASE + left + length) | 0);
        for (let i = 0; i < length; i++) octets.add(left + i);
        const first = (queue.blockLeft(0) - BASE) | 0;
        const end = (queue.blockRight(0) - BASE) | 0;
        expect(first <= left && left + length <= end).toBe(true);
        expect(octets.has(first - 1) || octets.has(end)).toBe(false);
      }
      let kept = 0;
      for (let i = 0; i < queue.count; i++) kept += (queue.right(i) - queue.left(i)) | 0;
      expect(kept).toBe(octets.size);
      let expected = next;
      for (const [left, length] of [...ranges].sort((a, b) => a[0] - b[0]))
        if (left <= expected) expected = Math.max(expected, left + length);
      while (octets.has(expected)) expected++;
      expect((queue.advance((BASE + next) | 0) - BASE) | 0).toBe(expected);
      for (let i = 0; i < queue.blocks; i++)
        expect((queue.blockRight(i) - BASE) | 0).toBeGreaterThan(expected);
    }),
  );
});
