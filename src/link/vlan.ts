import type { DeviceChange, DeviceDriver, DeviceListener, VlanReceiver } from "../net/device-driver.ts";
import { type DeviceOptions, DeviceSpec, likeLower } from "../net/device-spec.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";

/** The VLAN devices of a device, by their VLANs (struct vlan_info). */
class VlanPort implements VlanReceiver, DeviceListener {
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

  receive(packet: Packet): boolean {
    const vlan = this.vlans.get(ethernet.vlanId(packet.view, packet.at));
    if (vlan === undefined) return false;
    vlan.receive(packet);
    return true;
  }

  /** vlan_device_event */
  deviceChanged(lower: NetDevice, change: DeviceChange): void {
    const vlans = [...this.vlans.values()];
    if (change === "removed") vlans.reverse();
    for (const vlan of vlans) {
      const { device } = vlan;
      switch (change) {
        case "up":
        case "down":
          device.setUp(lower.up);
          break;
        case "carrier":
          device.setCarrier(lower.carrier);
          break;
        case "mtu":
          if (device.mtu > lower.mtu) device.setMtu(lower.mtu);
          break;
        case "address":
          if (device.up) vlan.inheritMac();
          break;
        case "removed":
          device.ns.removeDevice(device);
      }
    }
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
  /** Somebody chose the address, so that it no longer follows the lower device's. */
  #macSet: boolean;

  constructor(port: VlanPort, id: number, macSet: boolean) {
    this.port = port;
    this.id = id;
    this.#macSet = macSet;
  }

  transmit(device: NetDevice, packet: Packet): void {
    device.counters.transmitted(packet.length, null);
    packet.at = ethernet.pushTag(packet.view, packet.at, this.id);
    packet.length += ethernet.TAG_LEN;
    this.port.lower.transmit(packet);
  }

  /** The kernel counts what comes in without its Ethernet header, and nothing while the device is down. */
  receive(packet: Packet): void {
    const { device } = this;
    if (!device.up) {
      device.drop(packet, Verdict.DEV_READY, device.ref);
      return;
    }
    const { view } = packet;
    packet.at = ethernet.popTag(view, packet.at);
    packet.length -= ethernet.TAG_LEN;
    const { counters } = device;
    counters.received(packet.length - ethernet.HEADER_LEN, null);
    const hi = ethernet.dstHi(view, packet.at);
    if (mac.isMulticast(hi) && !mac.isBroadcast(hi, ethernet.dstLo(view, packet.at))) counters.multicast++;
    packet.device = device;
    device.receive(packet);
  }

  /** Takes over the lower device's address, unless it has one of its own (vlan_dev_inherit_address). */
  inheritMac(): void {
    if (this.#macSet) return;
    const { macHi, macLo } = this.port.lower;
    this.device.setMac(macHi, macLo);
    this.#macSet = false;
  }

  /** @throws {KernelError} ENETDOWN while the lower device is down */
  open(): void {
    if (!this.port.lower.up) throw new KernelError("ENETDOWN");
    this.inheritMac();
  }

  /** @throws {KernelError} ERANGE for more than the lower device's */
  checkMtu(_device: NetDevice, mtu: number): void {
    if (mtu > this.port.lower.mtu) throw new KernelError("ERANGE");
  }

  changed(_device: NetDevice, change: DeviceChange): void {
    if (change === "removed") this.port.remove(this);
    else if (change === "address") this.#macSet = true;
  }

  speed(): number | null {
    return this.port.lower.driver.speed?.() ?? null;
  }

  link(): NetDevice {
    return this.port.lower;
  }
}

/**
 * `ip link add NAME link LOWER type vlan id ID`. It has the lower device's flags and, unless it is given one, its address.
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
  const driver = new Vlan(port, id, options.mac !== undefined);
  const address = options.mac ?? { hi: lower.macHi, lo: lower.macLo };
  const spec = new DeviceSpec({ ...options, mtu, mac: address }, likeLower(lower));
  const device = ns.addDevice(name, driver, spec);
  device.multicast = lower.multicast;
  driver.device = device;
  port.vlans.set(id, driver);
  return device;
}

/** The VLAN that a device is of, or null. */
export function vlanIdOf(device: NetDevice): number | null {
  return device.driver instanceof Vlan ? device.driver.id : null;
}
