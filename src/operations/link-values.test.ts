import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command, Operation, Question } from "./operation.ts";
import { standardToolbox } from "./standard-toolbox.ts";

const toolbox = standardToolbox();

/** The words of a line that {@link Toolbox.print} made. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:'(?:[^']|'\\'')*'|[^\s'])+/g)].map((m) =>
    m[0].replaceAll("'\\''", "\0").replaceAll("'", "").replaceAll("\0", "'"),
  );
}

function reparsed(command: Operation | Question): readonly Command[] {
  const [tool, ...args] = shellWords(toolbox.print(command));
  return toolbox.tools.get(tool!)!.parse(args, toolbox);
}

function sameAfterPrinting(arbitrary: fc.Arbitrary<Operation | Question>): void {
  fc.assert(
    fc.property(arbitrary, (command) => {
      expect(reparsed(command), toolbox.print(command)).toEqual([command]);
    }),
  );
}

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join("."));
const unicast = address.filter((a) => Number(a.split(".")[0]) >> 4 !== 14);
const prefix = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([a, length]) => `${a}/${length}`);
const macText = fc
  .tuple(octet, octet, octet, octet, octet, octet)
  .map((bytes) => bytes.map((b) => b.toString(16).padStart(2, "0")).join(":"));
/** Among the names are words that iproute2 itself understands, and the beginnings of such words. */
const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_.-]{0,14}$/),
  fc.constantFrom("up", "down", "dev", "type", "a", "m", "link", "name", "mtu", "help", "peer", "to", "v0"),
);
const netns = fc.option(name, { nil: undefined });
const number = fc.integer({ min: 0, max: 70000 });
const flag = fc.boolean();

/** Leaves out what is undefined, as the values do. */
function present<T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return arbitrary.map(
    (value) => Object.fromEntries(Object.entries(value).filter((entry) => entry[1] !== undefined)) as T,
  );
}

const attributes = {
  address: macText,
  broadcast: macText,
  mtu: number,
  txqueuelen: number,
  group: number,
  up: flag,
  arp: flag,
  promisc: flag,
  multicast: flag,
  alias: fc.string({ minLength: 1, maxLength: 20, unit: "binary-ascii" }).filter((s) => !/[\0\n]/.test(s)),
  master: fc.option(name, { nil: null }),
  into: name,
};
const options = {
  bridge: fc.record(
    {
      ageing_time: number,
      priority: fc.integer({ min: 0, max: 65535 }),
      vlan_filtering: fc.constantFrom(0, 1),
    },
    { requiredKeys: [] },
  ),
  vxlan: fc.record(
    {
      id: fc.integer({ min: 0, max: 0xffffff }),
      remote: unicast,
      local: unicast,
      dev: name,
      dstport: fc.integer({ min: 0, max: 65535 }),
      ttl: fc.oneof(fc.constantFrom("inherit", "auto"), octet),
      tos: fc.oneof(
        fc.constant("inherit"),
        octet.filter((tos) => tos !== 1),
      ),
      df: fc.constantFrom("unset", "set", "inherit"),
      srcport: fc
        .tuple(fc.integer({ min: 0, max: 65535 }), fc.integer({ min: 0, max: 65535 }))
        .map((p) => p.join(" ")),
      learning: flag,
      proxy: flag,
      udpcsum: flag,
    },
    { requiredKeys: [] },
  ),
  macvlan: fc.record(
    { mode: fc.constantFrom("private", "vepa", "bridge", "passthru") },
    { requiredKeys: [] },
  ),
  veth: fc.record({ peer: fc.record({ name, ...attributes }, { requiredKeys: ["name"] }) }),
};

/** A type with its options; a type without any says nothing of them. */
const typed = fc
  .constantFrom("bridge" as const, "vxlan" as const, "macvlan" as const, "veth" as const)
  .chain((kind) =>
    (options[kind] as fc.Arbitrary<object>).map((given) =>
      Object.keys(given).length === 0 ? { kind } : { kind, options: given },
    ),
  );

const slave = fc
  .record({ hairpin: flag, cost: number, state: octet, isolated: flag }, { requiredKeys: [] })
  .map((given) =>
    Object.keys(given).length === 0 ? { kind: "bridge_slave" } : { kind: "bridge_slave", options: given },
  );

const filter = {
  dev: name,
  up: fc.constant(true as const),
  master: name,
  nomaster: fc.constant(true as const),
  type: name,
  group: number,
};
const show = fc.record(
  {
    json: fc.constant(true as const),
    details: fc.constant(true as const),
    statistics: fc.constantFrom(1, 2),
    oneline: fc.constant(true as const),
    family: fc.constantFrom("inet" as const, "inet6" as const, "link" as const),
  },
  { requiredKeys: [] },
);
const shown = show.map((given) => (Object.keys(given).length === 0 ? undefined : given));

