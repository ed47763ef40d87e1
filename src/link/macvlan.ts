import type { DeviceChange, DeviceDriver } from "../net/device-driver.ts";
import { type DeviceOptions, DeviceSpec, withCarrierOf } from "../net/device-spec.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { scrub } from "../net/scrub.ts";
import type { Packet } from "../sim/packet.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";
import { MacvlanPort } from "./macvlan-port.ts";

/**
 * How the macvlans of one lower device see each other. `private`: not at all. `vepa`: only by way of the switch outside,
 * if it sends frames back. `bridge`: directly. `passthru`: there is one only, and it takes all frames.
 */
export const macvlanModes = ["private", "vepa", "bridge", "passthru"] as const;
export type MacvlanMode = (typeof macvlanModes)[number];

/**
 * A device with an address of its own on top of another one. The lower device's own stack and its macvlans never reach
 * each other: what either sends goes out on the wire.
 *
 * In:  `transmit` from the stack; frames of the lower device by its {@link MacvlanPort}.   Out: the lower device.
 * Linux: drivers/net/macvlan.c.
 */
export class Macvlan implements DeviceDriver {
  readonly kind = "macvlan";
  mode: MacvlanMode;
  /** How many broadcasts may wait for it, as `bcqueuelen` asks for. A port has the largest of its devices' (struct macvlan_port). */
  queueLength = 1000;
  readonly port: MacvlanPort;
  #device!: NetDevice;

  constructor(port: MacvlanPort, mode: MacvlanMode) {
    this.port = port;
    this.mode = mode;
  }

  get device(): NetDevice {
    return this.#device;
  }

  /** @throws {KernelError} EINVAL to or from passthru (macvlan_changelink) */
  setMode(mode: MacvlanMode): void {
    if ((mode === "passthru") !== (this.mode === "passthru")) throw new KernelError("EINVAL");
    this.mode = mode;
    this.#device.world.generation++;
  }

  /** Joins the driver and its device; called once, by {@link addMacvlan}. */
  attach(device: NetDevice): void {
    this.#device = device;
    this.port.add(this);
  }

  transmit(device: NetDevice, packet: Packet): void {
    const counters = device.counters;
    counters.transmitted(packet.length, null);
    const { port } = this;
    if (this.mode === "bridge") {
      const hi = ethernet.dstHi(packet.view, packet.at);
      const lo = ethernet.dstLo(packet.view, packet.at);
      if (mac.isMulticast(hi)) port.broadcast(packet, this, "bridge", true);
      else if (port.find(hi, lo)?.mode === "bridge" && port.lower.running) {
        if ((packet.connectionInfo | packet.mark) !== 0) scrub(packet, device.ns, port.lower.ns);
        port.lower.backlog(packet); // as if it had come in there, so that a capture on the lower device sees it
        return;
      }
    }
    port.lower.transmit(packet);
  }

  /** A frame for this device (the kernel counts it and has the stack look at it once more). */
  receive(packet: Packet): void {
    const device = this.#device;
    const counters = device.counters;
    counters.received(packet.length, null);
    packet.device = device;
    device.receive(packet);
  }

  /** @throws {KernelError} EADDRINUSE when the lower device or another macvlan has the address. */
  open(device: NetDevice): void {
    if (this.port.isBusy(device.macHi, device.macLo, this)) throw new KernelError("EADDRINUSE");
  }

  /** @throws {KernelError} EINVAL for more than the lower device's. */
  checkMtu(_device: NetDevice, mtu: number): void {
    if (mtu > this.port.lower.mtu) throw new KernelError("EINVAL");
  }

  /** @throws {KernelError} EADDRINUSE */
  checkMac(_device: NetDevice, hi: number, lo: number): void {
    if (this.port.isBusy(hi, lo, this)) throw new KernelError("EADDRINUSE");
  }

  changed(_device: NetDevice, change: DeviceChange): void {
    if (change === "removed") this.port.remove(this);
    else if (change === "up" || change === "down" || change === "address") this.port.refresh();
  }

  speed(): number | null {
    return this.port.lower.driver.speed?.() ?? null;
  }

  link(): NetDevice {
    return this.port.lower;
  }
}

/**
 * `ip link add NAME link LOWER type macvlan mode MODE`. On top of a macvlan it uses that one's lower device. The lower
 * device may be in another namespace.
 * @throws {KernelError} EEXIST; EINVAL on loopback, for a second device beside a passthru one, or for an MTU beyond the
 * lower device's; EBUSY when the lower device is a bridge's port.
 */
export function addMacvlan(
  ns: NetworkNamespace,
  name: string,
  lower: NetDevice,
  mode: MacvlanMode,
  options: DeviceOptions = {},
): NetDevice {
  const base = lower.driver instanceof Macvlan ? lower.driver.port.lower : lower;
  if (base.loopback) throw new KernelError("EINVAL");
  if (ns.device(name) !== null) throw new KernelError("EEXIST");
  const port = MacvlanPort.of(base);
  if (port.isPassthru || (mode === "passthru" && port.macvlans.length > 0)) throw new KernelError("EINVAL");
  const driver = new Macvlan(port, mode);
  const lowers = mode === "passthru" ? { mac: { hi: base.macHi, lo: base.macLo } } : {};
  const device = ns.addDevice(
    name,
    driver,
    new DeviceSpec({ mtu: base.mtu, ...lowers, ...options }, withCarrierOf(base)),
  );
  driver.attach(device);
  return device;
}

/** The macvlan that a device is, or null. */
export function macvlanOf(device: NetDevice): Macvlan | null {
  return device.driver instanceof Macvlan ? device.driver : null;
}
