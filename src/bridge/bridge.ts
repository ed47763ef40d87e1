import type { DeviceChange, DeviceDriver } from "../net/device-driver.ts";
import { Hooks } from "../net/hooks.ts";
import * as igmp from "../net/igmp.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { Packet } from "../sim/packet.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import type { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { BridgePort } from "./bridge-port.ts";
import { Fdb } from "./fdb.ts";
import { transmit } from "./forwarding.ts";
import { addLocal, collect, deleteByPort, deleteLocal, moveOwn } from "./learning.ts";
import { forgetAll, forgetSetting } from "./port-memory.ts";
import { PortState } from "./port-state.ts";
import { VlanGroup } from "./vlan-group.ts";

/** Port numbers are below this, and 0 is none: a bridge has at most 1023 ports (BR_MAX_PORTS). */
const BR_MAX_PORTS = 1024;

/**
 * Linux bridge: learns source addresses, forwards by destination, floods what it does not know.
 *
 * In:  frames from its ports, and what the stack sends by its device.   Out: frames on its ports, or up its device.
 * Counts: rx and tx of the bridge's device.   Linux: net/bridge/.   Differs: takes no part in spanning tree, so that a
 * port forwards as soon as it has a carrier; multicast is flooded, as with `mcast_snooping 0`.
 */
export class Bridge implements DeviceDriver {
  readonly kind = "bridge";
  readonly netnsImmutable = true;
  readonly notesLegs = true;
  readonly world: World;
  /** Set once, by {@link attach}. */
  device!: NetDevice;
  /** Newest first, as the kernel keeps them. */
  readonly ports: BridgePort[] = [];
  /** Whether a port has that number. */
  readonly #numbers: boolean[] = [true];
  readonly fdb: Fdb;
  /** Where bridge netfilter looks: one list for each of its five points (NF_BR_*). */
  readonly hooks: Hooks;
  /** The VLANs of the bridge's own device. */
  readonly vlans: VlanGroup = new VlanGroup();
  vlanFiltering = false;
  /** 0: new ports get no VLAN. */
  defaultPvid = 0;
  ageingTime: Nanos = 300 * SECOND;
  groupFwdMask = 0;
  noLinkLocalLearn = false;
  /** What is kept and shown but decides nothing here; times in nanoseconds. */
  stp = false;
  forwardDelay: Nanos = 15 * SECOND;
  helloTime: Nanos = 2 * SECOND;
  maxAge: Nanos = 20 * SECOND;
  priority = 0x8000;
  nfCallIptables = false;
  nfCallIp6tables = false;
  nfCallArptables = false;
  /** The device's address as the bridge last knew it. */
  ownMac: mac.Mac = mac.ZERO;
  /** Some port suppresses ARP; some port wants ARP requests answered. Kept by {@link portFlagsChanged}. */
  suppresses = false;
  answersArp = false;
  readonly #collector: Timer;
  #collectAt: Nanos = 0;
  /** Somebody chose the address or the MTU, so that it no longer follows the ports. */
  #macSet = false;
  #mtuSet = false;
  /** The bridge itself is changing its device. */
  #adjusting = false;
  #mcastSnooping = true;

  constructor(world: World) {
    this.world = world;
    this.hooks = new Hooks(world);
    this.fdb = new Fdb(this);
    this.#collector = world.timer(() => {
      const wait = collect(this);
      if (wait > 0) this.#collectAfter(wait);
    });
  }

  /** Joins the driver and its device; called once, by `addBridge`. */
  attach(device: NetDevice, macSet: boolean): void {
    this.device = device;
    this.#macSet = macSet;
    this.ownMac = { hi: device.macHi, lo: device.macLo };
    addLocal(this, null, device.macHi, device.macLo, 0);
    if (macSet) this.#checkCarrier();
  }

  transmit(_device: NetDevice, packet: Packet): void {
    transmit(this, packet);
  }

  link(): null {
    return null;
  }

  /** There is an entry that ages. */
  watchAge(): void {
    if (!this.#collector.armed) this.#collectAfter(this.ageingTime);
  }

  /** Until the collector looks for entries that are too old; 0 when there is nothing to look for. */
  get collectsIn(): Nanos {
    return this.#collector.armed ? this.#collectAt - this.world.now : 0;
  }

  #collectAfter(wait: Nanos): void {
    this.#collectAt = this.world.now + wait;
    this.#collector.arm(wait);
  }

  /** @param time 0: nothing is learned, and what was learned goes. */
  setAgeingTime(time: Nanos): void {
    this.ageingTime = time;
    this.#collectAfter(0);
    this.world.generation++;
  }

  // Ports

  /** The port of that name, or null. */
  port(name: string): BridgePort | null {
    return this.ports.find((port) => port.device.name === name) ?? null;
  }

  /**
   * Makes a device a port.
   * @throws {KernelError} EINVAL for loopback and ipvlans, ELOOP for a bridge, EBUSY for one that has a master or is used
   * by something else, EXFULL beyond 1023 ports.
   */
  addPort(device: NetDevice): BridgePort {
    const isEthernet = !device.loopback && mac.isValidUnicast(device.macHi, device.macLo);
    if (!isEthernet || device.driver.kind === "ipvlan") throw new KernelError("EINVAL");
    if (device.driver.kind === "bridge")
      throw new KernelError("ELOOP", "Can not enslave a bridge to a bridge");
    if (device.master !== null) throw new KernelError("EBUSY");
    if (this.ports.length + 1 === BR_MAX_PORTS) throw new KernelError("EXFULL");
    if (device.rxHandler !== null) throw new KernelError("EBUSY");
    const port = new BridgePort(this, device, this.#takeNumber(), costOf(device));
    device.allmulti++;
    device.promiscuity++;
    device.rxHandler = port;
    device.listen(port);
    this.ports.unshift(port);
    device.setMaster(this.device);
    addLocal(this, port, device.macHi, device.macLo, 0);
    if (this.defaultPvid !== 0) {
      port.vlans.set(this.defaultPvid, true, true);
      addLocal(this, port, device.macHi, device.macLo, this.defaultPvid);
    }
    const first = this.ports.length === 1;
    if (!this.#macSet && (first || isLower(device, this.device))) this.#takeMac(device.macHi, device.macLo);
    if (this.device.up && device.running) this.#enablePort(port);
    if (!this.#mtuSet && (first || device.mtu < this.device.mtu)) this.#takeMtu(device.mtu);
    return port;
  }

  /** The device is no port any more. */
  removePort(port: BridgePort): void {
    const device = port.device;
    this.#disablePort(port);
    forgetAll(port);
    this.ports.splice(this.ports.indexOf(port), 1);
    this.#numbers[port.number] = false;
    deleteByPort(this, port, 0, true);
    device.rxHandler = null;
    device.unlisten(port);
    device.allmulti--;
    device.promiscuity--;
    device.setMaster(null);
    this.portFlagsChanged();
    this.#adjustMtu();
    this.#chooseMac();
  }

  /** Called by a port whose device changed. */
  portChanged(port: BridgePort, change: DeviceChange): void {
    const { device } = port;
    switch (change) {
      case "up":
      case "down":
      case "carrier":
        if (!this.device.up) return;
        if (!device.running) this.#disablePort(port);
        else if (port.state === PortState.disabled) this.#enablePort(port);
        return;
      case "mtu":
        this.#adjustMtu();
        return;
      case "address":
        for (const { mac: old, vlan } of this.fdb.localsOf(port))
          if (old.hi !== device.macHi || old.lo !== device.macLo)
            deleteLocal(this, port, old.hi, old.lo, vlan);
        for (const vid of [0, ...port.vlans.vids]) addLocal(this, port, device.macHi, device.macLo, vid);
        this.#chooseMac();
        return;
      case "moved":
      case "removed":
        this.removePort(port);
    }
  }

  /** Somebody set flags of a port. */
  portFlagsChanged(): void {
    this.suppresses = this.ports.some((port) => port.neighSuppress);
    this.answersArp = this.suppresses || this.ports.some((port) => port.proxyArp || port.proxyArpWifi);
    this.world.generation++;
  }

  /**
   * Somebody set the state of a port by hand (br_set_port_state); learned entries stay. Without spanning tree the kernel
   * unblocks a blocked port at once.
   */
  setPortState(port: BridgePort, state: PortState): void {
    port.state = state === PortState.blocking ? PortState.forwarding : state;
    this.#checkCarrier();
  }

  #takeNumber(): number {
    const free = this.#numbers.indexOf(false);
    const number = free < 0 ? this.#numbers.length : free;
    this.#numbers[number] = true;
    return number;
  }

  #enablePort(port: BridgePort): void {
    port.state = PortState.forwarding;
    forgetSetting(port, "state");
    this.#checkCarrier();
  }

  #disablePort(port: BridgePort): void {
    forgetSetting(port, "state");
    if (port.state === PortState.disabled) return;
    port.state = PortState.disabled;
    deleteByPort(this, port, 0, false);
    this.#checkCarrier();
  }

  /**
   * The bridge has a carrier while a port forwards (br_port_state_selection). A bridge that never had a port nor an
   * address set by hand has one too, since nothing asked yet.
   */
  #checkCarrier(): void {
    this.world.generation++;
    this.device.setCarrier(this.#forwards());
  }

  #forwards(): boolean {
    const { ports } = this;
    for (let i = 0; i < ports.length; i++) if (ports[i]!.state === PortState.forwarding) return true;
    return false;
  }

  // The bridge's own device

  changed(device: NetDevice, change: DeviceChange): void {
    switch (change) {
      case "up":
        if (this.#mcastSnooping) igmp.join(device, ip.ALL_SNOOPERS);
        for (const port of this.ports) if (port.device.running) this.#enablePort(port);
        return;
      case "down":
        if (this.#mcastSnooping) igmp.leave(device, ip.ALL_SNOOPERS);
        for (const port of this.ports) this.#disablePort(port);
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
        this.#collector.cancel();
        device.world.generation++;
    }
  }

  get mcastSnooping(): boolean {
    return this.#mcastSnooping;
  }

  /** Who snoops hears of the other snoopers (RFC 4286; br_multicast_join_snoopers): no more than that is simulated. */
  set mcastSnooping(snoops: boolean) {
    if (snoops === this.#mcastSnooping) return;
    this.#mcastSnooping = snoops;
    if (!this.device.up) return;
    if (snoops) igmp.join(this.device, ip.ALL_SNOOPERS);
    else igmp.leave(this.device, ip.ALL_SNOOPERS);
  }

  /** The smallest of the ports' MTUs, unless somebody set it (br_mtu_auto_adjust). */
  #adjustMtu(): void {
    if (this.#mtuSet) return;
    const [first, ...others] = this.ports;
    let smallest = first?.device.mtu ?? 1500;
    for (const { device } of others) if (device.mtu < smallest) smallest = device.mtu;
    this.#takeMtu(smallest);
  }

  #takeMtu(mtu: number): void {
    this.#adjusting = true;
    this.device.setMtu(mtu);
    this.#adjusting = false;
  }

  /** The lowest of the ports' addresses, zero without ports, unless somebody set it (br_stp_recalculate_bridge_id). */
  #chooseMac(): void {
    if (this.#macSet) return;
    let lowest: NetDevice | null = null;
    for (const { device } of this.ports) if (lowest === null || isLower(device, lowest)) lowest = device;
    this.#takeMac(lowest?.macHi ?? 0, lowest?.macLo ?? 0);
  }

  #takeMac(hi: number, lo: number): void {
    const { device } = this;
    if (device.macHi === hi && device.macLo === lo) return;
    device.macHi = hi;
    device.macLo = lo;
    this.#adjusting = true;
    device.announce("address");
    this.#adjusting = false;
  }

  /** The local entries follow the bridge's address (br_stp_change_bridge_id, br_fdb_change_mac_address). */
  #ownAddressChanged(): void {
    const old = this.ownMac;
    const { macHi, macLo } = this.device;
    this.ownMac = { hi: macHi, lo: macLo };
    const { vids } = this.vlans;
    moveOwn(this, old, 0);
    for (let i = 0; i < vids.length; i++) moveOwn(this, old, vids[i]!);
    this.#checkCarrier();
  }
}

/** By the addresses that they have now. */
function isLower(device: NetDevice, other: NetDevice): boolean {
  return mac.compare(device.macHi, device.macLo, other.macHi, other.macLo) < 0;
}

/** The cost of a port by the speed that its device claims (br_if.c, port_cost). */
function costOf(device: NetDevice): number {
  const speed = device.driver.speed?.() ?? 0;
  if (speed >= 10_000) return 2;
  if (speed >= 1000) return 4;
  return speed >= 100 ? 19 : 100;
}
