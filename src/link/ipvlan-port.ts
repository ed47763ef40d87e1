import type { DeviceChange, DeviceListener, RxHandler } from "../net/device-driver.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { Packet } from "../sim/packet.ts";
import * as arp from "../wire/arp.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { hearsGroup } from "./group-filter.ts";
import type { Ipvlan } from "./ipvlan.ts";

/** Whose frame it is by its IPv4 destination, or the address that an ARP asks for; null for what has neither. */
export function destination(packet: Packet): number | null {
  const { view, at, length } = packet;
  const network = at + ethernet.HEADER_LEN;
  switch (ethernet.type(view, at)) {
    case ethernet.TYPE_IPV4:
      return length < ethernet.HEADER_LEN + ipv4.HEADER_LEN ? null : ipv4.dst(view, network);
    case ethernet.TYPE_ARP:
      return length < ethernet.HEADER_LEN + arp.LEN ? null : arp.targetIp(view, network);
    default:
      return null;
  }
}

/** Whether what none of them has goes out by the lower device as it is, or by the routes of its host. */
export type IpvlanMode = "l2" | "l3";

/** A device that ipvlans share: it deals out by IPv4 address what comes in, since all have its own MAC address. */
export class IpvlanPort implements RxHandler, DeviceListener {
  readonly lower: NetDevice;
  #mode: IpvlanMode = "l2";
  /** In the order of their making. */
  readonly ipvlans: Ipvlan[] = [];

  private constructor(lower: NetDevice) {
    this.lower = lower;
  }

  /** The port of a device, which is made when it is the first. @throws {KernelError} EBUSY */
  static of(lower: NetDevice): IpvlanPort {
    if (lower.rxHandler instanceof IpvlanPort) return lower.rxHandler;
    if (lower.rxHandler !== null) throw new KernelError("EBUSY");
    return new IpvlanPort(lower);
  }

  get mode(): IpvlanMode {
    return this.#mode;
  }

  /** All of them have one mode, that of the newest; those of mode l3 ask for no addresses (ipvlan_set_port_mode). */
  set mode(mode: IpvlanMode) {
    this.#mode = mode;
    for (const { device } of this.ipvlans) device.noarp = mode === "l3";
    this.lower.world.generation++;
  }

  add(ipvlan: Ipvlan): void {
    if (this.ipvlans.length === 0) {
      this.lower.rxHandler = this;
      this.lower.listen(this);
    }
    this.ipvlans.push(ipvlan);
    this.lower.world.generation++;
  }

  remove(ipvlan: Ipvlan): void {
    this.ipvlans.splice(this.ipvlans.indexOf(ipvlan), 1);
    this.lower.world.generation++;
    if (this.ipvlans.length > 0) return;
    this.lower.rxHandler = null;
    this.lower.unlisten(this);
  }

  /** The ipvlan that has the address, if it is up (ipvlan_ht_addr_lookup: addresses count while their device is up). */
  find(address: number): Ipvlan | null {
    for (const ipvlan of this.ipvlans) if (ipvlan.device.up && ipvlan.device.ipv4.has(address)) return ipvlan;
    return null;
  }

  /** Whether one of them has the address, up or not (ipvlan_addr_busy). */
  has(address: number): boolean {
    return this.ipvlans.some(({ device }) => device.ipv4.has(address));
  }

  /** A frame came in by the lower device (ipvlan_handle_mode_l2, ipvlan_handle_mode_l3). */
  receive(lower: NetDevice, packet: Packet): void {
    const { view, at } = packet;
    if (this.#mode === "l2" && ethernet.isGroup(view, at)) {
      // What one of the ipvlans sent has been dealt out already.
      const own = ethernet.srcHi(view, at) === lower.macHi && ethernet.srcLo(view, at) === lower.macLo;
      if (!own) this.broadcast(packet, null);
      lower.ns.receive(lower, packet);
      return;
    }
    const address = destination(packet);
    const ipvlan = address === null ? null : this.find(address);
    if (ipvlan === null) lower.ns.receive(lower, packet);
    else ipvlan.receive(packet);
  }

  /**
   * A copy to each that is up and hears the group, but not to `from`, that sent it; null: it came in by the lower device
   * (ipvlan_process_multicast). What one of them sent counts with its Ethernet header twice, in the kernel too.
   */
  broadcast(packet: Packet, from: Ipvlan | null): void {
    const hi = ethernet.dstHi(packet.view, packet.at);
    const lo = ethernet.dstLo(packet.view, packet.at);
    for (const ipvlan of this.ipvlans) {
      const { device } = ipvlan;
      if (ipvlan === from || !device.up || !hearsGroup(device, hi, lo)) continue;
      device.counters.received(packet.length + (from === null ? 0 : ethernet.HEADER_LEN), null);
      device.counters.multicast++;
      device.backlog(this.lower.world.pool.copy(packet));
    }
  }

  deviceChanged(lower: NetDevice, change: DeviceChange): void {
    for (const { device } of [...this.ipvlans].reverse())
      switch (change) {
        case "up":
        case "down":
        case "carrier":
          device.setCarrier(lower.carrier);
          break;
        case "mtu":
          device.setMtu(lower.mtu);
          break;
        case "address":
          device.setMac(lower.macHi, lower.macLo);
          break;
        case "removed":
          device.ns.removeDevice(device);
      }
  }
}
