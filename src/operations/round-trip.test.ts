import fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation, Question } from "./operation.ts";
import type { RouteWords } from "./route-set.ts";
import type { RuleWords } from "./rule-words.ts";
import { standardToolbox } from "./standard-toolbox.ts";

const toolbox = standardToolbox();

/** What the words of an operation or a question mean again; its namespace stands in front of them. */
function again(command: Operation | Question): unknown {
  const line = toolbox.print(command);
  const words = [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map((m) => m[0].replaceAll("'", ""));
  const [name = "", ...args] = words;
  return toolbox.tools.get(name)!.parse(args, toolbox)[0];
}

function keepsItsMeaning<T extends Operation | Question>(kind: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(kind, (command) => {
      expect(again(command)).toEqual(command);
    }),
  );
}

const word = fc.stringMatching(/^[a-z][a-z0-9]{1,7}$/);
const dev = fc.constantFrom("eth0", "br0", "vx-lan0", "a.5");
const address = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  .map((groups) => groups.join("."));
const prefix = fc.oneof(
  fc.constant("default"),
  address,
  fc.tuple(address, fc.integer({ min: 1, max: 31 })).map(([a, n]) => `${a}/${n}`),
);
const uint32 = fc.nat(0xffffffff);
const table = fc.oneof(
  fc.constantFrom("main", "local", "default"),
  fc.integer({ min: 1, max: 252 }).map(String),
);
const protocol = fc.oneof(
  fc.constantFrom("kernel", "static", "bird"),
  fc.integer({ min: 200, max: 255 }).map(String),
);
const scope = fc.oneof(
  fc.constantFrom("global", "site", "link", "host"),
  fc.integer({ min: 1, max: 199 }).map(String),
);

/** Some of the members, never as undefined. */
function some<T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(members, { requiredKeys: [] }) as unknown as fc.Arbitrary<Partial<T>>;
}

const yes = fc.constant(true as const);
const route = fc
  .tuple(
    prefix,
    some<Omit<RouteWords, "dst" | "mtuLock">>({
      type: fc.constantFrom("unicast", "local", "broadcast", "multicast", "blackhole", "throw"),
      tos: fc.nat(255),
      via: address,
      dev,
      table,
      protocol,
      scope,
      src: address,
      metric: uint32,
      mtu: uint32,
      advmss: uint32,
      onlink: yes,
    }),
    fc.boolean(),
  )
  .map(
    ([dst, rest, lock]) =>
      ({ dst, ...rest, ...(lock && rest.mtu !== undefined ? { mtuLock: true } : {}) }) as RouteWords,
  );
const rule = fc
  .tuple(
    some<Omit<RuleWords, "fwmask">>({
      not: yes,
      from: prefix,
      to: prefix,
      tos: fc.nat(255),
      fwmark: uint32,
      iif: dev,
      oif: dev,
      priority: uint32,
      protocol,
      table,
      suppressPrefixLength: fc.nat(32),
      action: fc.constantFrom("blackhole", "unreachable", "prohibit", "nop"),
    }),
    uint32,
  )
  .map(([rest, mask]) => (rest.fwmark === undefined ? rest : { ...rest, fwmask: mask }) as RuleWords)
  .filter((words) => Object.keys(words).length > 0);

const percent = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 1000);
const chance = fc.oneof(
  percent.map((p) => ({ percent: p })),
  fc.record({ percent, correlation: percent }),
);
const micros = fc.nat(270_000_000);
const delay = fc.oneof(
  micros.map((time) => ({ time: time + 1 })),
  fc.record({ time: micros.map((n) => n + 1), jitter: micros.map((n) => n + 1) }),
  fc.record({ time: micros.map((n) => n + 1), jitter: micros.map((n) => n + 1), correlation: percent }),
);
const netem = fc
  .tuple(
    fc.record(
      {
        limit: uint32,
        duplicate: chance,
        corrupt: chance,
        rate: fc.array(fc.nat(1e6), { minLength: 1, maxLength: 4 }),
      },
      { requiredKeys: [] },
    ),
    fc.record({ delay }, { requiredKeys: [] }),
    fc.oneof(
      fc.constant({}),
      chance.map((loss) => ({ loss })),
      chance.map((loss) => ({ loss, ecn: true as const })),
      fc.array(percent, { minLength: 1, maxLength: 5 }).map((lossState) => ({ lossState })),
      fc.array(percent, { minLength: 1, maxLength: 4 }).map((lossGemodel) => ({ lossGemodel })),
    ),
    fc.record({
      reorder: fc.record({ percent: percent.filter((p) => p > 0) }),
      gap: fc.integer({ min: 1, max: 9 }),
    }),
    fc.constantFrom("normal" as const, "pareto" as const, null),
  )
  .map(([plain, late, losses, reorder, distribution]) => ({
    kind: "netem" as const,
    ...plain,
    ...late,
    ...losses,
    ...(late.delay === undefined ? {} : reorder),
    ...(distribution !== null && late.delay !== undefined && "jitter" in late.delay ? { distribution } : {}),
  }));

