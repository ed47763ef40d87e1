import { Table } from "../base/table.ts";
import type { DeviceChange, DeviceListener, RxHandler } from "../net/device-driver.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";
import { hearsGroup } from "./group-filter.ts";
import type { Macvlan, MacvlanMode } from "./macvlan.ts";

/** A device that macvlans share: it deals out the frames that come in (struct macvlan_port). */
export class MacvlanPort implements RxHandler, DeviceListener {
  readonly lower: NetDevice;
  /** In the order of their making. */
  readonly macvlans: Macvlan[] = [];
  /** Macvlans that are up, by address. */
  #table: Table = new Table();
  #byRow: Macvlan[] = [];
  #promiscuous = false;
  /** How many ports need a card to let in other addresses, which it does once for all of them (uc_promisc). */
  static readonly #needed: WeakMap<NetDevice, number> = new WeakMap();

  private constructor(lower: NetDevice) {
    this.lower = lower;
  }

  /** The port of a device, which is made when it is the first. @throws {KernelError} EBUSY */
  static of(lower: NetDevice): MacvlanPort {
    if (lower.rxHandler instanceof MacvlanPort) return lower.rxHandler;
    if (lower.rxHandler !== null) throw new KernelError("EBUSY");
    return new MacvlanPort(lower);
  }

  get isPassthru(): boolean {
    return this.macvlans[0]?.mode === "passthru";
  }

  /** How many broadcasts may wait here: as many as the most demanding device asks for. */
  get queueLength(): number {
    return Math.max(...this.macvlans.map((macvlan) => macvlan.queueLength));
  }

  add(macvlan: Macvlan): void {
    if (this.macvlans.length === 0) {
      this.lower.rxHandler = this;
      this.lower.listen(this);
    }
    this.macvlans.push(macvlan);
  }

  remove(macvlan: Macvlan): void {
    this.macvlans.splice(this.macvlans.indexOf(macvlan), 1);
    this.refresh();
    if (this.macvlans.length > 0) return;
    this.lower.rxHandler = null;
    this.lower.unlisten(this);
  }

  /** The macvlan of that address, if it is up. */
  find(hi: number, lo: number): Macvlan | null {
    const row = this.#table.find(lo, hi);
    return row < 0 ? null : this.#byRow[row]!;
  }

  /** True when somebody else here has the address: the lower device, or a macvlan that is up. */
  isBusy(hi: number, lo: number, who: Macvlan): boolean {
    if (this.isPassthru) return false;
    if (this.lower.macHi === hi && this.lower.macLo === lo) return true;
    const other = this.find(hi, lo);
    return other !== null && other !== who;
  }

  /** Learns anew which macvlans are up and what their addresses are. */
  refresh(): void {
    this.#table = new Table();
    this.#byRow = [];
    for (const macvlan of this.macvlans)
      if (macvlan.device.up)
        this.#byRow[this.#table.insert(macvlan.device.macLo, macvlan.device.macHi)] = macvlan;
    const promiscuous = this.#table.size > 0;
    if (promiscuous !== this.#promiscuous) {
      this.#promiscuous = promiscuous;
      MacvlanPort.#need(cardOf(this.lower), promiscuous ? 1 : -1);
    }
    this.lower.world.generation++;
  }

  static #need(card: NetDevice, change: 1 | -1): void {
    const before = MacvlanPort.#needed.get(card) ?? 0;
    MacvlanPort.#needed.set(card, before + change);
    if (before === 0 || before + change === 0) card.promiscuity += change;
  }

  /** A frame came in by the lower device (macvlan_handle_frame). */
  receive(lower: NetDevice, packet: Packet): void {
    const { view, at } = packet;
    const hi = ethernet.dstHi(view, at);
    if (!mac.isMulticast(hi)) {
      const macvlan = this.isPassthru ? this.macvlans[0]! : this.find(hi, ethernet.dstLo(view, at));
      if (macvlan === null) lower.ns.receive(lower, packet);
      else if (!macvlan.device.up) lower.drop(packet, Verdict.DEV_READY);
      else macvlan.receive(packet);
      return;
    }
    const source = this.find(ethernet.srcHi(view, at), ethernet.srcLo(view, at));
    if (source === null) this.broadcast(packet, null, null);
    else if (source.mode === "vepa") {
      // A switch sent it back: it is for all others.
      this.broadcast(packet, source, "vepa");
      this.broadcast(packet, source, "bridge");
    } else if (source.mode === "bridge") this.broadcast(packet, source, "vepa");
    else {
      this.#giveCopy(packet, source, false);
      lower.drop(packet, Verdict.REPLICATED);
      return;
    }
    lower.ns.receive(lower, packet);
  }

  /**
   * A copy to every macvlan that is up and wants the group, but not to `from`; null for `mode` means all modes. Of frames
   * on their way out the kernel counts the Ethernet header twice: `headerTwice`.
   */
  broadcast(packet: Packet, from: Macvlan | null, mode: MacvlanMode | null, headerTwice = false): void {
    const hi = ethernet.dstHi(packet.view, packet.at);
    const lo = ethernet.dstLo(packet.view, packet.at);
    for (const macvlan of this.macvlans) {
      if (macvlan === from || !macvlan.device.up || (mode !== null && macvlan.mode !== mode)) continue;
      if (hearsGroup(macvlan.device, hi, lo)) this.#giveCopy(packet, macvlan, headerTwice);
    }
  }

  /** The copy waits its turn, as everything that crosses from one device to another. */
  #giveCopy(packet: Packet, macvlan: Macvlan, headerTwice: boolean): void {
    const device = macvlan.device;
    const counters = device.counters;
    counters.received(packet.length + (headerTwice ? ethernet.HEADER_LEN : 0), null);
    counters.multicast++;
    device.backlog(this.lower.world.pool.copy(packet));
  }

  deviceChanged(lower: NetDevice, change: DeviceChange): void {
    switch (change) {
      case "up":
      case "down":
      case "carrier":
        for (const { device } of this.macvlans) device.setCarrier(lower.carrier);
        return;
      case "mtu":
        for (const { device } of this.macvlans) if (device.mtu > lower.mtu) device.setMtu(lower.mtu);
        return;
      case "removed":
        for (const { device } of [...this.macvlans].reverse()) device.ns.removeDevice(device);
    }
  }
}

/** Who has to let in what is for other addresses: a VLAN hands them on to the device below (IFF_UNICAST_FLT, dev_uc_sync). */
function cardOf(device: NetDevice): NetDevice {
  const below = device.driver.kind === "vlan" ? device.driver.link(device) : null;
  return below === null ? device : cardOf(below);
}
