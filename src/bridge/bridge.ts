import type { DeviceChange, DeviceDriver } from "../net/device-driver.ts";
import { KernelError } from "../net/kernel-error.ts";
import { Counter, type NetDevice } from "../net/net-device.ts";
import type { Packet } from "../sim/packet.ts";
import { MILLISECOND, type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { Verdict } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";
import { BridgePort } from "./bridge-port.ts";
import { Fdb, FdbFlag } from "./fdb.ts";
import { PortState } from "./port-state.ts";

/** Port numbers are below this, and 0 is none: a bridge has at most 1023 ports (BR_MAX_PORTS). */
export const BR_MAX_PORTS = 1024;
/** The collector runs no more often than this. */
const MIN_COLLECT_GAP: Nanos = 10 * MILLISECOND;

/**
 * Linux bridge: learns source addresses, forwards by destination, floods what it does not know.
 *
 * In:  frames from its ports, and what the stack sends by its device.   Out: frames on its ports, or up its device.
 * Counts: rx and tx of the bridge's device.   Linux: net/bridge/.
 */
export class Bridge implements DeviceDriver {
  readonly kind = "bridge";
  readonly netnsImmutable = true;
  /** Newest first, as the kernel keeps them. */
  readonly ports: BridgePort[] = [];
  readonly fdb: Fdb;
  stp = false;
  ageingTime: Nanos = 300 * SECOND;
  groupFwdMask = 0;
  readonly world: World;
  #device!: NetDevice;
  readonly #collector: Timer;
  /** The device's address as the bridge last knew it. */
  #macHi = 0;
  #macLo = 0;
  /** Somebody chose the address, so it no longer follows the ports. */
  #macSet = false;
  #mtuSet = false;
  /** The bridge itself is changing its device. */
  #adjusting = false;

  constructor(world: World) {
    this.world = world;
    this.fdb = new Fdb(world.registry, () => `${this.#device.ns.path}/${this.#device.name}`);
    this.#collector = world.timer(() => this.#collect());
  }

  get device(): NetDevice {
    return this.#device;
  }

  /** Joins the driver and its device; called once, by `addBridge`. */
  attach(device: NetDevice, macSet: boolean): void {
    this.#device = device;
    this.#macSet = macSet;
    this.#ownAddressChanged();
  }

  // Forwarding

  /** A frame that a port has let in (br_handle_frame_finish). */
  receive(port: BridgePort, packet: Packet): void {
    const { view, at } = packet;
    const vlan = 0;
    if (port.learning) this.#learn(port, packet, ethernet.srcHi(view, at), ethernet.srcLo(view, at), vlan);
    if (port.state === PortState.learning) {
      port.device.drop(packet, Verdict.BRIDGE_PORT_STATE);
      return;
    }
    const hi = ethernet.dstHi(view, at);
    const lo = ethernet.dstLo(view, at);
    const promiscuous = this.#device.promiscuity > 0;
    if (mac.isMulticast(hi)) {
      if (!mac.isBroadcast(hi, lo)) this.#device.counters[Counter.multicast]!++;
      this.#flood(packet, port, hi, lo, true);
      return;
    }
    const fdb = this.fdb;
    const row = fdb.find(hi, lo, vlan);
    if (row < 0) {
      this.#flood(packet, port, hi, lo, promiscuous);
      return;
    }
    if ((fdb.flags[row]! & FdbFlag.local) !== 0) {
      if (this.world.tap !== null)
        this.world.tap.record(this.#device.place, packet, Verdict.local, fdb.refs[row]!);
      this.#passUp(packet);
      return;
    }
    this.#forward(packet, port, row, promiscuous);
  }

  /** The stack sends by the bridge's own device (br_dev_xmit). */
  transmit(device: NetDevice, packet: Packet): void {
    device.counters[Counter.txPackets]!++;
    device.counters[Counter.txBytes]! += packet.length;
    const { view, at } = packet;
    const hi = ethernet.dstHi(view, at);
    const lo = ethernet.dstLo(view, at);
    const row = mac.isMulticast(hi) ? -1 : this.fdb.find(hi, lo, 0);
    if (row < 0) this.#flood(packet, null, hi, lo, false);
    else this.#forward(packet, null, row, false);
  }

  /** To the port of an entry, and, when `up`, a copy to the bridge's own device. */
  #forward(packet: Packet, from: BridgePort | null, row: number, up: boolean): void {
    const fdb = this.fdb;
    fdb.used[row] = this.world.queue.now;
    const tap = this.world.tap;
    if (tap !== null) tap.record(this.#device.place, packet, Verdict.bridged, fdb.refs[row]!);
    const to = fdb.port[row]!;
    const refusal = to === null ? Verdict.BRIDGE_NO_PORT : to.refuses(from);
    if (up) {
      if (refusal === null) to!.send(this.world.pool.copy(packet));
      this.#passUp(packet);
    } else if (refusal === null) to!.send(packet);
    else (from === null ? this.#device : from.device).drop(packet, refusal);
  }

  /** To all ports that want frames of this kind, and, when `up`, to the bridge's own device, last (br_flood). */
  #flood(packet: Packet, from: BridgePort | null, hi: number, lo: number, up: boolean): void {
    const tap = this.world.tap;
    if (tap !== null) tap.record(this.#device.place, packet, Verdict.flooded, 0);
    const group = mac.isMulticast(hi);
    const broadcast = mac.isBroadcast(hi, lo);
    const pool = this.world.pool;
    let last: BridgePort | null = null;
    for (const port of this.ports) {
      if (group) {
        if (from !== null && !(broadcast ? port.bcastFlood : port.mcastFlood)) continue;
      } else if (!port.flood) continue;
      if (port.refuses(from) !== null) continue;
      if (last !== null) last.send(pool.copy(packet));
      last = port;
    }
    if (up) {
      if (last !== null) last.send(pool.copy(packet));
      this.#passUp(packet);
    } else if (last !== null) last.send(packet);
    else (from === null ? this.#device : from.device).drop(packet, Verdict.BRIDGE_NO_PORT);
  }

  /** Up to the stack: the bridge's own device receives the frame (br_pass_frame_up). */
  #passUp(packet: Packet): void {
    const device = this.#device;
    device.counters[Counter.rxPackets]!++;
    device.counters[Counter.rxBytes]! += packet.length - ethernet.HEADER_LEN;
    packet.device = device;
    device.receive(packet);
  }

  // The forwarding database

  /** Learns a frame's source that the bridge does not forward. */
  learnFrom(port: BridgePort, packet: Packet): void {
    this.#learn(
      port,
      packet,
      ethernet.srcHi(packet.view, packet.at),
      ethernet.srcLo(packet.view, packet.at),
      0,
    );
  }

  /** The source is at that port (br_fdb_update). */
  #learn(port: BridgePort, packet: Packet, hi: number, lo: number, vlan: number): void {
    if (this.ageingTime === 0) return;
    const fdb = this.fdb;
    let row = fdb.find(hi, lo, vlan);
    if (row >= 0) {
      const flags = fdb.flags[row]!;
      if ((flags & FdbFlag.local) !== 0) return; // somebody uses our own address; the kernel only warns
      fdb.updated[row] = this.world.queue.now;
      if (fdb.port[row] === port || (flags & FdbFlag.sticky) !== 0) return;
      fdb.move(row, port, { by: "frame", frame: packet.id });
      if ((flags & FdbFlag.externLearn) !== 0) fdb.setFlags(row, flags & ~FdbFlag.externLearn);
    } else {
      row = fdb.create(hi, lo, vlan, port, 0, this.world.now, { by: "frame", frame: packet.id });
      if (!this.#collector.armed) this.#collector.arm(this.ageingTime);
    }
    this.world.generation++;
    const tap = this.world.tap;
    if (tap !== null) tap.record(this.#device.place, packet, Verdict.learned, fdb.refs[row]!);
  }

  /** Deletes what was not seen for the ageing time and comes again when the next entry is due (br_fdb_cleanup). */
  #collect(): void {
    const fdb = this.fdb;
    const now = this.world.now;
    let wait = Number.POSITIVE_INFINITY;
    for (const row of fdb.rows()) {
      if ((fdb.flags[row]! & (FdbFlag.static | FdbFlag.externLearn)) !== 0) continue;
      const left = fdb.updated[row]! + this.ageingTime - now;
      if (left > 0) wait = Math.min(wait, left);
      else fdb.delete(row, { by: "timer", text: "ageing" });
    }
    this.world.generation++;
    if (wait !== Number.POSITIVE_INFINITY) this.#collector.arm(Math.max(wait, MIN_COLLECT_GAP));
  }

  /** Deletes the entries of a port, or only those that it learned (br_fdb_delete_by_port). */
  #deleteByPort(port: BridgePort, all: boolean): void {
    const fdb = this.fdb;
    for (const row of fdb.rows()) {
      if (fdb.port[row] !== port) continue;
      const flags = fdb.flags[row]!;
      if (!all && (flags & (FdbFlag.static | FdbFlag.externLearn)) !== 0) continue;
      if ((flags & FdbFlag.local) !== 0) this.#deleteLocal(row, port);
      else fdb.delete(row);
    }
    this.world.generation++;
  }

  /** A local entry goes, unless another port or the bridge has the same address (fdb_delete_local). */
  #deleteLocal(row: number, port: BridgePort | null): void {
    const fdb = this.fdb;
    const hi = fdb.macHi(row);
    const lo = fdb.macLo(row);
    for (const other of this.ports)
      if (other !== port && other.device.macHi === hi && other.device.macLo === lo) {
        fdb.move(row, other);
        return;
      }
    if (port !== null && this.#macHi === hi && this.#macLo === lo) fdb.move(row, null);
    else fdb.delete(row);
  }

  /** The address of a port, or of the bridge (null), is its own (fdb_add_local). */
  #addLocal(port: BridgePort | null, hi: number, lo: number, vlan: number): void {
    if (!mac.isValidUnicast(hi, lo)) return;
    const fdb = this.fdb;
    const row = fdb.find(hi, lo, vlan);
    if (row >= 0) {
      if ((fdb.flags[row]! & FdbFlag.local) !== 0) return;
      fdb.delete(row);
    }
    fdb.create(hi, lo, vlan, port, FdbFlag.local | FdbFlag.static, this.world.now);
  }

  // Ports

  /**
   * Makes a device a port.
   * @throws {KernelError} EINVAL for loopback, ELOOP for a bridge, EBUSY for one that has a master or is used by
   * something else, EXFULL beyond 1023 ports.
   */
  addPort(device: NetDevice): BridgePort {
    if (device.loopback || !mac.isValidUnicast(device.macHi, device.macLo)) throw new KernelError("EINVAL");
    if (device.driver.kind === "bridge")
      throw new KernelError("ELOOP", "Can not enslave a bridge to a bridge");
    if (device.master !== null) throw new KernelError("EBUSY");
    const port = new BridgePort(this, device, this.#freeNumber(), costOf(device));
    if (device.rxHandler !== null) throw new KernelError("EBUSY");
    device.allmulti++;
    device.promiscuity++;
    device.rxHandler = port;
    device.listeners.push(port);
    this.ports.unshift(port);
    device.setMaster(this.#device);
    this.#addLocal(port, device.macHi, device.macLo, 0);
    this.#chooseMac();
    if (this.#device.up && device.running) this.#enablePort(port);
    this.#adjustMtu();
    return port;
  }

  /** The device is no port any more. */
  removePort(port: BridgePort): void {
    const device = port.device;
    this.#disablePort(port);
    this.ports.splice(this.ports.indexOf(port), 1);
    this.#deleteByPort(port, true);
    device.rxHandler = null;
    device.listeners = device.listeners.filter((other) => other !== port);
    device.allmulti--;
    device.promiscuity--;
    device.setMaster(null);
    this.#adjustMtu();
    this.#chooseMac();
  }

  /** Called by a port whose device changed. */
  portChanged(port: BridgePort, change: DeviceChange): void {
    switch (change) {
      case "up":
      case "down":
      case "carrier":
        if (!this.#device.up) return;
        if (port.device.running) {
          if (port.state === PortState.disabled) this.#enablePort(port);
        } else this.#disablePort(port);
        return;
      case "mtu":
        this.#adjustMtu();
        return;
      case "address":
        this.#portAddressChanged(port);
        return;
      case "moved":
      case "removed":
        this.removePort(port);
    }
  }

  #freeNumber(): number {
    const used = new Set(this.ports.map((port) => port.number));
    for (let number = 1; number < BR_MAX_PORTS; number++) if (!used.has(number)) return number;
    throw new KernelError("EXFULL");
  }

  #enablePort(port: BridgePort): void {
    port.state = PortState.forwarding;
    this.#checkCarrier();
  }

  #disablePort(port: BridgePort): void {
    if (port.state === PortState.disabled) return;
    port.state = PortState.disabled;
    this.#deleteByPort(port, false);
    this.#checkCarrier();
  }

  /** The bridge has a carrier while a port forwards (br_port_state_selection). */
  #checkCarrier(): void {
    this.world.generation++;
    this.#device.setCarrier(this.ports.some((port) => port.state === PortState.forwarding));
  }

  #portAddressChanged(port: BridgePort): void {
    const fdb = this.fdb;
    for (const row of fdb.rows())
      if (
        fdb.port[row] === port &&
        fdb.flags[row]! & FdbFlag.local &&
        !(fdb.flags[row]! & FdbFlag.addedByUser)
      )
        this.#deleteLocal(row, port);
    this.#addLocal(port, port.device.macHi, port.device.macLo, 0);
    this.#chooseMac();
  }

  // The bridge's own device

  changed(device: NetDevice, change: DeviceChange): void {
    switch (change) {
      case "up":
        for (const port of this.ports) if (port.device.running) this.#enablePort(port);
        return;
      case "down":
        for (const port of this.ports) this.#disablePort(port);
        this.#collector.cancel();
        return;
      case "mtu":
        if (!this.#adjusting) this.#mtuSet = true;
        return;
      case "address":
        if (!this.#adjusting) this.#macSet = true;
        this.#ownAddressChanged();
        return;
      case "removed":
        for (const port of [...this.ports]) this.removePort(port);
        for (const row of this.fdb.rows()) this.fdb.delete(row);
        device.world.generation++;
    }
  }

  link(): null {
    return null;
  }

  /** The smallest of the ports' MTUs, unless somebody set it (br_mtu_auto_adjust). */
  #adjustMtu(): void {
    if (this.#mtuSet) return;
    this.#adjusting = true;
    this.#device.setMtu(
      this.ports.length === 0 ? 1500 : Math.min(...this.ports.map((port) => port.device.mtu)),
    );
    this.#adjusting = false;
  }

  /** The lowest of the ports' addresses, unless somebody set it (br_stp_recalculate_bridge_id). */
  #chooseMac(): void {
    if (this.#macSet) return;
    let lowest: NetDevice | null = null;
    for (const { device } of this.ports)
      if (lowest === null || mac.compare(device.macHi, device.macLo, lowest.macHi, lowest.macLo) < 0)
        lowest = device;
    const device = this.#device;
    const hi = lowest === null ? 0 : lowest.macHi;
    const lo = lowest === null ? 0 : lowest.macLo;
    if (device.macHi === hi && device.macLo === lo) return;
    device.macHi = hi;
    device.macLo = lo;
    this.#adjusting = true;
    device.announce("address");
    this.#adjusting = false;
  }

  /** The local entry follows the bridge's address (br_fdb_change_mac_address). */
  #ownAddressChanged(): void {
    const fdb = this.fdb;
    const row = fdb.find(this.#macHi, this.#macLo, 0);
    this.#macHi = this.#device.macHi;
    this.#macLo = this.#device.macLo;
    if (row >= 0 && fdb.port[row] === null && (fdb.flags[row]! & FdbFlag.addedByUser) === 0)
      this.#deleteLocal(row, null);
    this.#addLocal(null, this.#macHi, this.#macLo, 0);
  }
}

/** The cost of a port by the speed that its device claims: a veth says 10 Gbit/s, others nothing (br_if.c, port_cost). */
function costOf(device: NetDevice): number {
  return device.driver.kind === "veth" ? 2 : 100;
}
