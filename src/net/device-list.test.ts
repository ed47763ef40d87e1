import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { World } from "../sim/world.ts";
import type { DeviceDriver } from "./device-driver.ts";
import { DeviceSpec } from "./device-spec.ts";
import { Host } from "./host.ts";
import { Kernel } from "./kernel.ts";
import type { NetDevice } from "./net-device.ts";

const driver: DeviceDriver = { kind: "plain", transmit: () => {}, changed: () => {}, link: () => null };

test("devices stand in the order of their indices and are found by name, few or many", () => {
  const prng = new Prng(1);
  const ns = new Host(new World(1), new Kernel(), "h").root;
  let there: NetDevice[] = [ns.loopback];
  for (let step = 0; step < 1500; step++) {
    const wanted = 18 + 16 * Math.sin(step / 100);
    const name = `d${prng.below(60)}`;
    const ifindex = 2 + prng.below(60);
    const taken = there.some((device) => device.name === name || device.ifindex === ifindex);
    if (there.length < wanted && !taken) {
      there.push(ns.addDevice(name, driver, new DeviceSpec({ ifindex })));
      there.sort((a, b) => a.ifindex - b.ifindex);
    } else if (there.length > 1) {
      const device = there[1 + prng.below(there.length - 1)]!;
      if (!there.some((other) => other.name === name) && prng.chance(1, 2)) ns.renameDevice(device, name);
      else {
        ns.removeDevice(device);
        there = there.filter((other) => other !== device);
      }
    }
    expect(ns.devices.map((device) => device.ifindex)).toEqual(there.map((device) => device.ifindex));
    expect(ns.device(name)).toBe(there.find((device) => device.name === name) ?? null);
    expect(ns.deviceByIndex(ifindex)).toBe(there.find((device) => device.ifindex === ifindex) ?? null);
  }
});
