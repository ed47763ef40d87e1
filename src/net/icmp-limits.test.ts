import { expect, test } from "vitest";
import { SECOND } from "../sim/time.ts";
import { World } from "../sim/world.ts";
import * as icmp from "../wire/icmp.ts";
import { Host } from "./host.ts";
import { IcmpLimits } from "./icmp-limits.ts";
import { Kernel } from "./kernel.ts";

const PORT_UNREACHABLE = [icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE] as const;

function limitsOfHost(): { readonly host: Host; readonly limits: IcmpLimits; wait(seconds: number): void } {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "a");
  const wait = (seconds: number): void => world.advance(seconds * SECOND);
  return { host, limits: new IcmpLimits(host.root), wait };
}

/** How many of so many attempts at one instant are allowed. */
function allowed(attempts: number, ask: () => boolean): number {
  let count = 0;
  for (let i = 0; i < attempts; i++) if (ask()) count++;
  return count;
}

test("one far end gets six errors at once and one a second from then on (as counted on Linux 6.18)", () => {
  const { limits, wait } = limitsOfHost();
  const errorsTo = (dst: number): number => allowed(20, () => limits.allow(dst, ...PORT_UNREACHABLE));
  expect(errorsTo(1)).toBe(6);
  expect(errorsTo(1)).toBe(0);
  // The next far end has its own.
  expect(errorsTo(2)).toBe(6);
  wait(2.5);
  expect(errorsTo(1)).toBe(2);
  wait(0.5);
  expect(errorsTo(1)).toBe(1);
  wait(60);
  expect(errorsTo(1)).toBe(6);
});

test("a route that says no says so five times at once, whatever icmp_ratelimit is", () => {
  const { host, limits, wait } = limitsOfHost();
  host.root.ipv4 = host.root.ipv4.with({ icmp_ratelimit: 0 });
  expect(allowed(20, () => limits.allowRouteError(1))).toBe(5);
  wait(2);
  expect(allowed(20, () => limits.allowRouteError(1))).toBe(2);
});

test("all far ends together get icmp_msgs_burst errors at once; each costs nought to two", () => {
  const { host, limits, wait } = limitsOfHost();
  const mean = (burst: number): number => {
    host.root.ipv4 = host.root.ipv4.with({ icmp_msgs_burst: burst });
    let count = 0;
    for (let i = 0; i < 400; i++) {
      wait(1);
      count += allowed(200, () => limits.allowGlobally(...PORT_UNREACHABLE));
    }
    return count / 400;
  };
  // The last one may cost more than there is left: a third more on the average.
  expect(Math.abs(mean(50) - 50.3)).toBeLessThan(0.5);
  expect(Math.abs(mean(10) - 10.3)).toBeLessThan(0.5);
});

test("the credit of all far ends together comes back at icmp_msgs_per_sec", () => {
  const { host, limits, wait } = limitsOfHost();
  host.root.ipv4 = host.root.ipv4.with({ icmp_msgs_burst: 1000 });
  wait(1);
  allowed(5000, () => limits.allowGlobally(...PORT_UNREACHABLE));
  let count = 0;
  for (let i = 0; i < 400; i++) {
    wait(0.02);
    count += allowed(200, () => limits.allowGlobally(...PORT_UNREACHABLE));
  }
  expect(Math.abs(count / 400 - 20)).toBeLessThan(0.7);
  // Within 20 milliseconds nothing comes back.
  wait(0.019);
  expect(allowed(20, () => limits.allowGlobally(...PORT_UNREACHABLE))).toBe(0);
});

test("what does not count is never held back: fragmentation needed, and types that icmp_ratemask leaves out", () => {
  const { limits } = limitsOfHost();
  const needed = [icmp.DESTINATION_UNREACHABLE, icmp.FRAGMENTATION_NEEDED] as const;
  expect(allowed(500, () => limits.allowGlobally(...needed) && limits.allow(1, ...needed))).toBe(500);
  expect(allowed(500, () => limits.allow(1, icmp.ECHO_REPLY, 0))).toBe(500);
});
