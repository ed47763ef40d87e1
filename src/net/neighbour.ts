import type { Packet } from "../sim/packet.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import type { Cause, EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import * as arp from "./arp.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

export type NeighbourState =
  | "NONE"
  | "INCOMPLETE"
  | "REACHABLE"
  | "STALE"
  | "DELAY"
  | "PROBE"
  | "FAILED"
  | "NOARP"
  | "PERMANENT";

/** One neighbour: its link-layer address as far as it is known, and what waits for it (struct neighbour). */
export class Neighbour {
  readonly ns: NetworkNamespace;
  readonly device: NetDevice;
  readonly address: number;
  readonly ref: EntryRef;
  state: NeighbourState = "NONE";
  macHi = 0;
  macLo = 0;
  /** True while frames can be sent to {@link macHi}, {@link macLo} without a further question. */
  connected = false;
  readonly queue: PacketQueue;

  constructor(ns: NetworkNamespace, device: NetDevice, address: number) {
    this.ns = ns;
    this.device = device;
    this.address = address;
    this.queue = new PacketQueue(`${ns.path} ARP queue of ${ip.format(address)}`);
    this.ref = ns.world.registry.made("neighbour", ns.path, `${ip.format(address)} dev ${device.name}`);
  }

  get permanent(): boolean {
    return this.state === "PERMANENT" || this.state === "NOARP";
  }

  /** Sends an IP packet to this neighbour. */
  output(packet: Packet): void {
    if (!this.connected && !this.#mayUse(packet)) return;
    this.ns.note(packet, Verdict.resolved, this.ref);
    this.#transmit(packet);
  }

  /** Its link-layer address became known. */
  update(hi: number, lo: number, state: NeighbourState, cause: Cause): void {
    this.macHi = hi;
    this.macLo = lo;
    this.state = state;
    this.connected = state === "REACHABLE" || this.permanent || state === "STALE";
    this.ns.world.generation++;
    const text = `${ip.format(this.address)} dev ${this.device.name} lladdr ${mac.format(hi, lo)} ${state}`;
    this.ns.world.registry.changed(this.ref, text, cause);
    for (let waiting = this.queue.shift(); waiting !== null; waiting = this.queue.shift())
      this.output(waiting);
    this.ns.world.forget(this.queue);
  }

  destroy(): void {
    for (let waiting = this.queue.shift(); waiting !== null; waiting = this.queue.shift()) {
      this.ns.drop(waiting, Verdict.NEIGH_DEAD);
    }
    this.ns.world.forget(this.queue);
    this.ns.world.registry.gone(this.ref);
  }

  /** False when the packet was taken: it waits, or it ended. */
  #mayUse(packet: Packet): boolean {
    this.ns.note(packet, Verdict.waitsForNeighbour, this.ref);
    if (this.queue.length === 0) {
      this.ns.world.holds(this.queue);
      this.queue.push(packet);
      this.state = "INCOMPLETE";
      arp.request(this.device, this.address, packet);
    } else this.queue.push(packet);
    return false;
  }

  #transmit(packet: Packet): void {
    packet.at -= ethernet.HEADER_LEN;
    packet.length += ethernet.HEADER_LEN;
    const view = packet.view;
    const at = packet.at;
    const device = this.device;
    ethernet.setDst(view, at, this.macHi, this.macLo);
    ethernet.setSrc(view, at, device.macHi, device.macLo);
    ethernet.setType(view, at, ethernet.TYPE_IPV4);
    device.transmit(packet);
  }
}
