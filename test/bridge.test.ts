import { expect, test } from "vitest";
import { addBridge } from "../src/bridge/add-bridge.ts";
import { addVeth } from "../src/link/veth.ts";
import { Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import { verdictName } from "../src/sim/verdict.ts";
import { World } from "../src/sim/world.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import { BROADCAST } from "../src/wire/mac.ts";
import { macNumbered, sendFrame, Watch } from "./helpers/stations.ts";

test("A1 a bridge learns, forwards and floods", () => {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "h");
  const bridge = addBridge(host.root, "br0", { mac: macNumbered(0xfe) });
  bridge.device.setUp(true);
  const ends: NetDevice[] = [];
  const watches: Watch[] = [];
  for (const i of [1, 2, 3]) {
    const ns = host.addNamespace(`c${i}`);
    const end = addVeth(ns, "eth0", { mac: macNumbered(i) }, host.root, `p${i}`, {});
    bridge.addPort(end.peer!);
    end.setUp(true);
    end.peer!.setUp(true);
    ends.push(end);
    watches.push(new Watch(end));
  }
  expect(bridge.device.carrier).toBe(true);
  const arrived = (): number[][] => {
    world.settle();
    return watches.map((watch) => watch.arrived());
  };
  sendFrame(ends[0]!, BROADCAST, macNumbered(1), 1);
  expect(arrived()).toEqual([[], [1], [1]]);
  sendFrame(ends[1]!, macNumbered(1), macNumbered(2), 2);
  expect(arrived()).toEqual([[2], [], []]);
  sendFrame(ends[0]!, macNumbered(9), macNumbered(1), 3);
  expect(arrived()).toEqual([[], [3], [3]]);
  ends[1]!.setUp(false);
  sendFrame(ends[0]!, macNumbered(2), macNumbered(1), 4);
  expect(arrived()).toEqual([[], [], [4]]);
  expect(world.pool.inUse).toBe(0);
});

test("a bridge takes what is for the port that it came by, and not what is for another of its ports", () => {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "h");
  const bridge = addBridge(host.root, "br0", { mac: macNumbered(0xfe) });
  bridge.device.setUp(true);
  const ends = [1, 2].map((i) => {
    const mac = { mac: macNumbered(i) };
    const end = addVeth(host.addNamespace(`c${i}`), "eth0", mac, host.root, `p${i}`, {
      mac: macNumbered(0x10 + i),
    });
    bridge.addPort(end.peer!);
    end.setUp(true);
    end.peer!.setUp(true);
    return end;
  });
  const received = (to: number): string[] => {
    const verdicts: string[] = [];
    world.tap = { record: (_, __, verdict) => verdicts.push(verdictName(verdict)) };
    sendFrame(ends[0]!, macNumbered(to), macNumbered(1), 1, 64, ethernet.TYPE_IPV6);
    world.settle();
    world.tap = null;
    return verdicts.slice(-1);
  };
  // The host has no IPv6, but only a frame that is for it gets so far that it says so.
  expect(received(0xfe)).toEqual(["UNHANDLED_PROTO"]);
  expect(received(0x11)).toEqual(["UNHANDLED_PROTO"]);
  expect(received(0x12)).toEqual(["OTHERHOST"]);
});
