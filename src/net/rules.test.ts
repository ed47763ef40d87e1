import { expect, test } from "vitest";
import { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import { Host } from "./host.ts";
import { Kernel } from "./kernel.ts";
import { addRule } from "./rule-change.ts";

test("goto jumps over the rules in between, and to nowhere it does not jump", () => {
  const ns = new Host(new World(1), new Kernel(), "a").root;
  const plain = { ...ns.fib.rules[1]!, protocol: "unspec" };
  const dst = ip.parse("10.1.1.1")!;
  const look = (): string => {
    return ns.fib.lookup(dst, 0, 0, 0, 0, 0) === null ? ns.fib.error : "found";
  };
  addRule(ns, { ...plain, priority: 10, action: "goto", target: 30, table: 0 }, "");
  addRule(ns, { ...plain, priority: 20, action: "prohibit", table: 0 }, "");
  expect(look()).toBe("EACCES");
  addRule(ns, { ...plain, priority: 30, action: "nop", table: 0 }, "");
  expect(look()).toBe("ENETUNREACH");
  addRule(ns, { ...plain, priority: 30, action: "blackhole", table: 0 }, "");
  expect(look()).toBe("EINVAL");
});
