import { expect, test } from "vitest";
import { type Program, SIGINT, SIGKILL, SIGTERM } from "./process.ts";
import { MILLISECOND, SECOND } from "./time.ts";
import { WaitQueue } from "./wait-queue.ts";
import { World } from "./world.ts";

const FOREVER = Number.POSITIVE_INFINITY;

test("a program runs in its turn, waits for time and in queues, and ends with its status", () => {
  const world = new World(1);
  const data = new WaitQueue();
  const log: string[] = [];
  const process = world.start(
    (function* (): Program {
      log.push(`start ${world.now}`);
      yield { on: [], until: world.now + 5 };
      log.push(`after sleep ${world.now}`);
      yield { on: [data], until: FOREVER };
      log.push(`data ${world.now}`);
      yield { on: [data], until: world.now + 7 };
      log.push(`deadline ${world.now}`);
      return 3;
    })(),
  );
  expect(log).toEqual([]); // it takes its first step in its turn, not inside start
  world.after(20, () => data.notify());
  world.advance(100);
  expect(log).toEqual(["start 0", "after sleep 5", "data 20", "deadline 27"]);
  expect(process.status).toBe(3);
});

test("those who wait in one queue go on in the order of waiting", () => {
  const world = new World(1);
  const data = new WaitQueue();
  const log: number[] = [];
  for (const id of [3, 1, 2]) {
    world.start(
      (function* (): Program {
        yield { on: [data], until: FOREVER };
        log.push(id);
        return 0;
      })(),
    );
  }
  world.after(1, () => data.notify());
  world.advance(1);
  expect(log).toEqual([3, 1, 2]);
});

test("a signal ends a program with 128 + N, and its finally runs; who handles it goes on, SIGKILL cannot be handled", () => {
  const world = new World(1);
  const log: string[] = [];
  const sleeper = (name: string): Program =>
    (function* (): Program {
      try {
        yield { on: [], until: FOREVER };
      } finally {
        log.push(`${name} cleans up`);
      }
      return 0;
    })();
  const plain = world.start(sleeper("plain"));
  const deaf = world.start(sleeper("deaf"));
  deaf.onSignal = (signal) => signal === SIGINT;
  world.settle();
  plain.kill(SIGTERM);
  deaf.kill(SIGINT);
  expect([plain.status, deaf.status]).toEqual([128 + SIGTERM, null]);
  deaf.kill(SIGKILL);
  expect(deaf.status).toBe(128 + SIGKILL);
  expect(log).toEqual(["plain cleans up", "deaf cleans up"]);
});

test("whoever waits for a process hears of its end", () => {
  const world = new World(1);
  const child = world.start(
    (function* (): Program {
      yield { on: [], until: 2 * SECOND };
      return 7;
    })(),
  );
  let seen = -1;
  world.start(
    (function* (): Program {
      while (child.status === null) yield { on: [child.exited], until: FOREVER };
      seen = world.now;
      return 0;
    })(),
  );
  world.advance(3 * SECOND);
  expect(seen).toBe(2 * SECOND);
});

test("a timer that is armed again fires once, at the later time; a cancelled one never, even at this instant", () => {
  const world = new World(1);
  const fired: number[] = [];
  const timer = world.timer(() => fired.push(world.now));
  timer.arm(0);
  timer.arm(MILLISECOND);
  timer.arm(2 * MILLISECOND);
  world.advance(10 * MILLISECOND);
  expect(fired).toEqual([2 * MILLISECOND]);
  timer.arm(0);
  timer.cancel();
  timer.arm(0);
  timer.cancel();
  timer.arm(5);
  world.settle();
  expect(fired).toEqual([2 * MILLISECOND]);
  world.advance(5);
  expect(fired).toEqual([2 * MILLISECOND, 10 * MILLISECOND + 5]);
});

test("too much at one instant is a named failure, not a hang", () => {
  const world = new World(1);
  const again = world.timer(() => again.arm(0));
  again.arm(0);
  expect(() => world.settle()).toThrow(/events at 0 ns: frames go round in a loop/);
});
