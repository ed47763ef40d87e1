import fc from "fast-check";
import { expect, test } from "vitest";
import { KernelError } from "../net/kernel-error.ts";
import type { EntryRef } from "../sim/registry.ts";
import { SECOND } from "../sim/time.ts";
import { World } from "../sim/world.ts";
import { VxlanFdb, type VxlanFdbOwner } from "./vxlan-fdb.ts";
import { describe, type VxlanFdbMode, type VxlanFdbState, type VxlanRemote } from "./vxlan-fdb-entry.ts";

const VNI = 42;
const PORT = 4789;
const AGEING = 30 * SECOND;
const LIMIT = 5;

const owner: VxlanFdbOwner = {
  path: "h/vx",
  describe: (entry, remote) => describe(entry, remote, { vni: VNI, dstPort: PORT }, ""),
  fdbChanged: () => {},
};

/** A few addresses: unknown ones, plain ones that differ in either half, a group. */
const macs = [
  { hi: 0, lo: 0 },
  { hi: 0x0200, lo: 1 },
  { hi: 0x0201, lo: 1 },
  { hi: 0x0200, lo: -1 },
  { hi: 0x0300, lo: 1 },
  { hi: 0xffff, lo: -1 },
];

interface Row {
  key: string;
  group: boolean;
  state: VxlanFdbState;
  byUser: boolean;
  extern: boolean;
  remotes: number[];
  updated: number;
}

/** The same table as a list, newest first, by the words of the manual. */
class Dumb {
  rows: Row[] = [];

  update(
    mode: VxlanFdbMode,
    key: string,
    group: boolean,
    dst: number,
    s: VxlanFdbState,
    ext: boolean,
    now: number,
  ): string {
    const row = this.rows.find((r) => r.key === key);
    if (row === undefined) {
      if (mode === "replace" && group) return "EOPNOTSUPP";
      if (this.rows.length >= LIMIT) return "ENOSPC";
      this.rows.unshift({ key, group, state: s, byUser: true, extern: ext, remotes: [dst], updated: now });
      return "ok";
    }
    if (mode === "add") return "EEXIST";
    if (!(ext && row.byUser)) {
      if (row.state !== s || row.extern !== ext) row.updated = now;
      Object.assign(row, { state: s, extern: ext, byUser: true });
    }
    if (mode === "replace") {
      if (group) return "EOPNOTSUPP";
      if (row.remotes[0] !== dst) Object.assign(row, { remotes: [dst], updated: now });
    } else if (group && !row.remotes.includes(dst)) row.remotes.push(dst);
    return "ok";
  }

  remove(key: string, dst: number | null): string {
    const row = this.rows.find((r) => r.key === key);
    if (row === undefined) return "ENOENT";
    if (dst !== null && !row.remotes.includes(dst)) return "ok";
    row.remotes = dst === null ? [] : row.remotes.filter((r) => r !== dst);
    this.rows = this.rows.filter((r) => r.remotes.length > 0);
    return "ok";
  }

  learn(key: string, dst: number, now: number): void {
    const row = this.rows.find((r) => r.key === key);
    if (row !== undefined) Object.assign(row, { remotes: [dst, ...row.remotes.slice(1)], updated: now });
    else if (this.rows.length < LIMIT) {
      const group = false;
      this.rows.unshift({
        key,
        group,
        state: "reachable",
        byUser: false,
        extern: false,
        remotes: [dst],
        updated: now,
      });
    }
  }

  age(now: number): void {
    this.rows = this.rows.filter((r) => r.state !== "reachable" || r.extern || r.updated + AGEING > now);
  }
}

const address = fc.nat({ max: macs.length - 1 });
const dst = fc.integer({ min: 1, max: 4 });
const state = fc.constantFrom<VxlanFdbState>("permanent", "static", "reachable");
const step = fc.oneof(
  fc.record({
    do: fc.constantFrom<VxlanFdbMode>("add", "append", "replace"),
    mac: address,
    dst,
    state,
    extern: fc.boolean(),
  }),
  fc.record({ do: fc.constant("remove" as const), mac: address, dst: fc.option(dst) }),
  fc.record({ do: fc.constant("learn" as const), mac: fc.integer({ min: 1, max: 3 }), dst }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 25 }) }),
);

