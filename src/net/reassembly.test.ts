import fc from "fast-check";
import { expect, test } from "vitest";
import type { Packet } from "../sim/packet.ts";
import { World } from "../sim/world.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { Host } from "./host.ts";
import { Kernel } from "./kernel.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { DefragUser } from "./reassembly.ts";

const SRC = 0x0a000001;
const DST = 0x0a000002;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly more: boolean;
}

/** What any byte of the datagram is, so that a misplaced one shows. */
const byteAt = (i: number): number => (i * 7 + (i >>> 8)) & 255;

function fragment(ns: NetworkNamespace, piece: Piece): Packet {
  const length = piece.to - piece.from;
  const packet = ns.world.pool.allocate(ipv4.HEADER_LEN + length, null);
  const flags = (piece.more ? ipv4.MORE_FRAGMENTS : 0) | (piece.from >>> 3);
  ipv4.write(packet.view, packet.at, 0, packet.length, 77, flags, 64, 17, SRC, DST);
  for (let i = 0; i < length; i++) packet.bytes[packet.at + ipv4.HEADER_LEN + i] = byteAt(piece.from + i);
  packet.networkAt = packet.at;
  return packet;
}

/** The kernel's rules over a plain set of bytes; "gone" when the datagram was given up. */
function oracle(pieces: readonly Piece[]): ("waits" | "whole" | "gone" | "duplicate")[] {
  let have = new Set<number>();
  let end = 0;
  let last = false;
  const forget = (): void => {
    have = new Set();
    end = 0;
    last = false;
  };
  return pieces.map((piece) => {
    const to = piece.more ? piece.to & ~7 : piece.to;
    const bad = piece.more ? last && to > end : to < end || (last && to !== end);
    if (bad || to <= piece.from) {
      forget();
      return "gone";
    }
    if (!piece.more) last = true;
    if (!piece.more || to > end) end = to;
    let known = 0;
    for (let i = piece.from; i < to; i++) if (have.has(i)) known++;
    if (known === to - piece.from) return "duplicate";
    if (known > 0) {
      forget();
      return "gone";
    }
    for (let i = piece.from; i < to; i++) have.add(i);
    if (!last || have.size !== end) return "waits";
    forget();
    return "whole";
  });
}

const units = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 9 }))
  .map(([from, count, odd]): Piece => {
    // One in three is a last piece; those may end anywhere.
    const more = odd % 3 !== 0;
    return { from: from * 8, to: (from + count) * 8 - (more ? 0 : odd & 7), more };
  });

test("random pieces in any order: joined, kept, repeated or given up as a set of bytes would have it", () => {
  fc.assert(
    fc.property(fc.array(units, { maxLength: 14 }), (pieces) => {
      const world = new World(1);
      const ns = new Host(world, new Kernel(), "h").root;
      const expected = oracle(pieces);
      pieces.forEach((piece, i) => {
        const before = world.pool.inUse;
        const whole = ns.reassembly.add(fragment(ns, piece), DefragUser.localDeliver);
        if (expected[i] === "whole") {
          const length = whole!.length - ipv4.HEADER_LEN;
          const body = whole!.at + ipv4.HEADER_LEN;
          for (let k = 0; k < length; k++) expect(whole!.bytes[body + k]).toBe(byteAt(k));
          expect(ipv4.isChecksumValid(whole!.view, whole!.at)).toBe(true);
          world.pool.release(whole!);
          expect(world.pool.inUse).toBe(0);
        } else {
          expect(whole).toBeNull();
          if (expected[i] === "gone") expect(world.pool.inUse).toBe(0);
          else expect(world.pool.inUse).toBe(before + (expected[i] === "waits" ? 1 : 0));
        }
        expect(world.pool.inUse).toBe(world.held.reduce((sum, queue) => sum + queue.length, 0));
      });
      world.advance(31e9);
      expect(world.pool.inUse).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test("in order, backwards, and with the last piece first: always the same datagram", () => {
  const length = 3000;
  const cuts: Piece[] = [];
  for (let from = 0; from < length; from += 1480)
    cuts.push({ from, to: Math.min(from + 1480, length), more: from + 1480 < length });
  for (const order of [cuts, [...cuts].reverse(), [cuts[2]!, cuts[0]!, cuts[1]!]]) {
    const world = new World(1);
    const ns = new Host(world, new Kernel(), "h").root;
    const results = order.map((piece) => ns.reassembly.add(fragment(ns, piece), DefragUser.localDeliver));
    expect(results.slice(0, 2)).toEqual([null, null]);
    const { bytes, at, length: whole } = results[2]!;
    const body = Uint8Array.from({ length }, (_, i) => byteAt(i));
    expect(bytes.slice(at + ipv4.HEADER_LEN, at + whole)).toEqual(body);
  }
});
