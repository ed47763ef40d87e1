import { expect, test } from "vitest";
import { TcpWorld } from "../../../test/helpers/tcp-world.ts";
import { MILLISECOND } from "../../sim/time.ts";
import type { TcpConnection } from "./connection.ts";
import { NO_THRESHOLD } from "./constants.ts";
import * as recovery from "./recovery.ts";
import { TcpSocket } from "./tcp-socket.ts";

/** The window after two seconds of acknowledgments, ten a second of a whole window each, from 70 segments on. */
function grown(world: TcpWorld, c: TcpConnection): number {
  c.window = 70;
  c.threshold = 70;
  for (let i = 0; i < 20; i++) {
    world.run(100 * MILLISECOND);
    c.isWindowLimited = true;
    c.congestion.acknowledged(c, c.window);
  }
  return c.window;
}

test("RFC 9438 4.8 after a time-out the window grows without regard to what it was before", () => {
  const afterLoss = (timeout: boolean): number => {
    const world = new TcpWorld();
    const c = new TcpSocket(world.a).connection;
    c.window = 1000;
    c.congestion.thresholdAfterLoss(c);
    if (timeout) recovery.enterLoss(c);
    return grown(world, c);
  };
  // Up to the old maximum the curve is steep; without one it begins flat.
  expect(afterLoss(true)).toBeLessThan(afterLoss(false));
});

test("a round of HyStart ends behind what was sent when it began, not with it (hystart_update)", () => {
  const world = new TcpWorld();
  const c = new TcpSocket(world.a).connection;
  c.window = 20;
  c.sendNext = 100;
  const acknowledged = (later: number, sequence: number): void => {
    world.run(later * MILLISECOND);
    c.unacknowledged = sequence;
    c.congestion.measured!(c, 100_000);
  };
  for (let i = 0; i < 50; i++) acknowledged(1, i);
  expect(c.threshold).toBe(NO_THRESHOLD);
  // The train of acknowledgments is longer than half a round trip.
  acknowledged(2, 100);
  expect(c.threshold).toBe(20);
});
