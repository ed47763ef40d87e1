import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IpvsDestination } from "../destination.ts";
import type { Client, Scheduler, SchedulerFlags } from "../scheduler.ts";
import { IpvsService } from "../service.ts";
import { hsiphash } from "./hsiphash.ts";
import { schedulers } from "./index.ts";

const NET = 0x0a010000;
const CLIENT: Client = {
  protocol: 17,
  srcAddress: 0x0a000001,
  srcPort: 4000,
  dstAddress: 0x0a0000fe,
  dstPort: 80,
  now: 0,
};

/** A scheduler and its destinations, the last one of `weights` added last and so first in the list. */
function setUp(
  name: string,
  weights: readonly number[],
  flags: SchedulerFlags = [false, false, false],
): { scheduler: Scheduler; list: IpvsDestination[]; add(weight: number): IpvsDestination } {
  const scheduler = schedulers.get(name)!.make(flags);
  const service = new IpvsService({ protocol: 17, address: 1, port: 80, fwmark: 0 }, scheduler);
  const list: IpvsDestination[] = [];
  const add = (weight: number): IpvsDestination => {
    const destination = new IpvsDestination(service, NET + list.length + 1, 80);
    destination.weight = weight;
    destination.lastWeight = weight;
    list.unshift(destination);
    scheduler.changed(list, { what: "added", destination, index: 0 });
    return destination;
  };
  for (const weight of weights) add(weight);
  return { scheduler, list, add };
}

function counts(scheduler: Scheduler, list: readonly IpvsDestination[], choices: number): number[] {
  const chosen = Array.from({ length: choices }, () => scheduler.choose(list, CLIENT));
  return list.map((destination) => chosen.filter((other) => other === destination).length);
}

const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });

describe.each([...schedulers.keys()])("%s", (name) => {
  test("chooses nobody who is quiescent or overloaded, and somebody while there is one (not by hash alone)", () => {
    const server = fc.record({
      weight: fc.integer({ min: 0, max: 5 }),
      overloaded: fc.boolean(),
      active: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(server, { maxLength: 6 }), fc.nat(), (servers, port) => {
        const { scheduler, list } = setUp(
          name,
          servers.map((s) => s.weight),
          [true, true, false],
        );
        list.forEach((destination, i) => {
          const { overloaded, active } = servers[servers.length - 1 - i]!;
          destination.overloaded = overloaded;
          destination.activeConnections = active;
        });
        const chosen = scheduler.choose(list, { ...CLIENT, srcPort: port & 0xffff });
        const able = list.filter((d) => d.weight > 0 && !d.overloaded);
        if (chosen !== null) expect(able).toContain(chosen);
        else if (name === "dh") expect(able.length).toBeLessThan(Math.max(1, list.length));
        else if (name === "ovf") expect(able.every((d) => d.activeConnections > d.weight)).toBe(true);
        else expect(able).toEqual([]);
      }),
    );
  });

  test("goes on when servers come, go and change their weight", () => {
    const change = fc.oneof(
      fc.record({ what: fc.constant("add"), n: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ what: fc.constantFrom("remove", "update", "choose"), n: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const { scheduler, list, add } = setUp(name, []);
        for (const { what, n } of changes) {
          if (what === "add") add(n);
          else if (what === "choose") scheduler.choose(list, CLIENT);
          else if (list.length > 0) {
            const index = n % list.length;
            const destination = list[index]!;
            if (what === "remove") {
              list.splice(index, 1);
              scheduler.changed(list, { what: "removed", destination, index });
            } else {
              destination.weight = n % 6;
              if (destination.weight !== 0) destination.lastWeight = destination.weight;
              scheduler.changed(list, { what: "updated", destination, index });
            }
          }
          const chosen = scheduler.choose(list, CLIENT);
          if (chosen !== null) expect(list).toContain(chosen);
        }
      }),
    );
  });
});

test("rr gives each the same within one", () => {
  fc.assert(
    fc.property(weights, fc.nat(200), (given, choices) => {
      const { scheduler, list } = setUp("rr", given);
      const got = counts(scheduler, list, choices);
      expect(Math.max(...got) - Math.min(...got)).toBeLessThanOrEqual(1);
    }),
  );
});

test("wrr gives each as many turns of a round as it weighs", () => {
  fc.assert(
    fc.property(weights, (given) => {
      const { scheduler, list } = setUp("wrr", given);
      const round = given.reduce((a, b) => a + b, 0);
      expect(counts(scheduler, list, round)).toEqual(list.map((d) => d.weight));
    }),
  );
});

