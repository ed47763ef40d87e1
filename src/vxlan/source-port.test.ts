import fc from "fast-check";
import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import type { Packet } from "../sim/packet.ts";
import { World } from "../sim/world.ts";
import { sourcePort } from "./source-port.ts";

const ns = new Host(new World(1), new Kernel(), "h").root;

/** A frame whose flow has that hash. */
function frame(hash: number): Packet {
  const packet = ns.world.pool.allocate(64, null);
  packet.hash = hash;
  return packet;
}

/** The kernel's formula in big integers. */
function kernelPort(hash: number, first: number, last: number): number {
  const folded = BigInt((hash ^ (hash << 16)) >>> 0);
  return first + Number((folded * BigInt(last - first)) >> 32n);
}

test("the source port is the kernel's for the flow's hash, within the rounding of its lower half", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.nat({ max: 65535 }), fc.nat({ max: 65535 }), (hash, a, b) => {
      const [first, last] = a < b ? [a, b] : [32768, 60999]; // the namespace's range when there is no other
      const port = sourcePort(ns, frame(hash), a, b);
      const exact = kernelPort(hash, first, last);
      expect([exact, exact - 1]).toContain(port);
      expect(port).toBeGreaterThanOrEqual(first);
      expect(port).toBeLessThan(last);
    }),
  );
});

test("a range of two ports has one that is used, as in the kernel", () => {
  for (let hash = 1; hash < 5000; hash++) expect(sourcePort(ns, frame(hash * 7919), 5000, 5001)).toBe(5000);
});
