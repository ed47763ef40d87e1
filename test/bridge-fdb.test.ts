import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bridge } from "../src/bridge/bridge.ts";
import { addFdbEntry, deleteFdbEntry, flushLearned } from "../src/bridge/fdb-commands.ts";
import { portFiles } from "../src/bridge/sysfs.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import { MILLISECOND, SECOND } from "../src/sim/time.ts";
import * as mac from "../src/wire/mac.ts";
import { type Lan, lan } from "./helpers/lan.ts";
import { macNumbered, sendFrame } from "./helpers/stations.ts";

/** The entries that are not the host's own addresses, oldest first, as `bridge fdb show` prints them. */
function shown(bridge: Bridge): string[] {
  return bridge.fdb
    .rows()
    .map((row) => bridge.fdb.text(row))
    .filter((line) => !line.endsWith("permanent"))
    .reverse();
}

interface DumbEntry {
  port: number;
  updated: number;
  static: boolean;
  sticky: boolean;
}

const PORTS = 3;
const AGE = 2 * SECOND;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("frame"), fc.nat(5), fc.nat(PORTS - 1)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("wait"), fc.nat(1200), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("static"), fc.nat(5), fc.nat(PORTS - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("sticky"), fc.nat(5), fc.nat(PORTS - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("dynamic"), fc.nat(5), fc.nat(PORTS - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("del"), fc.nat(5), fc.nat(PORTS - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("flap"), fc.nat(PORTS - 1), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("flush"), fc.constant(0), fc.constant(0)) },
);

test("the forwarding database agrees with a dumb map through learning, moves, ageing and commands", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      // A bridge that knows VLANs files what is typed under VLAN 1 as well, where no frame without a tag moves it.
      const { bridge, ends, world } = lan(PORTS, { vlanFiltering: false });
      bridge.setAgeingTime(AGE);
      world.settle();
      const dumb = new Map<number, DumbEntry>();
      const forget = (gone: (entry: DumbEntry) => boolean): void => {
        for (const [address, entry] of dumb) if (gone(entry)) dumb.delete(address);
      };
      const port = (n: number) => bridge.port(`p${n + 1}`)!;
      for (const [what, a, b] of steps) {
        const address = macNumbered(0x1000 + a);
        const old = dumb.get(a);
        switch (what) {
          case "frame":
            sendFrame(ends[b]!, mac.BROADCAST, address);
            world.settle();
            if (old === undefined) dumb.set(a, { port: b, updated: world.now, static: false, sticky: false });
            else {
              old.updated = world.now;
              if (!old.sticky) old.port = b;
            }
            break;
          case "wait":
            world.advance(a * MILLISECOND);
            break;
          case "static":
          case "sticky":
          case "dynamic": {
            const sticky = what === "sticky";
            const state = what === "dynamic" ? "dynamic" : "static";
            addFdbEntry(bridge, port(b), "replace", { mac: address, state, sticky });
            dumb.set(a, { port: b, updated: world.now, static: state === "static", sticky });
            break;
          }
          case "del":
            if (old?.port === b) {
              deleteFdbEntry(bridge, port(b), address);
              dumb.delete(a);
            } else expect(() => deleteFdbEntry(bridge, port(b), address)).toThrow(new KernelError("ENOENT"));
            break;
          case "flap":
            ends[a]!.setUp(false);
            ends[a]!.setUp(true);
            forget((entry) => entry.port === a && !entry.static);
            break;
          case "flush":
            flushLearned(bridge);
            forget((entry) => !entry.static);
        }
        // The collector comes at most every 10 ms, so an entry may be a little older than the ageing time.
        forget((entry) => !entry.static && entry.updated + AGE + 10 * MILLISECOND <= world.now);
        const real = new Map(
          bridge.fdb
            .list()
            .filter((entry) => entry.mac.lo >= 0x1000 && entry.vlan === 0)
            .map((entry) => [entry.mac.lo - 0x1000, entry.port!.number - 1]),
        );
        for (const [n, entry] of dumb)
          if (entry.static || entry.updated + AGE > world.now) expect(real.get(n)).toBe(entry.port);
        for (const [n, number] of real) expect(dumb.get(n)?.port).toBe(number);
      }
    }),
    {
      numRuns: 150,
      // A static entry moves with its station's frames, and is gone then from the port that it was typed for.
      examples: [
        [
          [
            ["static", 5, 1],
            ["frame", 5, 0],
            ["del", 5, 1],
          ],
        ],
      ],
    },
  );
});

/** As `ip link add br0 type bridge` on a kernel without VLAN filtering. */
function plain(): Lan {
  return lan(3, { vlanFiltering: false });
}

// What follows was typed on Linux 6.18; the expectations are what it printed.

test("A1 the ageing time ends an entry that long after its last frame, exactly", () => {
  const { bridge, ends, world } = plain();
  bridge.setAgeingTime(2 * SECOND);
  sendFrame(ends[0]!, mac.BROADCAST, macNumbered(1));
  world.advance(SECOND);
  sendFrame(ends[0]!, mac.BROADCAST, macNumbered(1));
  sendFrame(ends[1]!, mac.BROADCAST, macNumbered(2));
  world.advance(1.999 * SECOND);
  expect(shown(bridge)).toHaveLength(2);
  world.advance(0.001 * SECOND);
  expect(shown(bridge)).toEqual([]);
  bridge.setAgeingTime(0);
  sendFrame(ends[0]!, mac.BROADCAST, macNumbered(1));
  world.settle();
  expect(shown(bridge)).toEqual([]);
});

