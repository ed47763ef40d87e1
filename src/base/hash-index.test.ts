import { expect, test } from "vitest";
import { HashIndex } from "./hash-index.ts";
import { Prng } from "./prng.ts";

test("whatever comes and goes, the index knows what a map knows, and each reference its slot", () => {
  const random = new Prng(7).fork("hashes");
  const slots = new Map<number, number>();
  const hashes = new Map<number, number>();
  /** The other way round: which references have a hash. */
  const known = new Map<number, number[]>();
  const index = new HashIndex({
    hashOf: (reference) => hashes.get(reference)!,
    moved: (reference, slot) => slots.set(reference, slot),
  });
  const listed = (hash: number): number[] => {
    const found: number[] = [];
    for (let slot = index.first(hash); slot >= 0; slot = index.next(hash, slot))
      if (hashes.get(index.at(slot)) === hash) found.push(index.at(slot));
    return found.sort((a, b) => a - b);
  };
  // Hashes that lie close together, some of them the same, at both ends of the table.
  const draw = (): number => (random.chance(1, 2) ? 0xff000000 : 0) | (random.below(800) << 13);
  for (let step = 0; step < 30_000; step++) {
    const hash = draw();
    const there = known.get(hash) ?? [];
    if (`${listed(hash)}` !== `${there}`) expect(listed(hash)).toEqual(there);
    // It grows first, and shrinks later.
    if (random.chance(step < 15_000 ? 8 : 3, 10)) {
      hashes.set(step, hash);
      known.set(hash, [...there, step]);
      slots.set(step, index.add(hash, step));
    } else if (there.length > 0) {
      const gone = there[random.below(there.length)]!;
      index.removeAt(slots.get(gone)!);
      hashes.delete(gone);
      known.set(
        hash,
        there.filter((reference) => reference !== gone),
      );
      slots.delete(gone);
    }
    expect(index.size).toBe(hashes.size);
  }
  expect(hashes.size).toBeGreaterThan(100);
  for (const [reference, slot] of slots) expect(index.at(slot)).toBe(reference);
});

test("neighbours are those whose hashes fall into the next buckets", () => {
  const random = new Prng(8).fork("neighbours");
  const hashes = Array.from({ length: 3000 }, () => random.next() | 0);
  const index = new HashIndex({ hashOf: (reference) => hashes[reference]!, moved: () => {} });
  for (const [reference, hash] of hashes.entries()) index.add(hash, reference);
  for (const buckets of [256, 4096]) {
    const bucketOf = (hash: number): number => Math.floor((hash >>> 0) / (2 ** 32 / buckets));
    for (const hash of hashes.slice(0, 50)) {
      const near = hashes.flatMap((other, reference) => {
        const distance = bucketOf(other) - bucketOf(hash);
        return distance >= 0 && distance < 8 ? [reference] : [];
      });
      expect(index.neighbours(hash, buckets, 8).sort((a, b) => a - b)).toEqual(near);
    }
  }
});
