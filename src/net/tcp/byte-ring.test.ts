import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteRing } from "./byte-ring.ts";

test("octets are found by their sequence number, however the ring grew and wrapped", () => {
  const step = fc.record({ write: fc.integer({ min: 1, max: 3000 }), read: fc.nat(3000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.integer(), (steps, start) => {
      const ring = new ByteRing();
      let first = start | 0;
      const inside: number[] = [];
      let value = 0;
      for (const { write, read } of steps) {
        const bytes = Uint8Array.from({ length: write }, () => value++ & 255);
        ring.reserve(first, inside.length, inside.length + write);
        const view = new DataView(bytes.buffer);
        if (write % 2 === 0) ring.putBytes((first + inside.length) | 0, bytes, 0, write);
        else ring.put((first + inside.length) | 0, view, 0, write);
        inside.push(...bytes);
        const taken = new Uint8Array(Math.min(read, inside.length));
        if (read % 2 === 0) ring.getBytes(first, taken, 0, taken.length);
        else ring.get(first, new DataView(taken.buffer), 0, taken.length);
        expect([...taken]).toEqual(inside.splice(0, taken.length));
        first = (first + taken.length) | 0;
      }
    }),
  );
});
