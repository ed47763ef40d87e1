import fc from "fast-check";
import { expect, test } from "vitest";
import { Table } from "./table.ts";

const key = fc.tuple(
  fc.integer({ min: -3, max: 3 }),
  fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer()),
);

test("the open-addressing table agrees with a Map", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("insert", "remove", "find"), key), { maxLength: 300 }),
      (steps) => {
        const table = new Table();
        const dumb = new Map<string, number>();
        for (const [what, [a, b]] of steps) {
          const name = `${a} ${b}`;
          if (what === "insert") {
            const row = table.insert(a, b);
            if (dumb.has(name)) expect(row).toBe(dumb.get(name));
            expect([...dumb].some(([other, r]) => other !== name && r === row)).toBe(false);
            dumb.set(name, row);
            expect([table.keyA(row), table.keyB(row)]).toEqual([a, b]);
          } else if (what === "remove") {
            expect(table.remove(a, b)).toBe(dumb.get(name) ?? -1);
            dumb.delete(name);
          } else expect(table.find(a, b)).toBe(dumb.get(name) ?? -1);
          expect(table.size).toBe(dumb.size);
        }
        for (const [name, row] of dumb) {
          const [a, b] = name.split(" ").map(Number);
          expect(table.find(a!, b!)).toBe(row);
        }
      },
    ),
  );
});
