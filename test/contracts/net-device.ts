import { describe, expect, test } from "vitest";
import { balance, endedTwice } from "../../src/capture/conservation.ts";
import { Recorder } from "../../src/capture/recorder.ts";
import type { Host } from "../../src/net/host.ts";
import { KernelError } from "../../src/net/kernel-error.ts";
import type { NetDevice } from "../../src/net/net-device.ts";
import * as mac from "../../src/wire/mac.ts";
import { macNumbered, sendFrame, Watch } from "../helpers/stations.ts";

/** A device to try, up and with a carrier. */
export interface DeviceRig {
  /** The host of the device. */
  readonly host: Host;
  readonly device: NetDevice;
  /** Frames to `stationMac` that the device sends arrive here; null when they arrive nowhere. */
  readonly station: NetDevice | null;
  readonly stationMac: mac.Mac;
  /** False when the device cannot leave its namespace. */
  readonly movable: boolean;
  /** Bytes of each frame that the device's own counters leave out; 0 when absent. */
  readonly uncounted?: number;
  /** How long frames may be under way, in nanoseconds; 0 when nothing takes time. */
  readonly delay?: number;
}

const BURST = 20;

/**
 * What every device promises, whatever its kind: frames that it is given end exactly once, counters say what passed, a
 * device that is down or gone passes nothing, and neighbours never see half of a change.
 */
