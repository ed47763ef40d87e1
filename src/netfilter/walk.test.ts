import fc from "fast-check";
import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { KernelError } from "../net/kernel-error.ts";
import { Hook, type XtInfo, XtVerdict } from "../net/xtables.ts";
import { World } from "../sim/world.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { netfilterOf } from "./netfilter.ts";
import { registerNetfilter } from "./register-netfilter.ts";
import { Rule, type XtNegation, type XtRule } from "./rule.ts";

/** A packet in words. */
interface Words {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly sport: number;
  readonly dport: number;
  readonly ttl: number;
  readonly length: number;
}

const addresses = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "192.168.0.1"];
const prefixes = [
  "10.0.0.0/8",
  "10.0.0.0/24",
  "10.0.0.1/32",
  "192.168.0.0/16",
  "0.0.0.0/0",
  "10.0.0.1/255.0.0.255",
];
const ports = [53, 80, 1000];
const chains = ["a", "b", "c", "d"];

const packet: fc.Arbitrary<Words> = fc.record({
  src: fc.constantFrom(...addresses),
  dst: fc.constantFrom(...addresses),
  protocol: fc.constantFrom(6, 17),
  sport: fc.constantFrom(...ports),
  dport: fc.constantFrom(...ports),
  ttl: fc.constantFrom(1, 64, 65),
  length: fc.constantFrom(40, 60, 100),
});

const match = fc.oneof(
  fc.record({
    name: fc.constant("ttl"),
    mode: fc.constantFrom("eq", "ne", "lt", "gt"),
    ttl: fc.constantFrom(1, 64),
  }),
  fc.record({ name: fc.constant("length"), min: fc.constantFrom(40, 60), max: fc.constantFrom(59, 60, 100) }),
  fc.record({ name: fc.constant("mark"), mark: fc.nat(3), mask: fc.constantFrom(1, 3, 0xffffffff) }),
) as fc.Arbitrary<XtInfo>;

const target = fc.option(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(...chains, "ACCEPT", "DROP", "RETURN").map((name) => ({ name })),
    },
    { weight: 1, arbitrary: fc.nat(3).map((mark) => ({ name: "MARK", mark, mask: 3 }) as XtInfo) },
  ),
  { nil: undefined },
);

const rule: fc.Arbitrary<XtRule> = fc
  .record(
    {
      source: fc.constantFrom(...prefixes),
      destination: fc.constantFrom(...prefixes),
      in: fc.constantFrom("lo", "l+", "eth0", "+"),
      protocol: fc.constantFrom(6, 17),
      not: fc.subarray<XtNegation>(["source", "destination", "in", "protocol"]),
      matches: fc.array(match, { minLength: 1, maxLength: 2 }),
      target,
      goto: fc.constant(true as const),
    },
    { requiredKeys: [] },
  )
  .map(({ goto: goes, target: to, not, ...rest }) => ({
    ...rest,
    ...(not === undefined ? {} : { not: not.filter((negation) => rest[negation as "source"] !== undefined) }),
    ...(to === undefined ? {} : { target: to }),
    ...(goes === true && to !== undefined && chains.includes(to.name) ? { goto: goes } : {}),
  }));

const ruleSet = fc.record({
  INPUT: fc.array(rule, { maxLength: 8 }),
  a: fc.array(rule, { maxLength: 4 }),
  b: fc.array(rule, { maxLength: 4 }),
  c: fc.array(rule, { maxLength: 4 }),
  d: fc.array(rule, { maxLength: 4 }),
});
type RuleSetValue = typeof ruleSet extends fc.Arbitrary<infer T> ? T : never;

/** The other walker: recursive, over the values themselves, with addresses as bits in text. */
class DumbWalker {
  readonly #rules: RuleSetValue;
  readonly #policy: string;
  mark = 0;
  /** `chain/number` of each rule that matched. */
  readonly counted: string[] = [];

  constructor(rules: RuleSetValue, policy: string) {
    this.#rules = rules;
    this.#policy = policy;
  }

  walk(words: Words): string {
    return this.#chain("INPUT", words) ?? this.#policy;
  }

  /** ACCEPT or DROP, or null when the chain ends or returns. */
  #chain(name: string, words: Words): string | null {
    const rules = this.#rules[name as keyof RuleSetValue];
    for (const [i, value] of rules.entries()) {
      if (!this.#matches(value, words)) continue;
      this.counted.push(`${name}/${i}`);
      const to = value.target;
      if (to === undefined) continue;
      if (to.name === "RETURN") return null;
      if (to.name === "ACCEPT" || to.name === "DROP") return to.name;
      if (to.name === "MARK") {
        const { mark, mask } = to as XtInfo & { mark: number; mask: number };
        this.mark = (this.mark & ~mask) ^ mark;
        continue;
      }
      const verdict = this.#chain(to.name, words);
      if (verdict !== null || value.goto === true) return verdict;
    }
    return null;
  }

