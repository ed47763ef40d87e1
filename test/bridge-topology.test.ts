import fc from "fast-check";
import { expect, test } from "vitest";
import { addBridge } from "../src/bridge/add-bridge.ts";
import type { Bridge } from "../src/bridge/bridge.ts";
import { balance } from "../src/capture/conservation.ts";
import { addVeth } from "../src/link/veth.ts";
import { type CpuOptions, Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import { World } from "../src/sim/world.ts";
import { BROADCAST } from "../src/wire/mac.ts";
import { macNumbered, sendFrame, Watch } from "./helpers/stations.ts";

/** A forest: each bridge hangs on an earlier one or begins a tree; each station hangs on a bridge. */
const forest = fc.record({
  bridges: fc.array(fc.option(fc.nat(20), { freq: 5 }), { minLength: 1, maxLength: 8 }),
  stations: fc.array(fc.nat(20), { minLength: 2, maxLength: 10 }),
  cost: fc.constantFrom(0, 0, 700),
  pairs: fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 30 }),
});

test("A3 on random trees of bridges every station reaches those of its tree, and never any other", () => {
  fc.assert(
    fc.property(forest, ({ bridges, stations, cost, pairs }) => {
      const world = new World(1);
      const cpu: CpuOptions = { count: 2, cost };
      const host = new Host(world, new Kernel(), "h", cpu);
      const made: Bridge[] = [];
      const treeOf: number[] = [];
      const join = (a: NetDevice): void => {
        a.setUp(true);
        a.peer!.setUp(true);
      };
      bridges.forEach((parent, i) => {
        const ns = host.addNamespace(`b${i}`);
        const bridge = addBridge(ns, "br0");
        bridge.mcastSnooping = false; // no IGMP of its own
        bridge.device.setUp(true);
        made.push(bridge);
        if (parent === null || i === 0) treeOf.push(i);
        else {
          const upper = made[parent % i]!;
          const end = addVeth(ns, "up", {}, upper.device.ns, `down${i}`, {});
          bridge.addPort(end);
          upper.addPort(end.peer!);
          join(end);
          treeOf.push(treeOf[parent % i]!);
        }
      });
      const ends = stations.map((on, i) => {
        const bridge = made[on % made.length]!;
        const mac = macNumbered(i + 1);
        const end = addVeth(host.addNamespace(`c${i}`), "eth0", { mac }, bridge.device.ns, `c${i}`, {});
        bridge.addPort(end.peer!);
        join(end);
        return end;
      });
      const tree = stations.map((on) => treeOf[on % made.length]!);
      const watches = ends.map((end) => new Watch(end));
      const send = (from: number, to: number | null): number[] => {
        const dst = to === null ? BROADCAST : macNumbered(to + 1);
        sendFrame(ends[from]!, dst, macNumbered(from + 1));
        world.advance(1_000_000);
        expect(balance(world).problems).toEqual([]);
        return watches.flatMap((watch, i) => (watch.arrived().length > 0 ? [i] : []));
      };
      const others = (from: number): number[] =>
        tree.flatMap((of, i) => (of === tree[from] && i !== from ? [i] : []));
      const heard = new Set<number>();
      for (const [a, b] of pairs) {
        const from = a % ends.length;
        const to = b % ends.length;
        if (from === to) {
          expect(send(from, null)).toEqual(others(from));
          heard.add(from);
          continue;
        }
        const reached = send(from, to);
        const sameTree = tree[from] === tree[to];
        // A flood reaches the target's neighbours as well, but nobody of another tree.
        expect(reached.includes(to)).toBe(sameTree);
        for (const i of reached) expect(tree[i]).toBe(tree[from]);
        // A broadcast taught every bridge of the tree where the target is.
        if (heard.has(to) && sameTree) expect(reached).toEqual([to]);
        if (!sameTree) expect(reached).toEqual(others(from));
      }
    }),
    { numRuns: 150 },
  );
});
