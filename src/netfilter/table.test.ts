import { beforeEach, describe, expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { Hook, XtVerdict } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import { World } from "../sim/world.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { netfilterOf } from "./netfilter.ts";
import { registerNetfilter } from "./register-netfilter.ts";
import { Rule, type XtRule } from "./rule.ts";
import type { Table } from "./table.ts";

let ns: NetworkNamespace;
let filter: Table;

beforeEach(() => {
  const kernel = new Kernel();
  registerNetfilter(kernel);
  ns = new Host(new World(1), kernel, "h").root;
  filter = netfilterOf(ns).table("filter");
});

function add(chain: string, value: XtRule): Rule {
  const rule = new Rule(value, JSON.stringify(value));
  const draft = filter.edit();
  draft.append(chain, rule);
  filter.commit(draft);
  return rule;
}

function addChain(...names: readonly string[]): void {
  const draft = filter.edit();
  for (const name of names) draft.addChain(name);
  filter.commit(draft);
}

/** A UDP datagram of 40 bytes from 10.0.0.1:1000. */
function datagram(dst = "10.0.0.2", dport = 53): Packet {
  const packet = ns.world.pool.allocate(40, null);
  packet.networkAt = packet.at;
  ipv4.write(packet.view, packet.at, 0, 40, 1, 0, 64, 17, ip.parse("10.0.0.1")!, ip.parse(dst)!);
  packet.view.setUint16(packet.at + 20, 1000);
  packet.view.setUint16(packet.at + 22, dport);
  return packet;
}

function input(packet = datagram()): XtVerdict {
  return filter.walk(Hook.input, packet, ns.loopback, null);
}

describe("a table", () => {
  test("an empty chain's policy decides and counts", () => {
    expect(input()).toBe(XtVerdict.accept);
    const draft = filter.edit();
    draft.setPolicy("INPUT", "DROP");
    filter.commit(draft);
    expect(input()).toBe(XtVerdict.drop);
    const chain = filter.chains.get("INPUT")!;
    expect([chain.packets, chain.bytes]).toEqual([1, 40]);
    expect(ns.world.registry.get(filter.decidedBy)!.text).toBe("-t filter -P INPUT DROP");
  });

  test("the first rule that matches decides and is named", () => {
    add("INPUT", { destination: "10.0.1.0/24", target: { name: "DROP" } });
    const second = add("INPUT", { protocol: 17, source: "10.0.0.0/24", target: { name: "DROP" } });
    add("INPUT", { target: { name: "ACCEPT" } });
    expect(input()).toBe(XtVerdict.drop);
    expect(filter.decidedBy).toBe(second.ref);
    expect([...filter.chains.get("INPUT")!.rules].map((rule) => rule.packets)).toEqual([0, 1, 0]);
  });

  test("jump comes back, goto comes back to who called the caller, RETURN in a built-in chain asks the policy", () => {
    addChain("a", "b");
    add("INPUT", { target: { name: "a" } });
    const back = add("INPUT", { target: { name: "RETURN" } });
    add("INPUT", { target: { name: "DROP" } });
    add("a", { target: { name: "b" }, goto: true });
    const skipped = add("a", { target: { name: "DROP" } });
    const reached = add("b", {});
    expect(input()).toBe(XtVerdict.accept);
    expect(filter.chains.get("INPUT")!.packets).toBe(1);
    expect([back.packets, skipped.packets, reached.packets]).toEqual([1, 0, 1]);
  });

  test("negation, devices with + and fragments", () => {
    add("INPUT", { source: "10.0.0.0/24", in: "l+", not: ["source"], target: { name: "DROP" } });
    add("INPUT", { in: "lo", not: ["in"], target: { name: "DROP" } });
    add("INPUT", { protocol: 17, not: ["protocol"], target: { name: "DROP" } });
    add("INPUT", { fragment: true, target: { name: "DROP" } });
    expect(input()).toBe(XtVerdict.accept);
    add("INPUT", { in: "l+", fragment: true, not: ["fragment"], target: { name: "DROP" } });
    expect(input()).toBe(XtVerdict.drop);
  });

  test("a target changes the packet, a match asks for it, and state is kept for each rule", () => {
    add("INPUT", { target: { name: "MARK", mark: 6, mask: 0xffffffff } as never });
    add("INPUT", { matches: [{ name: "mark", mark: 2, mask: 2 } as never], target: { name: "DROP" } });
    const packet = datagram();
    expect(input(packet)).toBe(XtVerdict.drop);
    expect(packet.mark).toBe(6);
  });

  test("what cannot be is refused as a whole: circles, kinds that nobody knows, chains in use", () => {
    addChain("a", "b");
    add("a", { target: { name: "b" } });
    add("b", { target: { name: "a" } });
    expect(() => add("INPUT", { target: { name: "a" } })).toThrow(new KernelError("ELOOP"));
    expect(() => add("INPUT", { target: { name: "NOSUCH" } })).toThrow(new KernelError("ENOENT"));
    expect(() => add("INPUT", { matches: [{ name: "nosuch" }] })).toThrow(new KernelError("ENOENT"));
    expect(filter.chains.get("INPUT")!.rules).toEqual([]);
    expect(() => filter.edit().deleteChain("a")).toThrow(new KernelError("EMLINK"));
    expect(() => filter.edit().deleteChain("INPUT")).toThrow(new KernelError("EINVAL"));
    expect(() => filter.edit().addChain("a")).toThrow(new KernelError("EEXIST"));
    expect(() => netfilterOf(ns).table("nosuch")).toThrow(new KernelError("ENOENT"));
  });

  test("a chain that is renamed keeps its callers, its counters and its history", () => {
    addChain("a");
    const rule = add("a", {});
    add("INPUT", { target: { name: "a" } });
    input();
    const draft = filter.edit();
    draft.rename("a", "z", (chain, value) => `${chain} ${JSON.stringify(value)}`);
    filter.commit(draft);
    input();
    const [renamed] = filter.chains.get("z")!.rules;
    expect([renamed!.packets, renamed!.ref]).toEqual([2, rule.ref]);
    expect(ns.world.registry.get(rule.ref)!.history.map((event) => event.what)).toEqual(["made", "changed"]);
  });

  test("rules that go are written down, rules that stay keep their entry", () => {
    const first = add("INPUT", {});
    const second = add("INPUT", { protocol: 6 });
    const draft = filter.edit();
    draft.deleteAt("INPUT", 1);
    filter.commit(draft);
    const what = (rule: Rule): string => ns.world.registry.get(rule.ref)!.history.at(-1)!.what;
    expect([what(first), what(second)]).toEqual(["gone", "made"]);
  });
});
