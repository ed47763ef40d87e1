import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { TupleTable } from "./tuple-table.ts";

test("whatever comes and goes, the table knows what a map knows", () => {
  const random = new Prng(7).fork("tuples");
  const table = new TupleTable();
  const known = new Map<string, { tuple: [number, number, number, number]; reference: number }>();
  let next = 0;
  // Few addresses and many ports, as clients of one server have them.
  const draw = (): [number, number, number, number] => [
    random.below(4) | 0x0a000000,
    random.chance(1, 2) ? -1 : 0x0a0000ff,
    (random.below(1500) << 16) | 8080,
    random.chance(1, 4) ? 6 : 17,
  ];
  for (let step = 0; step < 30_000; step++) {
    const tuple = draw();
    const key = tuple.join(" ");
    const there = known.get(key);
    expect(table.find(...tuple)).toBe(there === undefined ? -1 : there.reference);
    // It grows first, and shrinks later.
    if (there === undefined && random.chance(step < 15_000 ? 9 : 3, 10)) {
      table.add(...tuple, next);
      known.set(key, { tuple, reference: next++ });
    } else if (there !== undefined && random.chance(step < 15_000 ? 3 : 9, 10)) {
      table.remove(...tuple, there.reference);
      known.delete(key);
    }
    expect(table.size).toBe(known.size);
  }
  expect(known.size).toBeGreaterThan(100);
  for (const { tuple, reference } of known.values()) expect(table.find(...tuple)).toBe(reference);
});
