import type { Prng } from "../base/prng.ts";
import type { Packet } from "../sim/packet.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import type { EntryRef } from "../sim/registry.ts";
import { MILLISECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as arp from "./arp.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** An address that this host answers for (`ip neigh add proxy`); without a device on all (struct pneigh_entry). */
export interface ProxyNeighbour {
  readonly address: number;
  readonly device: NetDevice | null;
  /** What somebody noted with it. */
  router: boolean;
  externLearn: boolean;
  /** The routing protocol that made it, by name or number; empty for none. */
  protocol: string;
  readonly ref: EntryRef;
}

/** The row of the kernel's table in which an address stands, which decides the order of listings (pneigh_hash). */
function bucket(address: number): number {
  const halves = address ^ (address >>> 16);
  const bytes = halves ^ (halves >>> 8);
  return (bytes ^ (bytes >>> 4)) & 15;
}

/** The proxy entries of a namespace, and the questions that are answered a little later so that the owner comes first. */
export class ProxyNeighbours {
  readonly #ns: NetworkNamespace;
  #entries: ProxyNeighbour[] = [];
  readonly #waiting: PacketQueue;
  readonly #timer: Timer;
  readonly #prng: Prng;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
    this.#waiting = new PacketQueue(`${ns.path} proxy ARP queue`);
    this.#timer = ns.world.timer(() => this.#answer());
    this.#prng = ns.world.prng.fork(`${ns.path}/proxy-arp`);
  }

  add(device: NetDevice | null, address: number): ProxyNeighbour {
    const there = this.#entries.find((e) => e.address === address && e.device === device);
    if (there !== undefined) return there;
    const text = `${ip.format(address)} dev ${device === null ? "*" : device.name} proxy`;
    const ref = this.#ns.world.registry.made("neighbour", this.#ns.path, text);
    const entry = { address, device, router: false, externLearn: false, protocol: "", ref };
    this.#entries = [...this.#entries, entry];
    return entry;
  }

  /** False when there is none. */
  remove(device: NetDevice | null, address: number): boolean {
    const gone = this.#entries.find((e) => e.address === address && e.device === device);
    if (gone === undefined) return false;
    this.#entries = this.#entries.filter((e) => e !== gone);
    this.#ns.world.registry.gone(gone.ref);
    return true;
  }

  /** The entry that covers an address on a device, or null. */
  find(device: NetDevice, address: number): ProxyNeighbour | null {
    if (this.#entries.length === 0) return null;
    const fits = (e: ProxyNeighbour): boolean =>
      e.address === address && (e.device === null || e.device === device);
    return this.#entries.find(fits) ?? null;
  }

  /** Row by row of the kernel's table, the newest of a row first. */
  list(): readonly ProxyNeighbour[] {
    return [...this.#entries].sort((a, b) => bucket(a.address) - bucket(b.address) || b.ref - a.ref);
  }

  flush(device: NetDevice): void {
    for (const e of this.#entries) if (e.device === device) this.remove(device, e.address);
    const kept: Packet[] = [];
    for (let p = this.#waiting.shift(); p !== null; p = this.#waiting.shift()) {
      if (p.device === device) this.#ns.drop(p, Verdict.DEV_READY);
      else kept.push(p);
    }
    for (const p of kept) this.#waiting.insertByDue(p);
    this.#arm();
  }

  /** Keeps a question for a random time of up to proxy_delay (pneigh_enqueue). `packet.device` is where it came in. */
  enqueue(device: NetDevice, packet: Packet): void {
    const conf = device.ipv4.neighbourConf;
    if (this.#waiting.length > conf.proxy_qlen) {
      this.#ns.drop(packet, Verdict.NEIGH_QUEUEFULL);
      return;
    }
    packet.device = device;
    packet.due = this.#ns.world.now + this.#prng.below(conf.proxy_delay) * 10 * MILLISECOND;
    this.#ns.note(packet, Verdict.queued, 0);
    this.#waiting.insertByDue(packet);
    this.#arm();
  }

  #answer(): void {
    const now = this.#ns.world.now;
    while (this.#waiting.head !== null && this.#waiting.head.due <= now) {
      const packet = this.#waiting.shift()!;
      arp.process(this.#ns, packet.device as NetDevice, packet, true);
    }
    this.#arm();
  }

  #arm(): void {
    this.#timer.cancel();
    this.#ns.world.forget(this.#waiting);
    const head = this.#waiting.head;
    if (head === null) return;
    this.#ns.world.holds(this.#waiting);
    this.#timer.arm(Math.max(0, head.due - this.#ns.world.now));
  }
}
