import type { DeviceDriver } from "../net/device-driver.ts";
import { DeviceSpec, WITHOUT_CARRIER } from "../net/device-spec.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import type { Mac } from "../wire/mac.ts";
import { Transmitter, type WireOptions } from "./transmitter.ts";

/** A wire that does nothing to a frame: its ends are each other's peers, and nothing of it is on the path. */
function isPlain(wire: WireOptions): boolean {
  return wire.delay === 0 && wire.rate === 0;
}

/** A network card: one end of a wire. Frames of a plain wire never come here (see {@link NetDevice.peer}). */
class Nic implements DeviceDriver {
  readonly kind = "nic";
  readonly keepsFrames = true;
  #far: Nic | null = null;
  #device: NetDevice | null = null;
  #transmitter: Transmitter | null = null;

  transmit(device: NetDevice, packet: Packet): void {
    const far = this.#far === null ? null : this.#far.#device!;
    if (far === null || !far.running) {
      device.counters.txDropped++;
      device.drop(packet, Verdict.NO_CARRIER);
      return;
    }
    this.#transmitter!.send(packet);
  }

  changed(device: NetDevice): void {
    // Each end's carrier is the other end's being up: what a switch port or a card sees.
    const far = this.#far === null ? null : this.#far.#device;
    if (far !== null) far.setCarrier(device.up && !device.removed);
    if (device.removed) this.unplug();
  }

  speed(): number {
    return 10_000;
  }

  link(): null {
    return null;
  }

  /** Lays a wire between two cards. */
  plug(far: Nic, wire: WireOptions): void {
    this.#far = far;
    far.#far = this;
    const here = this.#device!;
    const there = far.#device!;
    if (isPlain(wire)) {
      here.peer = there;
      there.peer = here;
    } else {
      this.#transmitter = new Transmitter(here, there, wire);
      far.#transmitter = new Transmitter(there, here, wire);
    }
    here.world.generation++;
    here.setCarrier(there.up);
    there.setCarrier(here.up);
  }

  /** Pulls the wire out; what is on it still arrives. */
  unplug(): void {
    const far = this.#far;
    if (far === null) return;
    this.#device!.world.generation++;
    for (const nic of [this, far]) {
      nic.#far = null;
      nic.#device!.peer = null;
      nic.#device!.setCarrier(false);
    }
  }

  /** Called once, by {@link addNic}. */
  attach(device: NetDevice): void {
    this.#device = device;
  }
}

/** Puts a card into a namespace, without a wire. */
export function addNic(ns: NetworkNamespace, name: string, mac: Mac, mtu: number): NetDevice {
  const nic = new Nic();
  const device = ns.addDevice(name, nic, new DeviceSpec({ mtu, mac }, WITHOUT_CARRIER));
  nic.attach(device);
  return device;
}

/** Lays a wire between two cards made by {@link addNic}. */
export function connect(a: NetDevice, b: NetDevice, wire: WireOptions): void {
  (a.driver as Nic).plug(b.driver as Nic, wire);
}