test("the FDB agrees with a list in entries, order, errors, limit and ageing", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World(1);
      /** The remotes that are there, as somebody knows them who is told of each change. */
      const told = new Map<EntryRef, VxlanRemote>();
      const fdbChanged: VxlanFdbOwner["fdbChanged"] = (what, _, remote) => {
        if (what === "new") told.set(remote.ref, remote);
        else expect(told.delete(remote.ref)).toBe(true);
      };
      const fdb = new VxlanFdb(world, { ...owner, fdbChanged }, AGEING, LIMIT);
      fdb.startAgeing();
      const dumb = new Dumb();
      const key = (i: number): string => `${macs[i]!.hi}/${macs[i]!.lo}`;
      const to = (address: number) => ({ address, port: PORT, vni: VNI, ifindex: 0 });
      const result = (change: () => void): string => {
        try {
          change();
          return "ok";
        } catch (error) {
          if (error instanceof KernelError) return error.errno;
          throw error;
        }
      };
      for (const s of steps) {
        if (s.do === "wait") {
          world.advance(s.seconds * SECOND);
          dumb.age(world.now);
        } else if (s.do === "learn") {
          const { hi, lo } = macs[s.mac]!;
          // Static entries are never asked to move: see Vxlan.snoop.
          if (fdb.find(hi, lo, VNI)?.state === "static" || fdb.find(hi, lo, VNI)?.state === "permanent")
            continue;
          fdb.learn(hi, lo, VNI, s.dst, PORT, 1);
          dumb.learn(key(s.mac), s.dst, world.now);
        } else if (s.do === "remove") {
          const { hi, lo } = macs[s.mac]!;
          const mine = result(() => fdb.remove(hi, lo, VNI, s.dst === null ? null : to(s.dst)));
          expect(mine).toBe(dumb.remove(key(s.mac), s.dst));
        } else {
          const { hi: macHi, lo: macLo } = macs[s.mac]!;
          const group = s.mac === 0 || s.mac >= 4;
          const flags = { router: false, externLearn: s.extern, byUser: true, use: false };
          const spec = { macHi, macLo, srcVni: VNI, destination: to(s.dst), state: s.state, ...flags };
          const mine = result(() => fdb.update(s.do, spec));
          expect(mine).toBe(dumb.update(s.do, key(s.mac), group, s.dst, s.state, s.extern, world.now));
        }
        expect(
          fdb.entries.map((e) => [`${e.macHi}/${e.macLo}`, e.state, e.remotes.map((r) => r.address)]),
        ).toEqual(dumb.rows.map((r) => [r.key, r.state, r.remotes]));
        expect(new Set(told.values())).toEqual(new Set(fdb.entries.flatMap((e) => e.remotes)));
        for (const e of fdb.entries) expect(fdb.find(e.macHi, e.macLo, VNI)).toBe(e);
      }
      fdb.flush(() => true);
      expect(told.size).toBe(0);
      world.advance(60 * SECOND);
      expect(world.step()).toBe(false);
    }),
  );
});

test("one address in two networks is two entries", () => {
  const world = new World(1);
  const fdb = new VxlanFdb(world, owner, AGEING, 0);
  const flags = { state: "permanent", router: false, externLearn: false, byUser: true, use: false } as const;
  for (const srcVni of [1, 2, 3]) {
    const destination = { address: srcVni, port: PORT, vni: srcVni, ifindex: 0 };
    fdb.update("add", { macHi: 2, macLo: 7, srcVni, destination, ...flags });
  }
  fdb.remove(2, 7, 2, null);
  expect(fdb.find(2, 7, 1)!.remotes[0]!.address).toBe(1);
  expect(fdb.find(2, 7, 2)).toBe(null);
  expect(fdb.find(2, 7, 3)!.remotes[0]!.address).toBe(3);
});

test("each remote tells what made it, changed it and took it away", () => {
  const world = new World(1);
  const fdb = new VxlanFdb(world, owner, AGEING, 0);
  fdb.startAgeing();
  const ref = fdb.learn(0x0200, 1, VNI, 0x0a000001, PORT, 17);
  fdb.learn(0x0200, 1, VNI, 0x0a000002, PORT, 18);
  world.advance(AGEING);
  const record = world.registry.get(ref)!;
  expect(record).toMatchObject({
    kind: "vxlan-fdb",
    where: "h/vx",
    text: "02:00:00:00:00:01 dst 10.0.0.2 self",
  });
  expect(record.history.map((event) => [event.what, event.cause])).toEqual([
    ["made", { by: "frame", frame: 17 }],
    ["changed", { by: "frame", frame: 18 }],
    ["gone", { by: "timer", text: "ageing" }],
  ]);
});

test("the memory of causes has the words of `bridge fdb show`", () => {
  const fdb = new VxlanFdb(new World(1), owner, AGEING, 0);
  const destination = { address: 0x0a000001, port: PORT, vni: VNI, ifindex: 0 };
  fdb.learn(2, 7, VNI, destination.address, PORT, 1);
  const entry = fdb.find(2, 7, VNI)!;
  const text = (change: object, via = ""): string =>
    describe(entry, { ...destination, ...change }, { vni: VNI, dstPort: PORT }, via);
  expect(text({})).toBe("00:02:00:00:00:07 dst 10.0.0.1 self");
  entry.state = "permanent";
  expect(text({ port: 8472, vni: 77 }, "eth0")).toBe(
    "00:02:00:00:00:07 dst 10.0.0.1 port 8472 vni 77 via eth0 self permanent",
  );
  entry.externLearn = true;
  entry.router = true;
  expect(text({})).toBe("00:02:00:00:00:07 dst 10.0.0.1 self router extern_learn permanent");
});