describe("what is printed is what it was parsed from:", () => {
  test("ip link add", () => {
    const base = fc.record({ op: fc.constant("link-add" as const), netns }, {});
    const rest = fc.record({ name, link: name, ...attributes }, { requiredKeys: [] });
    sameAfterPrinting(
      present(fc.tuple(base, rest, typed).map(([a, b, c]) => ({ ...a, ...b, ...c }) as unknown as Operation)),
    );
  });

  test("ip link set", () => {
    const base = fc.record({ op: fc.constant("link-set" as const), dev: name, netns });
    const rest = fc.record({ name, ...attributes }, { requiredKeys: [] });
    const type = fc.oneof(typed, slave, fc.constant({}));
    sameAfterPrinting(
      present(fc.tuple(base, rest, type).map(([a, b, c]) => ({ ...a, ...b, ...c }) as unknown as Operation)),
    );
  });

  test("ip link del and show", () => {
    sameAfterPrinting(
      present(
        fc.record({ op: fc.constant("link-del" as const), dev: name, netns }) as fc.Arbitrary<Operation>,
      ),
    );
    const ask = fc.record({ ask: fc.constant("link-show" as const), netns, options: shown });
    const by = fc.record(filter, { requiredKeys: [] });
    sameAfterPrinting(present(fc.tuple(ask, by).map(([a, b]) => ({ ...a, ...b }) as unknown as Question)));
  });

  test("ip addr add and del", () => {
    const common = {
      dev: name,
      address: fc.oneof(address, prefix),
      peer: fc.option(prefix, { nil: undefined }),
      label: fc.option(name, { nil: undefined }),
      netns,
    };
    const add = fc.record({
      op: fc.constant("addr-add" as const),
      verb: fc.constantFrom("change" as const, "replace" as const, undefined),
      ...common,
      broadcast: fc.option(address, { nil: undefined }),
      scope: fc.constantFrom("global", "link", "host", "77", undefined),
      noprefixroute: fc.constantFrom(true as const, undefined),
    });
    sameAfterPrinting(present(add as fc.Arbitrary<Operation>));
    sameAfterPrinting(
      present(fc.record({ op: fc.constant("addr-del" as const), ...common }) as fc.Arbitrary<Operation>),
    );
  });

  test("ip addr flush and show", () => {
    const more = {
      ...filter,
      scope: fc.constantFrom("global", "link", "12"),
      to: fc.oneof(
        fc.constant("default"),
        address,
        address.map((a) => `${a}/24`),
      ),
      label: name,
      rank: fc.constantFrom("primary" as const, "secondary" as const),
      life: fc.constantFrom("permanent" as const, "dynamic" as const),
    };
    const by = fc.record(more, { requiredKeys: [] });
    const ask = fc.record({ ask: fc.constant("addr-show" as const), netns, options: shown });
    // `-6` asks for a prefix of IPv6.
    const asked = fc.tuple(ask, by).filter(([a, b]) => a.options?.family !== "inet6" || b.to === undefined);
    sameAfterPrinting(present(asked.map(([a, b]) => ({ ...a, ...b }) as unknown as Question)));
    const flush = fc.record({
      op: fc.constant("addr-flush" as const),
      netns,
      dev: name,
      family: fc.constantFrom("inet" as const, undefined),
    });
    sameAfterPrinting(present(fc.tuple(flush, by).map(([a, b]) => ({ ...b, ...a }) as unknown as Operation)));
  });

  test("ip netns and ip maddr", () => {
    const plain = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
    const pid = fc.integer({ min: 0, max: 99999 });
    sameAfterPrinting(
      present(
        fc.oneof(
          fc.record({ op: fc.constant("netns-add" as const), name: plain }),
          fc.record({ op: fc.constant("netns-del" as const), name: fc.option(plain, { nil: undefined }) }),
          fc.record({
            op: fc.constant("netns-set" as const),
            name: plain,
            id: fc.oneof(pid, fc.constant("auto" as const)),
          }),
          fc.record({ op: fc.constant("netns-attach" as const), name: plain, pid }),
        ) as fc.Arbitrary<Operation>,
      ),
    );
    sameAfterPrinting(
      present(
        fc.oneof(
          fc.record({ ask: fc.constant("netns-list" as const), netns, options: shown }),
          fc.record({
            ask: fc.constant("netns-list-id" as const),
            id: fc.option(pid, { nil: undefined }),
            options: shown,
          }),
          fc.record({ ask: fc.constant("netns-identify" as const), pid: fc.option(pid, { nil: undefined }) }),
          fc.record({ ask: fc.constant("netns-pids" as const), name: plain }),
          fc.record({
            ask: fc.constant("maddr-show" as const),
            // The real tool takes a beginning of "help" for a cry for help, even behind `dev`.
            dev: fc.option(
              plain.filter((name) => !"help".startsWith(name)),
              { nil: undefined },
            ),
            options: shown,
          }),
        ) as fc.Arbitrary<Question>,
      ),
    );
  });
});

test("no arguments of ip make its parser throw anything but its own errors", () => {
  const word = fc.oneof(
    name,
    address,
    prefix,
    macText,
    fc.string({ maxLength: 6 }),
    fc.constantFrom(
      "add",
      "set",
      "show",
      "del",
      "addr",
      "link",
      "netns",
      "-n",
      "-j",
      "type",
      "vxlan",
      "bridge",
      "id",
      "7",
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), (args) => {
      try {
        toolbox.tools.get("ip")!.parse(args, toolbox);
      } catch (error) {
        expect((error as Error).name).toBe("ToolError");
      }
    }),
    { numRuns: 500 },
  );
});
