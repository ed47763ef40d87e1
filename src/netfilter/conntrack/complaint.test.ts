import { expect, test } from "vitest";
import { Host } from "../../net/host.ts";
import { Kernel } from "../../net/kernel.ts";
import { SECOND } from "../../sim/time.ts";
import { World } from "../../sim/world.ts";
import { Complaint } from "./complaint.ts";

test("a warning is written ten times in five seconds, and then again", () => {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "a");
  const complaint = new Complaint(host, "full");
  const written = (): number => {
    const before = host.log.lines.length;
    for (let i = 0; i < 20; i++) complaint.write();
    return host.log.lines.length - before;
  };
  expect(written()).toBe(10);
  world.advance(5 * SECOND - 1);
  expect(written()).toBe(0);
  world.advance(1);
  expect(written()).toBe(10);
});
