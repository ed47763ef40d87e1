import { expect, test } from "vitest";
import { CountingFilter } from "./counting-filter.ts";
import { Prng } from "./prng.ts";

test("what was added may be there until it is removed; most else is not", () => {
  const random = new Prng(1);
  const filter = new CountingFilter();
  const added: number[] = [];
  for (let i = 0; i < 4000; i++) {
    if (added.length > 0 && random.below(3) === 0) {
      const at = random.below(added.length);
      filter.remove(added[at]!);
      added.splice(at, 1);
    } else {
      added.push(random.next() | 0);
      filter.add(added.at(-1)!);
    }
  }
  expect(added.every((number) => filter.mayHave(number))).toBe(true);
  const others = Array.from({ length: 10_000 }, () => random.next() | 0);
  expect(others.filter((number) => filter.mayHave(number)).length).toBeLessThan(500);
  for (const number of added) filter.remove(number);
  expect([...added, ...others].some((number) => filter.mayHave(number))).toBe(false);
});

test("of numbers that look alike there may be more than it can count", () => {
  const filter = new CountingFilter();
  for (let i = 0; i < 300; i++) filter.add(0x10002);
  for (let i = 0; i < 299; i++) filter.remove(0x10002);
  expect(filter.mayHave(0x10002)).toBe(true);
});
