import type { Packet, Receiver } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { PlaceId, Tap } from "../sim/tap.ts";
import { Verdict } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";
import { noteOf } from "./change-note.ts";
import { DeviceCounters } from "./device-counters.ts";
import type {
  DeviceChange,
  DeviceDriver,
  DeviceListener,
  Qdisc,
  RxHandler,
  VlanReceiver,
} from "./device-driver.ts";
import type { DeviceSpec } from "./device-spec.ts";
import { InetDevice } from "./inet-device.ts";
import { KernelError } from "./kernel-error.ts";
import { Crossing, Driven, Queued } from "./leg-ends.ts";
import type { LinkLocal } from "./link-local.ts";
import { type Listening, withListener, withoutListener } from "./listening.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { randomMac } from "./random-mac.ts";
import { scrub } from "./scrub.ts";
import { withoutTap, withTap } from "./tap-list.ts";

/**
 * A network device. One class for all kinds, so that every line that handles devices sees one hidden class; what
 * differs is in the {@link DeviceDriver} that it holds.
 *
 * In:  `transmit` from the stack or a bridge; `arrive` from the other end.   Out: the driver; `rxHandler` or the stack.
 * Counts: {@link DeviceCounters}.   Linux: net/core/dev.c.
 */
export class NetDevice implements Receiver {
  readonly world: World;
  readonly driver: DeviceDriver;
  readonly place: PlaceId;
  readonly ref: EntryRef;
  ns: NetworkNamespace;
  name: string;
  ifindex: number;
  mtu: number;
  macHi: number;
  macLo: number;
  /** IFF_UP: the administrator's wish. */
  up = false;
  /** Whether the other end is there and up (IFF_LOWER_UP while the device is up). */
  carrier: boolean;
  readonly loopback: boolean;
  noarp: boolean;
  txQueueLength: number;
  /** IFF_MULTICAST, and the administrator's own IFF_PROMISC and IFF_ALLMULTI (struct net_device, gflags). */
  multicast: boolean;
  promisc = false;
  allmulticast = false;
  /** IFLA_GROUP and IFLA_IFALIAS. */
  group = 0;
  alias = "";
  /** How often the carrier came or went (`transns` of `ip -s -s link`). */
  carrierChanges: number;
  /** How many want all frames, whomever they are for. */
  promiscuity = 0;
  allmulti = 0;
  /** Where frames go without any driver: the other end of a veth pair or of a wire that takes no time. */
  peer: NetDevice | null = null;
  master: NetDevice | null = null;
  rxHandler: RxHandler | null = null;
  /** Null while no VLAN device is on this one. */
  vlans: VlanReceiver | null = null;
  /** Null: frames go out at once (noqueue). Set by {@link setQdisc}. */
  qdisc: Qdisc | null = null;
  /** Whether the device got its default discipline: it was up once. Before that it has none that anybody sees (noop). */
  activated = false;
  /** Sees what leaves and arrives here, whole; null while nobody captures. Set by {@link addTap}. */
  tap: Tap | null = null;
  readonly ipv4: InetDevice;
  /** The address that it has of IPv6 by itself, or null. */
  linkLocal: LinkLocal | null = null;
  /** The device is gone from its namespace; what still comes for it ends. */
  removed = false;
  /** The device of the namespace with the next higher index, while there are few: see device-list.ts. */
  nextDevice: NetDevice | null = null;
  #counters: DeviceCounters | null = null;
  #listening: Listening | null = null;

  constructor(ns: NetworkNamespace, name: string, ifindex: number, driver: DeviceDriver, spec: DeviceSpec) {
    this.ns = ns;
    this.world = ns.world;
    this.driver = driver;
    this.name = name;
    this.ifindex = ifindex;
    const path = `${ns.path}/${name}`;
    this.place = this.world.place(path);
    this.mtu = spec.mtu;
    this.loopback = spec.loopback;
    this.noarp = spec.noarp;
    this.carrier = spec.carrier;
    this.carrierChanges = this.carrier ? 0 : 1;
    this.multicast = !this.loopback;
    this.txQueueLength = spec.txQueueLength;
    const { hi, lo } = spec.mac ?? (this.loopback ? mac.ZERO : randomMac(this.world, path));
    this.macHi = hi;
    this.macLo = lo;
    this.ref = this.world.registry.made("device", ns.path, name);
    this.ipv4 = new InetDevice(this);
  }