test("an idle bridge leaves nothing to happen later", () => {
  const { world } = plain();
  world.advance(SECOND);
  expect(world.queue.size).toBe(0);
});

test("entries by hand: what each word makes, and what is refused", () => {
  const { bridge } = plain();
  const p1 = bridge.port("p1")!;
  const p2 = bridge.port("p2")!;
  const at = (n: number) => ({ hi: 0x0242, lo: 0x0a000000 + n });
  addFdbEntry(bridge, p1, "add", { mac: at(0x12), state: "static" });
  addFdbEntry(bridge, p1, "add", { mac: at(0x13), state: "dynamic" });
  addFdbEntry(bridge, p1, "add", { mac: at(0x14), state: "static", sticky: true });
  addFdbEntry(bridge, p1, "add", { mac: at(0x16), state: "dynamic", externLearn: true });
  expect(() => addFdbEntry(bridge, p1, "add", { mac: at(0x15), state: "permanent", sticky: true })).toThrow(
    new KernelError("EINVAL"),
  );
  expect(() => addFdbEntry(bridge, p1, "add", { mac: at(0x12), state: "static" })).toThrow(
    new KernelError("EEXIST"),
  );
  expect(() => addFdbEntry(bridge, p1, "add", { mac: mac.ZERO, state: "static" })).toThrow(
    new KernelError("EINVAL"),
  );
  expect(() => addFdbEntry(bridge, p1, "add", { mac: at(1), state: "static", vlan: 5 })).toThrow(
    new KernelError("EINVAL"),
  );
  expect(() => addFdbEntry(bridge, null, "add", { mac: at(1), state: "static" })).toThrow(
    new KernelError("EINVAL"),
  );
  addFdbEntry(bridge, p2, "append", { mac: at(0x12), state: "static" });
  expect(() => deleteFdbEntry(bridge, p1, at(0x12))).toThrow(new KernelError("ENOENT"));
  expect(shown(bridge)).toEqual([
    "02:42:0a:00:00:12 dev p2 master br0 static",
    "02:42:0a:00:00:13 dev p1 master br0",
    "02:42:0a:00:00:14 dev p1 sticky master br0 static",
    "02:42:0a:00:00:16 dev p1 extern_learn master br0",
  ]);
  // Who learned an entry elsewhere keeps it when the port is to forget; the bridge forgets it too.
  portFiles(p1).find((file) => file.name === "flush")!.write!("1\n");
  expect(shown(bridge)).toEqual([
    "02:42:0a:00:00:12 dev p2 master br0 static",
    "02:42:0a:00:00:14 dev p1 sticky master br0 static",
    "02:42:0a:00:00:16 dev p1 extern_learn master br0",
  ]);
  flushLearned(bridge);
  expect(shown(bridge)).toEqual([
    "02:42:0a:00:00:12 dev p2 master br0 static",
    "02:42:0a:00:00:14 dev p1 sticky master br0 static",
  ]);
});

test("a static entry moves with its address, a sticky and a permanent one do not", () => {
  const { bridge, ends, world } = plain();
  const p3 = bridge.port("p3")!;
  const address = macNumbered(0x42);
  const placed = (): string[] =>
    bridge.fdb
      .rows()
      .map((row) => bridge.fdb.text(row))
      .filter((line) => line.startsWith("02:00:00:00:00:42"));
  addFdbEntry(bridge, p3, "replace", { mac: address, state: "static" });
  sendFrame(ends[0]!, mac.BROADCAST, address);
  world.settle();
  expect(placed()).toEqual(["02:00:00:00:00:42 dev p1 master br0 static"]);
  addFdbEntry(bridge, p3, "replace", { mac: address, state: "static", sticky: true });
  sendFrame(ends[0]!, mac.BROADCAST, address);
  world.settle();
  expect(placed()).toEqual(["02:00:00:00:00:42 dev p3 sticky master br0 static"]);
  addFdbEntry(bridge, p3, "replace", { mac: address, state: "permanent" });
  sendFrame(ends[0]!, mac.BROADCAST, address);
  world.settle();
  expect(placed()).toEqual(["02:00:00:00:00:42 dev p3 master br0 permanent"]);
});

test("D8 an entry knows the frame that it was learned from, and the timer that ended it", () => {
  const { bridge, ends, world } = plain();
  sendFrame(ends[0]!, mac.BROADCAST, macNumbered(1));
  world.settle();
  const ref = bridge.fdb.entry(bridge.fdb.find(0x0200, 1, 0)).ref;
  world.advance(300 * SECOND);
  const record = world.registry.get(ref)!;
  expect([record.kind, record.where, record.text]).toEqual([
    "fdb",
    "h/sw/br0",
    "02:00:00:00:00:01 dev p1 master br0",
  ]);
  expect(record.history.map(({ at, what, cause }) => [at, what, cause.by])).toEqual([
    [0, "made", "frame"],
    [300 * SECOND, "gone", "timer"],
  ]);
});
