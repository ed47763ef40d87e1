import fc from "fast-check";
import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { World } from "../sim/world.ts";
import type { NeighFilter } from "./neigh-filter.ts";
import type { NeighFlush } from "./neigh-flush.ts";
import type { NeighDel, NeighSet } from "./neigh-set.ts";
import type { NeighGet, NeighShow } from "./neigh-show.ts";
import { NUD, type NudWord } from "./neigh-state.ts";
import type { Command, Operation, Question } from "./operation.ts";
import { OperationContext } from "./operation-context.ts";
import { runTool } from "./run-tool.ts";
import { standardToolbox } from "./standard-toolbox.ts";

const optional: fc.RecordConstraints<never> = { requiredKeys: [] };
const yes = fc.constant<true>(true);
const address = fc.ipV4();
const dev = fc.constantFrom("eth0", "v0", "dev", "proxy", "to");
const nud = fc.constantFrom(...(Object.keys(NUD).map((name) => name.toLowerCase()) as NudWord[]));
const byte = fc.integer({ min: 0, max: 255 }).map((b) => b.toString(16).padStart(2, "0"));
const lladdr = fc.array(byte, { minLength: 1, maxLength: 8 }).map((bytes) => bytes.join(":"));
const protocol = fc.constantFrom("unspec", "kernel", "static", "zebra", "77");
const netns = fc.option(fc.constantFrom("n1", "c2"), { nil: undefined });
const options = fc.constantFrom(undefined, { json: true } as const, { statistics: 2 }, {
  brief: true,
} as const);
const filter: fc.Arbitrary<NeighFilter> = fc.record(
  {
    dev,
    master: dev,
    nomaster: yes,
    unused: yes,
    nud: fc.uniqueArray(fc.oneof(nud, fc.constant("all" as const)), { minLength: 1 }),
    proxy: yes,
    protocol,
    to: address.map((a) => `${a}/24`),
  },
  optional,
);

/** Absent members are left out, as the parser does. */
function plain<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

const set: fc.Arbitrary<NeighSet> = fc
  .record(
    {
      op: fc.constant("neigh-set" as const),
      verb: fc.constantFrom("add", "change", "replace"),
      address,
      dev,
      proxy: yes,
      lladdr,
      nud,
      router: yes,
      externLearn: yes,
      use: yes,
      protocol,
    },
    { requiredKeys: ["op", "verb", "address", "dev"] },
  )
  .map((o) => o as NeighSet);
const del: fc.Arbitrary<NeighDel> = fc
  .record(
    { op: fc.constant("neigh-del" as const), address, dev, proxy: yes },
    { requiredKeys: ["op", "address", "dev"] },
  )
  .map((o) => o as NeighDel);
const flush: fc.Arbitrary<NeighFlush> = fc
  .tuple(filter, options)
  .filter(([f]) => Object.keys(f).length > 0)
  .map(([f, o]) => plain({ op: "neigh-flush" as const, ...f, options: o }) as NeighFlush);
const show: fc.Arbitrary<NeighShow> = fc
  .tuple(filter, options)
  .map(([f, o]) => plain({ ask: "neigh-show" as const, ...f, options: o }) as NeighShow);
const get: fc.Arbitrary<NeighGet> = fc
  .tuple(address, dev, fc.constantFrom(undefined, true as const), options)
  .map(
    ([a, d, p, o]) =>
      plain({ ask: "neigh-get" as const, address: a, dev: d, proxy: p, options: o }) as NeighGet,
  );

test("what parsing a printed command of ip neigh yields is the command", () => {
  const toolbox = standardToolbox();
  const ip = toolbox.tools.get("ip")!;
  fc.assert(
    fc.property(fc.oneof(set, del, flush, show, get), netns, (command, ns) => {
      const said = plain({ ...command, netns: ns }) as Operation | Question;
      const line = toolbox.print(said).split(" ").slice(1);
      expect(ip.parse(line, toolbox)).toEqual([said] satisfies Command[]);
    }),
  );
});

test("random words after ip neigh never throw and always give a status", () => {
  const word = fc.oneof(
    fc.constantFrom("add", "del", "show", "flush", "get", "dev", "lo", "proxy", "to", "nud", "all", "stale"),
    fc.constantFrom(
      "lladdr",
      "2:0:0:0:0:1",
      "router",
      "protocol",
      "master",
      "10.0.0.1",
      "10.0.0.0/8",
      "unused",
    ),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      const host = new Host(new World(1), new Kernel(), "a");
      const context = new OperationContext(standardToolbox(), host.root);
      const result = runTool("ip", ["neigh", ...words], context);
      expect([0, 1, 2, 255]).toContain(result.status);
      expect(result.status === 0 || result.stderr !== "").toBe(true);
    }),
  );
});

test("permanent entries do not fill the table, and are never thrown out of it", () => {
  const host = new Host(new World(1), new Kernel(), "a");
  host.neighbourLimits.gc_thresh2 = 4;
  host.neighbourLimits.gc_thresh3 = 8;
  const context = new OperationContext(standardToolbox(), host.root);
  const add = (n: number, nud: string): string =>
    runTool("ip", `neigh add 10.0.0.${n} lladdr 2:0:0:0:0:1 nud ${nud} dev lo2`.split(" "), context).stderr;
  runTool("ip", "link add lo2 type dummy".split(" "), context);
  for (let n = 0; n < 20; n++) expect(add(n, "permanent")).toBe("");
  for (let n = 100; n < 108; n++) expect(add(n, "stale")).toBe("");
  expect(add(108, "stale")).toBe("RTNETLINK answers: No buffer space available\n");
  expect(runTool("ip", ["neigh"], context).stdout.match(/PERMANENT/g)).toHaveLength(20);
});

/** What Linux 6.1 leaves in a table of eight, of which it looks for more than `thresh2`, when one more entry comes. */
function oneMore(thresh2: number, nud: string): { readonly said: string; readonly left: string } {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "a");
  const context = new OperationContext(standardToolbox(), host.root);
  const ip = (line: string): string => {
    const { stdout, stderr } = runTool("ip", line.split(" "), context);
    return stdout + stderr;
  };
  host.neighbourLimits.gc_thresh2 = thresh2;
  host.neighbourLimits.gc_thresh3 = 8;
  ip("link add d0 type dummy");
  for (let n = 100; n < 108; n++) ip(`neigh add 10.0.0.${n} lladdr 2:0:0:0:0:1 nud ${nud} dev d0`);
  world.advance(6_000_000_000);
  const said = ip("neigh add 10.0.0.200 lladdr 2:0:0:0:0:1 nud stale dev d0");
  const left = [...ip("neigh").matchAll(/^10\.0\.0\.(\d+)/gm)].map(([, n]) => n).sort();
  return { said, left: left.join(" ") };
}

test("who makes room in a full table: the oldest, so many that gc_thresh2 hold with the new one, and none that is timed", () => {
  expect(oneMore(6, "stale")).toEqual({ said: "", left: "103 104 105 106 107 200" });
  expect(oneMore(6, "failed")).toEqual({ said: "", left: "103 104 105 106 107 200" });
  // gc_thresh3 holds where it is the lower one as well.
  expect(oneMore(12, "stale")).toEqual({ said: "", left: "101 102 103 104 105 106 107 200" });
  const all = "100 101 102 103 104 105 106 107";
  const said = "RTNETLINK answers: No buffer space available\n";
  expect(oneMore(6, "reachable")).toEqual({ said, left: all });
});