test("ip route: parse, print, parse", () => {
  const verb = fc.constantFrom("add", "replace", "change", "append", "prepend", "test");
  keepsItsMeaning(
    fc.tuple(verb, route).map(([verb, words]) => ({ op: "route-set" as const, verb, ...words }) as Operation),
  );
  keepsItsMeaning(route.map((words) => ({ op: "route-del" as const, ...words }) as Operation));
  const filter = some({
    table: fc.constantFrom("local", "all", "cache", "7"),
    metric: uint32,
    protocol,
    scope,
    dev,
    via: address,
    root: prefix,
    match: prefix,
  });
  keepsItsMeaning(filter.map((words) => ({ ask: "route-show" as const, ...words }) as Question));
  keepsItsMeaning(
    fc
      .tuple(
        address,
        some({ from: address, iif: dev, oif: dev, mark: uint32, tos: fc.nat(255), fibmatch: yes }),
      )
      .map(([dst, words]) => ({ ask: "route-get" as const, dst, ...words }) as Question),
  );
});

test("ip rule: parse, print, parse", () => {
  keepsItsMeaning(rule.map((words) => ({ op: "rule-add" as const, ...words }) as Operation));
  keepsItsMeaning(rule.map((words) => ({ op: "rule-del" as const, ...words }) as Operation));
  const jump = fc.tuple(rule, uint32).map(([{ action: _action, ...words }, goto]) => ({ ...words, goto }));
  keepsItsMeaning(jump.map((words) => ({ op: "rule-add" as const, ...words }) as Operation));
  keepsItsMeaning(
    rule.map(({ action: _action, goto: _goto, suppressPrefixLength: _length, ...words }) => ({
      ask: "rule-show" as const,
      ...words,
      netns: "blue",
    })),
  );
});

test("tc qdisc: parse, print, parse", () => {
  const qdisc = fc.oneof(
    netem,
    fc.constant({ kind: "pfifo" as const }),
    fc.record({ kind: fc.constant("bfifo" as const), limit: uint32 }),
    fc.record({
      kind: fc.constant("tbf" as const),
      rate: fc.nat(1e9).map((n) => n + 1),
      burst: fc.nat(1e6).map((n) => n + 1),
      latency: micros.map((n) => n + 1),
    }),
    fc.constant({ kind: "noqueue" as const }),
    word.map((name) => ({ kind: "unknown" as const, name: `x${name}q` })),
  );
  keepsItsMeaning(
    fc
      .tuple(
        fc.constantFrom("add", "change", "replace", "link"),
        dev,
        some({
          handle: fc.nat(0xffff),
          parent: fc.oneof(
            fc.constant("root" as const),
            uint32.map((classid) => ({ classid })),
          ),
          qdisc,
        }),
      )
      .map(([verb, dev, rest]) => ({ op: "qdisc-set" as const, verb, dev, ...rest }) as Operation),
  );
  keepsItsMeaning(
    fc.record({
      op: fc.constant("qdisc-del" as const),
      dev,
      parent: fc.constant("root" as const),
      netns: word,
    }),
  );
});

test("sysctl: parse, print, parse", () => {
  const path = fc.constantFrom(
    "net/ipv4/ip_forward",
    "net/ipv4/conf/eth0.5/rp_filter",
    "net/ipv4/conf/all/arp_ignore",
  );
  const value = fc.oneof(fc.nat().map(String), fc.constant("1024 65000"));
  keepsItsMeaning(
    fc
      .tuple(
        fc.array(fc.tuple(path, value), { minLength: 1 }),
        some({ quiet: yes, ignore: yes, only: fc.constantFrom("values", "binary") }),
      )
      .map(([settings, rest]) => ({ op: "sysctl-set" as const, settings, ...rest }) as Operation),
  );
});