  /** `host/namespace/device`, or `host/device`. */
  get path(): string {
    return this.world.placeName(this.place);
  }

  /** Made for the first frame. */
  get counters(): DeviceCounters {
    this.#counters ??= new DeviceCounters(this.world);
    return this.#counters;
  }

  /** The bounds of its MTU; 0: none. */
  get minMtu(): number {
    return this.driver.minMtu ?? 68;
  }
  get maxMtu(): number {
    return this.driver.maxMtu ?? 65535;
  }

  /** Up, and something is at the other end: IFF_RUNNING. */
  get running(): boolean {
    return this.up && this.carrier;
  }

  /**
   * Sends a frame out of this device, through its queueing discipline (dev_queue_xmit). The caller gives it away. While
   * there is no carrier the kernel has `noop_qdisc` in its place, so that no capture sees the frame.
   */
  transmit(packet: Packet): void {
    if (!this.up || !this.carrier) {
      this.#refuse(packet);
      return;
    }
    const qdisc = this.qdisc;
    if (qdisc === null) this.send(packet);
    else {
      const leg = this.world.leg;
      if (leg !== null) leg.finishes(packet, new Queued(qdisc), true);
      qdisc.enqueue(packet);
    }
  }

  #refuse(packet: Packet): void {
    if (!this.up) {
      this.drop(packet, Verdict.DEV_READY, this.ref);
      return;
    }
    this.counters.txDropped++;
    this.drop(packet, Verdict.NO_CARRIER, (this.peer ?? this).ref);
  }

  /** Sends a frame past the queueing discipline (dev_hard_start_xmit). */
  send(packet: Packet): void {
    const world = this.world;
    if (this.tap !== null) this.#show(this.tap, packet, Verdict.transmitted);
    if (world.tap !== null) world.tap.record(this.place, packet, Verdict.transmitted, 0);
    const leg = world.leg;
    const peer = this.peer;
    if (peer === null) {
      if (leg !== null && !this.driver.notesLegs)
        leg.finishes(packet, new Driven(this), this.driver.keepsFrames === true);
      this.driver.transmit(this, packet);
      return;
    }
    const longest = peer.mtu + ethernet.HEADER_LEN + ethernet.TAG_LEN;
    if (!peer.running || packet.length > longest) {
      this.counters.txDropped++;
      world.end(packet, peer.running ? Verdict.PKT_TOO_BIG : Verdict.NO_CARRIER, this.place, peer.ref);
      return;
    }
    this.counters.transmitted(packet.length, leg);
    if (leg !== null) leg.allows(packet, longest);
    if ((packet.connectionInfo | packet.mark) !== 0) scrub(packet, this.ns, peer.ns);
    peer.arrive(packet);
  }

  /** A frame comes in: counted, and in the backlog of a processor of this device's host (netif_rx). */
  arrive(packet: Packet): void {
    this.counters.received(packet.length, this.world.leg);
    this.backlog(packet);
  }

  /** Puts a frame that is counted already, or not at all, in the backlog of a processor (enqueue_to_backlog). */
  backlog(packet: Packet, receiver: Receiver = this): void {
    const leg = this.world.leg;
    const host = this.ns.host;
    if (host.cpus === null) {
      if (leg !== null) leg.crosses(packet, receiver);
      packet.device = receiver;
      this.world.queue.push(packet);
      return;
    }
    // Which processor a packet goes to may follow from its ports.
    if (leg?.isOfClass === false) leg.finishes(packet, new Crossing(this, receiver), true);
    else this.world.leg = null;
    packet.device = receiver;
    host.steer(packet, this.place);
  }

  /** The processor has got to the frame (__netif_receive_skb_core). */
  receive(packet: Packet): void {
    if (packet.trip?.board(packet)) return;
    if (!this.up) {
      this.drop(packet, this.removed ? Verdict.DEVICE_GONE : Verdict.DEV_READY, this.ref);
      return;
    }
    const world = this.world;
    if (this.tap !== null) this.#show(this.tap, packet, Verdict.received);
    if (world.tap !== null) world.tap.record(this.place, packet, Verdict.received, 0);
    const { vlans } = this;
    if (vlans !== null && ethernet.isTagged(packet.view, packet.at)) {
      world.leg = null;
      if (vlans.receive(packet)) return;
    }
    const handler = this.rxHandler;
    if (handler === null) {
      this.ns.receive(this, packet);
      return;
    }
    if (!handler.notesLegs) world.leg = null;
    handler.receive(this, packet);
  }

  /** Somebody looks at each frame here, so that none can be taken along unseen. */
  #show(tap: Tap, packet: Packet, verdict: Verdict): void {
    this.world.leg = null;
    tap.record(this.place, packet, verdict, 0);
  }

  /** Ends a frame at this device; `entry` is what decided it, where something did. */
  drop(packet: Packet, verdict: Verdict, entry: EntryRef = 0): void {
    this.world.end(packet, verdict, this.place, entry);
  }

  /** Lets somebody see every frame that leaves or arrives here: a capture, a packet socket. */
  addTap(tap: Tap): void {
    this.tap = withTap(this.tap, tap);
    this.world.generation++;
  }

  removeTap(tap: Tap): void {
    this.tap = withoutTap(this.tap, tap);
    this.world.generation++;
  }

  /** @throws {KernelError} when the driver cannot open the device. */
  setUp(up: boolean): void {
    if (this.up === up) return;
    if (up) this.driver.open?.(this);
    this.up = up;
    if (up) this.activated = true;
    else if (this.qdisc !== null) this.qdisc.reset();
    this.announce(up ? "up" : "down");
  }

  /** Puts another queueing discipline, or none, at the egress; what waits in the old one is dropped (dev_graft_qdisc). */
  setQdisc(qdisc: Qdisc | null): void {
    const old = this.qdisc;
    this.qdisc = qdisc;
    this.activated = this.up || qdisc !== null;
    this.world.generation++;
    if (old === null) return;
    old.destroy();
    this.world.registry.gone(old.ref);
  }

  setCarrier(carrier: boolean): void {
    if (this.carrier === carrier) return;
    this.carrier = carrier;
    this.carrierChanges++;
    this.announce("carrier");
  }

  /** @throws {KernelError} EINVAL outside minMtu to maxMtu, with the kernel's words. */
  setMtu(mtu: number): void {
    if (mtu < this.minMtu) throw new KernelError("EINVAL", "mtu less than device minimum");
    if (this.maxMtu > 0 && mtu > this.maxMtu)
      throw new KernelError("EINVAL", "mtu greater than device maximum");
    if (this.mtu === mtu) return;
    this.driver.checkMtu?.(this, mtu);
    const before = this.mtu;
    this.mtu = mtu;
    this.ns.exceptions.deviceMtuChanged(this, before);
    this.announce("mtu");
  }

  /** @throws {KernelError} EADDRNOTAVAIL for group addresses and zero. */
  setMac(hi: number, lo: number): void {
    if (!mac.isValidUnicast(hi, lo)) throw new KernelError("EADDRNOTAVAIL");
    if (this.macHi === hi && this.macLo === lo) return;
    this.driver.checkMac?.(this, hi, lo);
    this.macHi = hi;
    this.macLo = lo;
    this.announce("address");
  }

  /** Lets somebody know of each change from now on. */
  listen(listener: DeviceListener): void {
    this.#listening = withListener(this.#listening, listener);
  }

  unlisten(listener: DeviceListener): void {
    this.#listening = withoutListener(this.#listening, listener);
  }

  setMaster(master: NetDevice | null): void {
    this.master = master;
    this.announce("master");
  }

  /** Tells everyone who depends on this device. A change of anything raises the world's generation. */
  announce(change: DeviceChange): void {
    this.world.generation++;
    if (change === "name" || change === "moved")
      this.world.renamePlace(this.place, `${this.ns.path}/${this.name}`);
    this.world.registry.changed(this.ref, noteOf(this, change));
    this.driver.changed(this, change);
    this.ns.deviceChanged(this, change);
    // Who stops listening meanwhile still knows the next one.
    for (let at = this.#listening; at !== null; at = at.next) at.listener.deviceChanged(this, change);
  }
}
