import { expect, test } from "vitest";
import { addMacvlan, type MacvlanMode, macvlanOf } from "../src/link/macvlan.ts";
import { addVeth } from "../src/link/veth.ts";
import { Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import { World } from "../src/sim/world.ts";
import { BROADCAST } from "../src/wire/mac.ts";
import { macNumbered, sendFrame, Watch } from "./helpers/stations.ts";

// The expectations are what the same devices did on Linux 6.18.

const LOWER = 0x100;
const OUTSIDE = 0x101;

/** `e0` with macvlans 1, 2 ... of those modes, each in a namespace of its own; `w0` is the wire's other end. */
function rig(...modes: MacvlanMode[]) {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "h");
  const mac = macNumbered(OUTSIDE);
  const lower = addVeth(host.root, "e0", { mac: macNumbered(LOWER) }, host.addNamespace("o"), "w0", { mac });
  lower.setUp(true);
  lower.peer!.setUp(true);
  const macvlans = modes.map((mode, i) => {
    const ns = host.addNamespace(`m${i + 1}`);
    const device = addMacvlan(ns, `mv${i + 1}`, lower, mode, { mac: macNumbered(i + 1) });
    device.setUp(true);
    return device;
  });
  const devices: Record<string, NetDevice> = { e0: lower, w0: lower.peer! };
  for (const device of macvlans) devices[device.name] = device;
  /** Where a frame comes in. */
  const reaches = (from: NetDevice, dst: { hi: number; lo: number }): string[] => {
    const watches = Object.entries(devices).map(([name, device]) => [name, new Watch(device)] as const);
    sendFrame(from, dst, { hi: from.macHi, lo: from.macLo }, 1, 42);
    world.settle();
    expect(world.pool.inUse).toBe(0);
    return watches.flatMap(([name, watch]) => watch.arrived().map(() => name));
  };
  return { world, host, lower, macvlans, reaches };
}

test("macvlans in bridge mode reach each other past the lower device's capture, private ones only the outside", () => {
  const { lower, macvlans, reaches } = rig("bridge", "bridge", "private");
  const [m1, , m3] = macvlans as [NetDevice, NetDevice, NetDevice];
  expect(reaches(m1, macNumbered(2))).toEqual(["e0", "mv2"]);
  expect(reaches(m1, macNumbered(3))).toEqual(["w0"]);
  expect(reaches(m3, macNumbered(1))).toEqual(["w0"]);
  expect(reaches(m1, BROADCAST)).toEqual(["w0", "mv2"]);
  expect(reaches(m3, BROADCAST)).toEqual(["w0"]);
  expect(reaches(lower.peer!, macNumbered(3))).toEqual(["e0", "mv3"]);
  expect(reaches(lower.peer!, BROADCAST)).toEqual(["e0", "mv1", "mv2", "mv3"]);
});

test("the host and its macvlans never reach each other", () => {
  const { lower, macvlans, reaches } = rig("bridge", "private");
  expect(reaches(lower, macNumbered(1))).toEqual(["w0"]);
  expect(reaches(lower, BROADCAST)).toEqual(["w0"]);
  expect(reaches(macvlans[0]!, macNumbered(LOWER))).toEqual(["w0"]);
});

test("what the counters say: frames between macvlans are none of the lower device's", () => {
  const { lower, macvlans, reaches } = rig("bridge", "bridge");
  reaches(macvlans[0]!, macNumbered(2));
  reaches(macvlans[0]!, BROADCAST);
  reaches(lower.peer!, BROADCAST);
  const counts = (device: NetDevice): number[] => [
    device.counters.rxPackets,
    device.counters.rxBytes,
    device.counters.multicast,
  ];
  expect(counts(lower)).toEqual([1, 42, 0]);
  expect(counts(macvlans[1]!)).toEqual([3, 42 + 56 + 42, 2]); // the header of a neighbour's broadcast counts twice
});

test("MTU and carrier follow the lower device; addresses are unique", () => {
  const { host, lower, macvlans } = rig("bridge", "bridge");
  const [m1, m2] = macvlans as [NetDevice, NetDevice];
  expect(() => m1.setMtu(1501)).toThrow(new KernelError("EINVAL"));
  m1.setMtu(1400);
  lower.setMtu(1300);
  expect([m1.mtu, m2.mtu]).toEqual([1300, 1300]);
  lower.setMtu(1500);
  expect([m1.mtu, m2.mtu]).toEqual([1300, 1300]);
  lower.peer!.setUp(false);
  expect([m1.up, m1.carrier]).toEqual([true, false]);
  lower.peer!.setUp(true);
  expect(m1.carrier).toBe(true);
  expect(lower.promiscuity).toBe(1);
  for (const taken of [2, LOWER])
    expect(() => m1.setMac(0x0200, taken)).toThrow(new KernelError("EADDRINUSE"));
  const third = addMacvlan(host.root, "mv3", m1, "bridge", { mac: macNumbered(2) });
  expect([third.mtu, third.driver.link(third)]).toEqual([1500, lower]);
  expect(() => third.setUp(true)).toThrow(new KernelError("EADDRINUSE"));
  expect(third.up).toBe(false);
  expect(() => addMacvlan(host.root, "mv4", lower, "passthru")).toThrow(new KernelError("EINVAL"));
  expect(() => addMacvlan(host.root, "mv4", host.root.loopback, "bridge")).toThrow(new KernelError("EINVAL"));
  host.root.removeDevice(lower);
  expect([m1, m2, third].map((device) => device.removed)).toEqual([true, true, true]);
});

test("the mode changes while it works, but not to or from passthru", () => {
  const { macvlans, reaches } = rig("vepa", "vepa");
  const [one, two] = macvlans as [NetDevice, NetDevice];
  const to = { hi: two.macHi, lo: two.macLo };
  expect(reaches(one, to)).toEqual(["w0"]);
  for (const device of macvlans) macvlanOf(device)!.setMode("bridge");
  expect(reaches(one, to)).toEqual(["e0", "mv2"]);
  expect(() => macvlanOf(one)!.setMode("passthru")).toThrow(KernelError);
});

test("without a carrier nothing is sent nor seen, and it is counted", () => {
  const { lower, macvlans, reaches } = rig("bridge", "bridge");
  const [one] = macvlans as [NetDevice];
  lower.setUp(false);
  expect(reaches(one, BROADCAST)).toEqual([]);
  expect(one.counters.txDropped).toBe(1);
});
