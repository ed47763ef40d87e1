import { describe, expect, test } from "vitest";
import { checkExpectation, hasWords, isWithin } from "./check-expectation.ts";
import type { EntryExpectation, JourneyExpectation } from "./expectation.ts";
import type { Journey, WorldQuestions } from "./lesson-world.ts";

const PLACE = { file: "l.md", line: 1, column: 1 };

/** A journey from a/c1 to b/c2 whose steps are `place verdict`. */
function journey(to: string, ...steps: string[]): Journey {
  return {
    from: "10.3.0.2",
    to,
    protocol: "icmp",
    summary: "",
    steps: steps.map((step, n) => {
      const [place, verdict] = step.split(" ");
      return {
        at: n,
        place: place!,
        verdict: verdict!,
        frame: "",
        length: 98,
        wrapped: 0,
        kind: null,
        entry: null,
        cause: null,
      };
    }),
  };
}

const ARRIVES = journey(
  "10.3.0.5",
  "a/c1 sent",
  "a/br0 bridged",
  "a/vxlan0 encapsulated",
  "b/c2/eth0 received",
  "b/c2 delivered",
);
const LOST = journey("10.3.0.5", "a/c1 sent", "a/br0 bridged", "a/vxlan0 VXLAN_NO_REMOTE");

function world(journeys: readonly Journey[]): WorldQuestions {
  return {
    journeys: () => journeys,
    counters: (device) => (device === "a/eth0" ? { rxPackets: 3 } : null),
    entries: (_, where) =>
      where === "a/c1"
        ? [
            { dst: "10.3.0.5", dev: "eth0", lladdr: "02:42:0a:03:00:05", state: "REACHABLE" },
            { dst: "10.3.0.9", dev: "eth0", state: "FAILED" },
          ]
        : where === "a"
          ? []
          : null,
    frames: (on, filter) => (on !== "a/eth0" ? `there is no device ${on}` : filter === "arp" ? 2 : 5),
  };
}

const WANTED: JourneyExpectation = {
  kind: "journey",
  place: PLACE,
  from: "10.3.0.2",
  to: "10.3.0.5",
  protocol: "icmp",
  which: "last",
  passes: [],
  avoids: [],
  end: null,
  decisions: [],
};

function problems(wanted: Partial<JourneyExpectation>, ...journeys: Journey[]): readonly string[] {
  return checkExpectation({ ...WANTED, ...wanted }, world(journeys)).problems;
}

test("a place is within what its name begins with, up to a slash", () => {
  expect(isWithin("a/c1/eth0", "a/c1")).toBe(true);
  expect(isWithin("a/c1", "a/c1")).toBe(true);
  expect(isWithin("a/c10", "a/c1")).toBe(false);
  expect(isWithin("a", "a/c1")).toBe(false);
});

describe("a journey", () => {
  test("passes places in their order", () => {
    expect(problems({ passes: ["a/c1", "a/vxlan0", "b"] }, ARRIVES)).toEqual([]);
    expect(problems({ passes: ["a/vxlan0", "a/br0"] }, ARRIVES)).toEqual(["it passes a/br0 too early"]);
    expect(problems({ passes: ["a/c9"] }, ARRIVES)).toEqual(["it does not pass a/c9"]);
  });

  test("avoids places", () => {
    expect(problems({ avoids: ["c"] }, ARRIVES)).toEqual([]);
    expect(problems({ avoids: ["b/c2"] }, ARRIVES)).toEqual(["it passes b/c2/eth0 (received)"]);
  });

  test("is delivered or dropped, with a reason and a place", () => {
    expect(problems({ end: { delivered: "b/c2" } }, ARRIVES)).toEqual([]);
    expect(problems({ end: { delivered: "b" } }, LOST)).toEqual([
      "it is not delivered to b; it ends VXLAN_NO_REMOTE at a/vxlan0",
    ]);
    expect(problems({ end: { dropped: { reason: "VXLAN_NO_REMOTE", at: "a" } } }, LOST)).toEqual([]);
    expect(problems({ end: { dropped: { reason: "VXLAN_NO_REMOTE", at: "b" } } }, LOST)).toHaveLength(1);
    expect(problems({ end: { dropped: { reason: "NO_SOCKET", at: "a" } } }, LOST)).toHaveLength(1);
  });

  test("is the first, the last, every or some of those that match", () => {
    const end = { delivered: "b" };
    const which = (name: JourneyExpectation["which"], ...journeys: Journey[]): number =>
      problems({ which: name, end }, ...journeys).length;
    expect([which("first", ARRIVES, LOST), which("first", LOST, ARRIVES)]).toEqual([0, 1]);
    expect([which("last", ARRIVES, LOST), which("last", LOST, ARRIVES)]).toEqual([1, 0]);
    expect([which("every", ARRIVES, ARRIVES), which("every", ARRIVES, LOST)]).toEqual([0, 1]);
    expect([which("some", ARRIVES, LOST), which("some", LOST, LOST)]).toEqual([0, 1]);
  });

  test("that fails comes with the journey that shows why", () => {
    const outcome = checkExpectation({ ...WANTED, end: { delivered: "b" } }, world([ARRIVES, LOST]));
    expect(outcome.journeys).toEqual([LOST]);
  });

  test("that nobody saw fails, and says what was seen", () => {
    expect(problems({}, journey("10.3.0.9"))).toEqual([
      "no icmp from 10.3.0.2 to 10.3.0.5 was seen; seen were icmp 10.3.0.2 > 10.3.0.9",
    ]);
    expect(problems({ protocol: null })).toEqual([
      "no packet from 10.3.0.2 to 10.3.0.5 was seen; no packet at all was seen",
    ]);
    expect(problems({ avoids: ["b"], protocol: "tcp" }, ARRIVES)).toHaveLength(1);
  });
});