test("lc, wlc and sed take whoever has least by their own measure", () => {
  const loads = fc.array(
    fc.record({ weight: fc.integer({ min: 1, max: 9 }), active: fc.nat(50), inactive: fc.nat(900) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  const measures: Record<string, (d: IpvsDestination) => number> = {
    lc: (d) => d.activeConnections * 256 + d.inactiveConnections,
    wlc: (d) => (d.activeConnections * 256 + d.inactiveConnections) / d.weight,
    sed: (d) => (d.activeConnections + 1) / d.weight,
  };
  fc.assert(
    fc.property(fc.constantFrom("lc", "wlc", "sed"), loads, (name, given) => {
      const { scheduler, list } = setUp(
        name,
        given.map((g) => g.weight),
      );
      list.forEach((destination, i) => {
        const { active, inactive } = given[given.length - 1 - i]!;
        destination.activeConnections = active;
        destination.inactiveConnections = inactive;
      });
      const chosen = scheduler.choose(list, CLIENT)!;
      expect(measures[name]!(chosen)).toBeCloseTo(Math.min(...list.map(measures[name]!)), 9);
    }),
  );
});

test("nq takes the first idle one, fo the heaviest, ovf the heaviest that is not full", () => {
  const nq = setUp("nq", [9, 1, 9]);
  nq.list[0]!.activeConnections = 1;
  expect(nq.scheduler.choose(nq.list, CLIENT)).toBe(nq.list[1]);
  const fo = setUp("fo", [1, 7, 3]);
  expect(fo.scheduler.choose(fo.list, CLIENT)!.weight).toBe(7);
  const ovf = setUp("ovf", [1, 7, 3]);
  ovf.list[1]!.activeConnections = 8;
  expect(ovf.scheduler.choose(ovf.list, CLIENT)!.weight).toBe(3);
});

test("mh moves few clients when a server leaves, and none of the others' when it is only quiescent", () => {
  const { scheduler, list } = setUp("mh", [1, 1, 1, 1, 1], [true, false, false]);
  const clients = Array.from({ length: 2000 }, (_, i) => ({ ...CLIENT, srcAddress: 0x0a000000 + i * 7 }));
  const before = clients.map((client) => scheduler.choose(list, client));
  const gone = list[2]!;
  gone.weight = 0;
  scheduler.changed(list, { what: "updated", destination: gone, index: 2 });
  const quiet = clients.map((client) => scheduler.choose(list, client));
  expect(before.every((d, i) => d === gone || d === quiet[i])).toBe(true);
  list.splice(2, 1);
  scheduler.changed(list, { what: "removed", destination: gone, index: 2 });
  const after = clients.map((client) => scheduler.choose(list, client));
  const moved = before.filter((d, i) => d !== gone && d !== after[i]).length;
  expect(moved).toBeLessThan(clients.length / 10);
});

test("mh spreads clients by weight", () => {
  const { scheduler, list } = setUp("mh", [1, 2, 5]);
  const got = list.map(() => 0);
  for (let i = 0; i < 8000; i++) {
    const chosen = scheduler.choose(list, { ...CLIENT, srcAddress: 0x0a000000 + i * 13 });
    got[list.indexOf(chosen!)]!++;
  }
  list.forEach((d, i) => {
    expect(Math.abs(got[i]! / 8000 - d.weight / 8)).toBeLessThan(0.05);
  });
});

test("sh and mh keep a client where it is, whatever it asks", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("sh", "mh"),
      fc.integer(),
      fc.nat(65535),
      fc.nat(65535),
      (name, src, a, b) => {
        const { scheduler, list } = setUp(name, [1, 2, 3]);
        const client = { ...CLIENT, srcAddress: src };
        expect(scheduler.choose(list, { ...client, srcPort: a, dstPort: b })).toBe(
          scheduler.choose(list, { ...client, srcPort: b, dstPort: a }),
        );
      },
    ),
  );
});

// What OpenSSL 3.0 gives: SIPHASH with c-rounds:1, d-rounds:3, size:8 and the key twice, of it the low 32 bits.
test.each([
  [0, 285347249, 1113276815],
  [0x03020100, 285347249, 762121959],
  [0xffffffff, 2654435761, 583391001],
  [1, 1, 2325270231],
])("the hash of %i by the key %i is that of SipHash-1-3", (word, key, hash) => {
  expect(hsiphash(word, key)).toBe(hash);
});