export function netDeviceContract(name: string, make: () => DeviceRig): void {
  const source = macNumbered(0x777);

  /** Runs what is left and checks that nothing vanished and nothing ended twice. */
  function settled(rig: DeviceRig, recorder: Recorder): void {
    rig.device.world.advance(rig.delay ?? 0);
    rig.device.world.settle();
    expect(balance(rig.device.world).problems).toEqual([]);
    expect(rig.device.world.pool.inUse).toBe(0);
    expect(endedTwice(recorder)).toEqual([]);
  }

  function start(): { rig: DeviceRig; recorder: Recorder } {
    const rig = make();
    rig.device.world.settle();
    expect(rig.device.running).toBe(true);
    const recorder = new Recorder(rig.device.world);
    rig.device.world.tap = recorder;
    return { rig, recorder };
  }

  function sendAllKinds(rig: DeviceRig): void {
    const { device } = rig;
    for (let i = 0; i < BURST; i++) {
      sendFrame(device, rig.stationMac, source);
      sendFrame(device, mac.BROADCAST, source);
      sendFrame(device, { hi: 0x0100, lo: 0x5e000005 }, source);
      sendFrame(device, macNumbered(0xdead), source);
      sendFrame(device, { hi: device.macHi, lo: device.macLo }, source);
      sendFrame(device, rig.stationMac, mac.ZERO);
      sendFrame(device, rig.stationMac, mac.BROADCAST);
      sendFrame(device, { hi: 0x0180, lo: 0xc200000e | 0 }, source);
    }
  }

  describe(`${name} keeps the contract of a NetDevice:`, () => {
    test("a frame given away ends exactly once, whatever kind it is", () => {
      const { rig, recorder } = start();
      sendAllKinds(rig);
      settled(rig, recorder);
      expect(recorder.length).toBeGreaterThan(BURST * 8);
    });

    test("counters say what passed, in frames and bytes, at both ends", () => {
      const { rig, recorder } = start();
      const { device, station } = rig;
      const watch = station === null ? null : new Watch(station);
      const before = device.counters.values();
      const there = (station ?? device).counters.values();
      for (let i = 0; i < BURST; i++) sendFrame(device, rig.stationMac, source, i, 100);
      settled(rig, recorder);
      expect(device.counters.txPackets - before.txPackets).toBe(BURST);
      expect(device.counters.txBytes - before.txBytes).toBe(BURST * (100 - (rig.uncounted ?? 0)));
      if (station === null || watch === null) return;
      expect(watch.arrived()).toEqual(Array.from({ length: BURST }, (_, i) => i));
      expect(station.counters.rxPackets - there.rxPackets).toBe(BURST);
      expect(station.counters.rxBytes - there.rxBytes).toBe(BURST * (100 - (rig.uncounted ?? 0)));
    });

    test("a device that is down sends and counts nothing", () => {
      const { rig, recorder } = start();
      rig.device.setUp(false);
      const before = rig.device.counters.values();
      const watch = rig.station === null ? null : new Watch(rig.station);
      sendAllKinds(rig);
      settled(rig, recorder);
      expect(rig.device.counters.values()).toEqual(before);
      expect(watch?.arrived() ?? []).toEqual([]);
    });

    test("what goes down comes up again and works as before", () => {
      const { rig, recorder } = start();
      rig.device.setUp(false);
      rig.device.setUp(true);
      rig.device.world.settle();
      expect(rig.device.running).toBe(true);
      const watch = rig.station === null ? null : new Watch(rig.station);
      sendFrame(rig.device, rig.stationMac, source, 7);
      settled(rig, recorder);
      if (watch !== null) expect(watch.arrived()).toEqual([7]);
    });

    test("it goes down while frames are under way", () => {
      const { rig, recorder } = start();
      sendAllKinds(rig);
      rig.device.setUp(false);
      settled(rig, recorder);
    });

    test("it is removed while frames are under way; nothing of it is left", () => {
      const { rig, recorder } = start();
      const { device, host } = rig;
      const ns = device.ns;
      sendAllKinds(rig);
      ns.removeDevice(device);
      settled(rig, recorder);
      expect(ns.device(device.name)).toBe(null);
      expect(device.removed).toBe(true);
      sendFrame(device, rig.stationMac, source);
      device.receive(device.world.pool.allocate(60, null));
      settled(rig, recorder);
      for (const other of [host.root, ...host.namespaces.values()].flatMap((each) => each.devices)) {
        expect(other.master).not.toBe(device);
        expect(other.peer).not.toBe(device);
        expect(other.driver.link(other)).not.toBe(device);
      }
    });

    test("its namespace goes away while frames are under way", () => {
      const { rig, recorder } = start();
      const ns = rig.device.ns;
      sendAllKinds(rig);
      if (ns.name === "") ns.destroy();
      else rig.host.removeNamespace(ns.name);
      settled(rig, recorder);
      expect(ns.devices).toEqual([]);
    });

    test("its MTU has bounds, and all hear of a change", () => {
      const { rig } = start();
      const { device } = rig;
      const heard: string[] = [];
      device.listen({ deviceChanged: (_, change) => heard.push(change) });
      if (device.minMtu > 0)
        expect(() => device.setMtu(device.minMtu - 1)).toThrow(
          new KernelError("EINVAL", "mtu less than device minimum"),
        );
      if (device.maxMtu > 0)
        expect(() => device.setMtu(device.maxMtu + 1)).toThrow(
          new KernelError("EINVAL", "mtu greater than device maximum"),
        );
      expect(heard).toEqual([]);
      device.setMtu(1000);
      expect(device.mtu).toBe(1000);
      expect(heard).toEqual(["mtu"]);
    });

    test("it moves to another namespace with frames under way, or says that it cannot", () => {
      const { rig, recorder } = start();
      const { device, host } = rig;
      const old = device.ns;
      const elsewhere = host.addNamespace("elsewhere");
      sendAllKinds(rig);
      if (!rig.movable) {
        expect(() => old.moveDevice(device, elsewhere)).toThrow(
          new KernelError("EINVAL", "The interface netns is immutable"),
        );
        expect([device.ns, device.up]).toEqual([old, true]);
        settled(rig, recorder);
        return;
      }
      old.moveDevice(device, elsewhere);
      settled(rig, recorder);
      expect([device.up, device.ns, old.device(device.name)]).toEqual([false, elsewhere, null]);
      expect(elsewhere.device(device.name)).toBe(device);
      device.setUp(true);
      device.world.settle();
      const watch = rig.station === null ? null : new Watch(rig.station);
      sendFrame(device, rig.stationMac, source, 9);
      settled(rig, recorder);
      if (watch !== null) expect(watch.arrived()).toEqual([9]);
    });
  });
}