test("counters keep their limits", () => {
  const counters = (device: string, name: string, min: number, max: number): readonly string[] =>
    checkExpectation(
      { kind: "counters", place: PLACE, device, counters: { [name]: { min, max } } },
      world([]),
    ).problems;
  expect(counters("a/eth0", "rxPackets", 3, 3)).toEqual([]);
  expect(counters("a/eth0", "rxDropped", 0, 0)).toEqual([]);
  expect(counters("a/eth0", "rxPackets", 4, Number.POSITIVE_INFINITY)).toEqual([
    "rxPackets is 3, expected at least 4",
  ]);
  expect(counters("a/eth0", "rxPackets", 0, 2)).toEqual(["rxPackets is 3, expected at most 2"]);
  expect(counters("a/eth9", "rxPackets", 3, 3)).toEqual(["there is no device a/eth9"]);
});

test("an entry is there, or is not", () => {
  const entry = (wanted: Partial<EntryExpectation>): readonly string[] => {
    const base = {
      kind: "entry",
      place: PLACE,
      table: "neighbour",
      in: "a/c1",
      fields: {},
      cause: null,
      absent: false,
    } as const;
    return checkExpectation({ ...base, ...wanted }, world([])).problems;
  };
  expect(entry({ fields: { dst: "10.3.0.5", state: "REACHABLE" } })).toEqual([]);
  expect(entry({ fields: { dst: "10.3.0.5", state: "STALE" } })[0]).toMatch(
    /^none of 2 rows: dst 10\.3\.0\.5 dev eth0/,
  );
  expect(entry({ fields: { mac: "x" } })[0]).toMatch(/no row has a field "mac"/);
  expect(entry({ fields: { dst: "10.3.0.9" }, absent: true })).toEqual([
    "there is one: dst 10.3.0.9 dev eth0 state FAILED",
  ]);
  expect(entry({ fields: { dst: "10.3.0.8" }, absent: true })).toEqual([]);
  expect(entry({ in: "a", fields: { dst: "x" } })).toEqual(["the table is empty"]);
  expect(entry({ in: "q", fields: { dst: "x" } })).toEqual(["there is no host or namespace q"]);
});

test("frames are counted on a device, through a filter", () => {
  const frames = (on: string, filter: string, min: number, max: number): readonly string[] =>
    checkExpectation({ kind: "frames", place: PLACE, on, filter, count: { min, max } }, world([])).problems;
  expect(frames("a/eth0", "arp", 2, 2)).toEqual([]);
  expect(frames("a/eth0", "", 6, 7)).toEqual(["there are 5, expected 6 to 7"]);
  expect(frames("a/eth1", "", 0, 0)).toEqual(["there is no device a/eth1"]);
});

test("words are whole and stand one after the other", () => {
  expect(hasWords("10.3.0.0/24 via 10.3.0.1 dev eth0", "via 10.3.0.1")).toBe(true);
  expect(hasWords("10.3.0.0/24 via 10.3.0.15 dev eth0", "via 10.3.0.1")).toBe(false);
  expect(hasWords("10.3.0.0/24 via 10.3.0.1 dev eth0", "10.3.0.0/24 dev")).toBe(false);
  expect(hasWords(null, "via")).toBe(false);
});

test("decisions are asked for in their order, by table, entry and what made it", () => {
  const decided = step(
    "a/c1",
    "routed",
    "default via 10.3.0.1",
    "ip route add default via 10.3.0.1 (l.md:9)",
  );
  const dropped = step(
    "r",
    "IP_INNOROUTES",
    "unreachable 10.4.0.0/16",
    "ip route add unreachable 10.4.0.0/16",
  );
  const packet = { ...journeyOf(), steps: [decided, dropped] };
  const ask = (wanted: Partial<JourneyExpectation>): readonly string[] => problems(wanted, packet);
  expect(ask({ decisions: [{ at: "a", kind: "route", entry: "default", cause: "ip route add" }] })).toEqual(
    [],
  );
  expect(ask({ decisions: [{ at: "r", entry: "unreachable" }] })).toEqual([]);
  expect(ask({ decisions: [{ at: "r" }, { at: "a" }] })).toEqual([
    "it is not so that a decides; there decide route default via 10.3.0.1 <- ip route add default via 10.3.0.1 (l.md:9)",
  ]);
  expect(ask({ decisions: [{ at: "b", kind: "fdb" }] })).toEqual([
    "it is not so that b decides by fdb; no entry decides there",
  ]);
  expect(
    ask({ end: { dropped: { reason: "IP_INNOROUTES", at: "r", cause: "ip route add unreachable" } } }),
  ).toEqual([]);
  expect(ask({ end: { dropped: { reason: "IP_INNOROUTES", at: "r", entry: "prohibit" } } })).toEqual([
    "that is not what drops it; it is route unreachable 10.4.0.0/16 <- ip route add unreachable 10.4.0.0/16",
  ]);
});

function step(place: string, verdict: string, entry: string, cause: string): Journey["steps"][number] {
  return { at: 0, place, verdict, frame: "", length: 84, wrapped: 0, kind: "route", entry, cause };
}

function journeyOf(): Journey {
  return { from: "10.3.0.2", to: "10.3.0.5", protocol: "icmp", summary: "", steps: [] };
}
