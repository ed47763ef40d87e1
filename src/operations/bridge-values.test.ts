import fc from "fast-check";
import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { World } from "../sim/world.ts";
import type { Command, Operation, Question } from "./operation.ts";
import { OperationContext } from "./operation-context.ts";
import { runTool } from "./run-tool.ts";
import { standardToolbox } from "./standard-toolbox.ts";

const toolbox = standardToolbox();

/** What is printed means the same again. */
function sameAfterPrinting(arbitrary: fc.Arbitrary<unknown>): void {
  fc.assert(
    fc.property(arbitrary as fc.Arbitrary<Operation | Question>, (command) => {
      const [tool, ...args] = toolbox.print(command).split(" ");
      const again: readonly Command[] = toolbox.tools.get(tool!)!.parse(args, toolbox);
      expect(again, toolbox.print(command)).toEqual([command]);
    }),
  );
}

const octet = fc.integer({ min: 0, max: 255 });
const mac = fc
  .tuple(octet, octet, octet, octet, octet, octet)
  .map((bytes) => bytes.map((b) => b.toString(16).padStart(2, "0")).join(":"));
const dst = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join("."));
/** Names that are words of the tool too. */
const name = fc.constantFrom("v1", "br0", "dev", "self", "master", "m", "st", "vlan", "help", "to", "show");
const yes = fc.constant(true as const);
const vlan = fc.integer({ min: 0, max: 65535 });
const vid = fc.integer({ min: 0, max: 4095 });
const vni = fc.integer({ min: 0, max: 0xffffff });
/** On which of the two sides: neither is said, or one, or both. */
const sides = fc.constantFrom({}, { master: true }, { self: true, master: true });

function record(fixed: object, required: Record<string, fc.Arbitrary<unknown>>, optional: object) {
  return fc
    .tuple(fc.record(required), fc.record(optional as typeof required, { requiredKeys: [] }))
    .map(([a, b]) => ({ ...fixed, ...a, ...b }));
}

const entry = {
  state: fc.constantFrom("static", "dynamic"),
  vlan,
  dst,
  port: fc.integer({ min: 1, max: 65535 }),
  vni,
  srcVni: vni,
  via: name,
  router: yes,
  use: yes,
  externLearn: yes,
  sticky: yes,
  netns: name,
};
const options = fc
  .record(
    {
      json: yes,
      pretty: yes,
      details: yes,
      oneline: yes,
      compressvlans: yes,
      statistics: octet.map((n) => (n % 3) + 1),
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0);

function withSides(arbitrary: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.tuple(arbitrary, sides).map(([a, b]) => ({ ...a, ...b }));
}

test("bridge fdb add, append, replace and del: what is printed is what it was parsed from", () => {
  const verb = fc.constantFrom("add", "append", "replace");
  sameAfterPrinting(withSides(record({ op: "fdb-add" }, { verb, mac, dev: name }, entry)));
  sameAfterPrinting(withSides(record({ op: "fdb-del" }, { mac, dev: name }, entry)));
});

test("bridge fdb show, get and flush: what is printed is what it was parsed from", () => {
  const state = fc.integer({ min: 1, max: 255 });
  const positive = fc.integer({ min: 1, max: 4095 });
  const filter = { br: name, dev: name, vlan: positive, state, dynamic: yes, netns: name, options };
  sameAfterPrinting(record({ ask: "fdb-show" }, {}, filter));
  sameAfterPrinting(
    record(
      { ask: "fdb-get" },
      { mac, br: name },
      { dev: name, vlan, vni, self: yes, dynamic: yes, netns: name, options },
    ),
  );
  const property = fc.boolean();
  const which = fc
    .record(
      {
        permanent: property,
        static: property,
        added_by_user: property,
        extern_learn: property,
        sticky: property,
        offloaded: property,
      },
      { requiredKeys: [] },
    )
    .filter((given) => Object.keys(given).length > 0);
  sameAfterPrinting(
    withSides(record({ op: "fdb-flush" }, { dev: name }, { brport: name, vlan: vid, which, netns: name })),
  );
});

test("bridge link and bridge vlan: what is printed is what it was parsed from", () => {
  const either = fc.constantFrom({}, { self: true }, { master: true }, { self: true, master: true });
  const both = (arbitrary: fc.Arbitrary<object>): fc.Arbitrary<object> =>
    fc.tuple(arbitrary, either).map(([a, b]) => ({ ...a, ...b }));
  const settings = fc.record(
    {
      hairpin: fc.boolean(),
      learning: fc.boolean(),
      isolated: fc.boolean(),
      locked: fc.boolean(),
      cost: vid.map((n) => n + 1),
      priority: vid,
      state: octet,
      mcast_router: octet,
    },
    { requiredKeys: [] },
  );
  sameAfterPrinting(both(record({ op: "port-set" }, { dev: name, options: settings }, { netns: name })));
  sameAfterPrinting(record({ ask: "port-show" }, {}, { dev: name, netns: name, options }));
  const ids = fc.oneof(
    vid.map((first) => ({ vid: first })),
    fc
      .tuple(vid, vid)
      .filter(([a, b]) => a < b)
      .map(([a, b]) => ({ vid: a, end: b })),
  );
  const vlans = fc
    .tuple(
      fc.constantFrom("vlan-add", "vlan-del"),
      record({}, { dev: name }, { untagged: yes, netns: name }),
      ids,
    )
    .map(([op, rest, range]) => ({ op, ...rest, ...range }));
  sameAfterPrinting(both(vlans));
  sameAfterPrinting(
    record({ ask: "vlan-show" }, {}, { dev: name, vid: vid.map((n) => n + 1), netns: name, options }),
  );
});

test("a batch goes on after what the kernel refuses, and ends where the command line is wrong", () => {
  const batch = (stdin: string, ...args: string[]): unknown => {
    const root = new Host(new World(1), new Kernel(), "a").root;
    return runTool("bridge", [...args, "-b", "-"], new OperationContext(toolbox, root, "", { stdin }));
  };
  const mistakes = "fdb add\nlink show dev nosuch # a comment\nfdb foo\nvlan\n";
  expect(batch(mistakes)).toEqual({
    stdout: "",
    stderr: "Device and address are required arguments.\nCommand failed -:1\n",
    status: 1,
  });
  expect(batch(mistakes, "-force")).toEqual({
    stdout: "",
    stderr:
      "Device and address are required arguments.\nCommand failed -:1\n" +
      'Cannot find device "nosuch"\nCommand failed -:2\nCommand "foo" is unknown, try "bridge fdb help".\n',
    status: 255,
  });
});
