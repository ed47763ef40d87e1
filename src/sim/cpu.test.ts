import { expect, test } from "vitest";
import { Cpu } from "./cpu.ts";
import type { Packet } from "./packet.ts";
import { Verdict } from "./verdict.ts";
import { World } from "./world.ts";

const MAX_BACKLOG = 1000;

function setUp(cost: number): {
  world: World;
  cpu: Cpu;
  arrived: [number, number][];
  send: (mark: number) => void;
} {
  const world = new World(1);
  const cpu = new Cpu(world, cost, "a cpu0 backlog", { maxBacklog: MAX_BACKLOG, backlogLimit: 0 });
  const place = world.place("a/eth0");
  const arrived: [number, number][] = [];
  const receiver = {
    receive(packet: Packet): void {
      arrived.push([packet.mark, world.now]);
      world.end(packet, Verdict.delivered, place);
    },
  };
  const send = (mark: number): void => {
    const packet = world.pool.allocate(60, null);
    packet.mark = mark;
    packet.device = receiver;
    cpu.enqueue(packet, place);
  };
  return { world, cpu, arrived, send };
}

test("packets are handled one after the other, each for the cost of a step", () => {
  const { world, arrived, send } = setUp(10);
  send(1);
  send(2);
  world.after(5, () => send(3));
  world.advance(100);
  expect(arrived).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
});

test("what waits counts as held, and a full backlog drops with the kernel's reason", () => {
  const { world, send } = setUp(10);
  for (let i = 0; i < MAX_BACKLOG + 4; i++) send(i);
  expect(world.held.map((holder) => [holder.name, holder.length])).toEqual([
    ["a cpu0 backlog", MAX_BACKLOG + 1],
  ]);
  expect(world.ends[Verdict.CPU_BACKLOG]).toBe(3);
  world.advance(10 * (MAX_BACKLOG + 4));
  expect(world.pool.inUse).toBe(0);
});
