import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue } from "./event-queue.ts";

interface Entry {
  at: number;
  order: number;
  fire(): void;
  staysOn(): boolean;
}

/** The obvious queue: a list that is searched for the earliest, first-scheduled entry. */
class DumbQueue {
  entries: Entry[] = [];
  take(until: number): Entry | null {
    const due = this.entries.filter((e) => e.at <= until);
    due.sort((a, b) => a.at - b.at || a.order - b.order);
    const first = due[0] ?? null;
    if (first !== null) this.entries.splice(this.entries.indexOf(first), 1);
    return first;
  }
}

const delay = fc.oneof(
  fc.nat(3),
  fc.nat(1000),
  fc.nat(100_000_000),
  fc.integer({ min: 0, max: 5_000_000_000_000 }),
  fc.constantFrom(255, 256, 257, 65_535, 65_536, 2 ** 24 - 1, 2 ** 24, 2 ** 32, 2 ** 40),
);
const step = fc.oneof(
  fc.record({ do: fc.constant("schedule" as const), delay }),
  fc.record({ do: fc.constant("pop" as const), delay }),
  fc.record({ do: fc.constant("cancel" as const), delay: fc.nat(1000) }),
  fc.record({ do: fc.constant("advance" as const), delay }),
);

test("the wheel agrees with a list in time, order of ties, cancellation and deadlines", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const wheel = new EventQueue();
      const dumb = new DumbQueue();
      const ids = new Map<Entry, number>();
      let now = 0;
      let order = 0;
      for (const s of steps) {
        if (s.do === "schedule") {
          const entry: Entry = { at: now + s.delay, order: order++, fire() {}, staysOn: () => false };
          dumb.entries.push(entry);
          if (s.delay === 0) wheel.push(entry);
          else ids.set(entry, wheel.schedule(entry.at - wheel.now, entry));
        } else if (s.do === "cancel") {
          const entry = [...ids.keys()][s.delay % Math.max(1, ids.size)];
          if (entry === undefined) continue;
          const there = dumb.entries.includes(entry);
          if (there) dumb.entries.splice(dumb.entries.indexOf(entry), 1);
          expect(wheel.cancel(ids.get(entry)!, entry)).toBe(there);
        } else {
          const until = now + s.delay;
          wheel.limit = until;
          for (let i = 0; i < (s.do === "advance" ? Number.POSITIVE_INFINITY : 1); i++) {
            const expected = dumb.take(until);
            expect(wheel.pop()).toBe(expected);
            if (expected === null) break;
            now = expected.at;
            expect(wheel.now).toBe(now);
          }
          if (s.do === "advance") {
            wheel.advance();
            now = until;
          } else now = wheel.now;
        }
        expect(wheel.size).toBe(dumb.entries.length);
      }
    }),
    { numRuns: 300 },
  );
});
