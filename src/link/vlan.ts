import type { DeviceChange, DeviceDriver, DeviceListener, RxHandler } from "../net/device-driver.ts";
import { type DeviceOptions, DeviceSpec, withCarrierOf } from "../net/device-spec.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";

/** The VLAN devices of a device: they get the frames that are tagged for them before anybody else does (vlan_group). */
class VlanPort implements RxHandler, DeviceListener {
  readonly lower: NetDevice;
  readonly vlans: Map<number, Vlan> = new Map();

  private constructor(lower: NetDevice) {
    this.lower = lower;
  }

  static of(lower: NetDevice): VlanPort {
    if (lower.vlans instanceof VlanPort) return lower.vlans;
    const port = new VlanPort(lower);
    lower.vlans = port;
    lower.listen(port);
    return port;
  }

  remove(vlan: Vlan): void {
    this.vlans.delete(vlan.id);
    if (this.vlans.size > 0) return;
    this.lower.vlans = null;
    this.lower.unlisten(this);
  }

  /** A tagged frame came in by the lower device (vlan_do_receive); one of a VLAN that is not here is for somebody else. */
  receive(lower: NetDevice, packet: Packet): void {
    const vlan = this.vlans.get(ethernet.vlanId(packet.view, packet.at));
    if (vlan === undefined) lower.drop(packet, Verdict.OTHERHOST);
    else vlan.receive(packet);
  }

  deviceChanged(lower: NetDevice, change: DeviceChange): void {
    const devices = [...this.vlans.values()].map(({ device }) => device);
    for (const device of devices) {
      if (change === "up" || change === "down") device.setUp(lower.up);
      else if (change === "carrier") device.setCarrier(lower.carrier);
      else if (change === "mtu" && device.mtu > lower.mtu) device.setMtu(lower.mtu);
    }
    if (change === "removed") for (const device of devices.reverse()) device.ns.removeDevice(device);
  }
}

/**
 * A device that is one VLAN of the device below: what it sends leaves with an 802.1Q tag, and what comes in there with
 * that tag is its.
 *
 * In:  `transmit` from the stack; tagged frames of the lower device.   Out: the lower device.
 * Linux: net/8021q/vlan_dev.c, vlan_core.c.
 */
class Vlan implements DeviceDriver {
  readonly kind = "vlan";
  readonly minMtu = 0;
  readonly id: number;
  readonly port: VlanPort;
  device!: NetDevice;

  constructor(port: VlanPort, id: number) {
    this.port = port;
    this.id = id;
  }

  transmit(device: NetDevice, packet: Packet): void {
    device.counters.transmitted(packet.length, null);
    packet.at = ethernet.pushTag(packet.view, packet.at, this.id);
    packet.length += ethernet.TAG_LEN;
    this.port.lower.transmit(packet);
  }

  /** The kernel counts what comes in without its Ethernet header. */
  receive(packet: Packet): void {
    const { device } = this;
    packet.at = ethernet.popTag(packet.view, packet.at);
    packet.length -= ethernet.TAG_LEN;
    device.counters.received(packet.length - ethernet.HEADER_LEN, null);
    packet.device = device;
    device.receive(packet);
  }

  /** @throws {KernelError} ENETDOWN while the lower device is down */
  open(): void {
    if (!this.port.lower.up) throw new KernelError("ENETDOWN");
  }

  /** @throws {KernelError} ERANGE for more than the lower device's */
  checkMtu(_device: NetDevice, mtu: number): void {
    if (mtu > this.port.lower.mtu) throw new KernelError("ERANGE");
  }

  changed(_device: NetDevice, change: DeviceChange): void {
    if (change === "removed") this.port.remove(this);
  }

  speed(): number | null {
    return this.port.lower.driver.speed?.() ?? null;
  }

  link(): NetDevice {
    return this.port.lower;
  }
}

/**
 * `ip link add NAME link LOWER type vlan id ID`. It has the lower device's address unless it is given one.
 * @throws {KernelError} EEXIST; EOPNOTSUPP on loopback; EINVAL for an MTU beyond the lower device's.
 */
export function addVlan(
  ns: NetworkNamespace,
  name: string,
  lower: NetDevice,
  id: number,
  options: DeviceOptions = {},
): NetDevice {
  if (lower.loopback) throw new KernelError("EOPNOTSUPP", "8021q: VLANs not supported on device");
  if (ns.device(name) !== null) throw new KernelError("EEXIST");
  const mtu = options.mtu ?? lower.mtu;
  if (mtu > lower.mtu) throw new KernelError("EINVAL");
  const port = VlanPort.of(lower);
  if (port.vlans.has(id)) throw new KernelError("EEXIST", "8021q: VLAN device already exists");
  const driver = new Vlan(port, id);
  const mac = options.mac ?? { hi: lower.macHi, lo: lower.macLo };
  const device = ns.addDevice(name, driver, new DeviceSpec({ ...options, mtu, mac }, withCarrierOf(lower)));
  driver.device = device;
  port.vlans.set(id, driver);
  return device;
}

/** The VLAN that a device is of, or null. */
export function vlanIdOf(device: NetDevice): number | null {
  return device.driver instanceof Vlan ? device.driver.id : null;
}
