import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { SECOND } from "../../sim/time.ts";
import { ConnectionRows } from "./connection-rows.ts";

interface Model {
  readonly id: number;
  readonly frame: number;
  readonly began: number;
  end: number;
  isAnswered: boolean;
}

const TIMEOUT = 3;

test("rows are found by their port, with all that was said of them, until they are removed or swept out", () => {
  const random = new Prng(7);
  const count = { size: 0 };
  const rows = new ConnectionRows(count);
  const model = new Map<number, Model>();
  let now = 0;
  /** Ports in a row, and some that are far apart. */
  const anyPort = (): number => (random.below(2) === 0 ? 40_000 + random.below(60) : random.below(65_536));
  for (let id = 1; id < 20_000; id++) {
    const port = anyPort();
    const known = model.get(port);
    const lot = random.below(100);
    if (lot < 60) {
      expect(rows.lives(port, now)).toBe(known !== undefined && known.end > now);
      if (known !== undefined && known.end <= now) model.delete(port);
      if (!model.has(port)) {
        rows.add(port, id, id * 2, now, TIMEOUT);
        const end = now + TIMEOUT * SECOND;
        model.set(port, { id, frame: id * 2, began: now, end, isAnswered: false });
      }
    } else if (lot < 85) {
      const row = rows.findUnanswered(port, now);
      expect(row >= 0).toBe(known !== undefined && !known.isAnswered && known.end > now);
      if (row >= 0) {
        known!.isAnswered = random.below(2) === 0;
        known!.end = now + TIMEOUT * SECOND;
        rows.renew(row, known!.isAnswered, now);
      }
    } else if (lot < 90) {
      if (known !== undefined) rows.remove(rows.find(port));
      model.delete(port);
    } else if (lot < 99) now += random.below(SECOND / 10);
    else {
      for (const [other, { end }] of model) if (end <= now) model.delete(other);
      const next = Math.min(...[...model.values()].map(({ end }) => end));
      const then =
        random.below(2) === 0 ? Number.POSITIVE_INFINITY : now + random.below(2 * TIMEOUT) * SECOND;
      expect(rows.sweep(now, then)).toBe(Math.min(next, then));
    }
    expect([rows.size, count.size]).toEqual([model.size, model.size]);
  }
  expect(model.size).toBeGreaterThan(100);
  expect(rows.ports()).toEqual([...model.keys()].sort((a, b) => a - b));
  for (const [port, { id, frame, began, end, isAnswered }] of model) {
    const row = rows.find(port);
    expect([rows.idOf(row), rows.frameOf(row), rows.beganAt(row), rows.endOf(row)]).toEqual([
      id,
      frame,
      began,
      end,
    ]);
    expect(rows.isAnswered(row)).toBe(isAnswered);
  }
});

test("ports far apart use the same memory, one after the other", () => {
  const rows = new ConnectionRows({ size: 0 });
  for (let i = 0; i < 100; i++) {
    const now = i * TIMEOUT * SECOND;
    rows.sweep(now, Number.POSITIVE_INFINITY);
    rows.add(i * 256, i, i, now, TIMEOUT);
    expect(rows.find(i * 256)).toBe(0);
  }
});

test("a connection is over at the instant that its timeout names, not after it", () => {
  const rows = new ConnectionRows({ size: 0 });
  const end = TIMEOUT * SECOND;
  rows.add(1, 1, 1, 0, TIMEOUT);
  expect([rows.lives(1, end - 1), rows.findUnanswered(1, end - 1) >= 0]).toEqual([true, true]);
  expect([rows.findUnanswered(1, end), rows.lives(1, end)]).toEqual([-1, false]);
});