  #matches(value: XtRule, words: Words): boolean {
    const turned = (negation: XtNegation, yes: boolean): boolean =>
      yes !== (value.not?.includes(negation) === true);
    if (value.source !== undefined && !turned("source", inPrefix(words.src, value.source))) return false;
    if (value.destination !== undefined && !turned("destination", inPrefix(words.dst, value.destination)))
      return false;
    if (value.protocol !== undefined && !turned("protocol", value.protocol === words.protocol)) return false;
    if (value.in !== undefined) {
      const yes = value.in.endsWith("+") ? "lo".startsWith(value.in.slice(0, -1)) : value.in === "lo";
      if (!turned("in", yes)) return false;
    }
    return (value.matches ?? []).every((info) => this.#holds(info as never, words));
  }

  #holds(info: { name: string } & Record<string, never>, words: Words): boolean {
    const { mode, ttl, min, max, mark, mask } = info as unknown as Record<string, number>;
    switch (info.name) {
      case "ttl":
        return { eq: words.ttl === ttl, ne: words.ttl !== ttl, lt: words.ttl < ttl!, gt: words.ttl > ttl! }[
          mode as unknown as "eq"
        ];
      case "length":
        return words.length >= min! && words.length <= max!;
      default:
        return (this.mark & mask!) >>> 0 === mark!;
    }
  }
}

function bits(text: string): string {
  return text
    .split(".")
    .map((byte) => Number(byte).toString(2).padStart(8, "0"))
    .join("");
}

function inPrefix(address: string, prefix: string): boolean {
  const [base = "", mask = ""] = prefix.split("/");
  const ones = mask.includes(".") ? bits(mask) : "1".repeat(Number(mask)).padEnd(32, "0");
  return [...ones].every((one, i) => one === "0" || bits(address)[i] === bits(base)[i]);
}

test("random rule sets and packets: the walk agrees with a deliberately dumb walker", () => {
  let walked = 0;
  fc.assert(
    fc.property(
      ruleSet,
      fc.constantFrom("ACCEPT", "DROP"),
      fc.array(packet, { minLength: 1, maxLength: 6 }),
      (rules, policy, packets) => {
        const kernel = new Kernel();
        registerNetfilter(kernel);
        const world = new World(1);
        const ns = new Host(world, kernel, "h").root;
        const table = netfilterOf(ns).table("filter");
        const draft = table.edit();
        for (const name of chains) draft.addChain(name);
        const made = new Map<Rule, string>();
        for (const [name, values] of Object.entries(rules))
          values.forEach((value, i) => {
            const one = new Rule(value, `${name}/${i}`);
            made.set(one, `${name}/${i}`);
            draft.append(name, one);
          });
        draft.setPolicy("INPUT", policy as "ACCEPT");
        try {
          table.commit(draft);
        } catch (error) {
          // Rules that lead round in a circle are refused.
          expect(error).toEqual(new KernelError("ELOOP"));
          return;
        }
        const counts = new Map<string, number>();
        for (const words of packets) {
          const real = world.pool.allocate(words.length, null);
          real.networkAt = real.at;
          const { view, at } = real;
          ipv4.write(
            view,
            at,
            0,
            words.length,
            1,
            0,
            words.ttl,
            words.protocol,
            ip.parse(words.src)!,
            ip.parse(words.dst)!,
          );
          view.setUint16(at + 20, words.sport);
          view.setUint16(at + 22, words.dport);
          const dumb = new DumbWalker(rules, policy);
          const expected = dumb.walk(words);
          for (const name of dumb.counted) counts.set(name, (counts.get(name) ?? 0) + 1);
          const verdict = table.walk(Hook.input, real, ns.loopback, null);
          expect(verdict).toBe(expected === "ACCEPT" ? XtVerdict.accept : XtVerdict.drop);
          expect(real.mark).toBe(dumb.mark);
          world.pool.release(real);
          walked++;
        }
        for (const chain of table.chains.values())
          for (const one of chain.rules) expect(one.packets, one.text).toBe(counts.get(made.get(one)!) ?? 0);
      },
    ),
    { numRuns: 400 },
  );
  expect(walked).toBeGreaterThan(200);
});
