import { type Packet, PacketFlag } from "../sim/packet.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import type { Cause, EntryRef } from "../sim/registry.ts";
import { MILLISECOND, type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import * as arp from "./arp.ts";
import * as icmpError from "./icmp-error.ts";
import type { NeighbourConf } from "./neighbour-settings.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { PACKET_OVERHEAD } from "./truesize.ts";

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

/** Probes never follow each other faster (HZ / 100). */
const MIN_INTERVAL: Nanos = 10 * MILLISECOND;

/** Says whose word an update is: {@link Neighbour.update}. */
interface UpdateOptions {
  /** A new link-layer address may take the place of the one that is known (NEIGH_UPDATE_F_OVERRIDE). */
  readonly override: boolean;
  /** An administrator's word: it holds for permanent entries too (NEIGH_UPDATE_F_ADMIN). */
  readonly admin: boolean;
}
export const byAdministrator: UpdateOptions = { override: true, admin: true };
export const byFrame: UpdateOptions = { override: true, admin: false };
export const byFrameWithoutOverride: UpdateOptions = { override: false, admin: false };

/**
 * One neighbour: its link-layer address as far as it is known, and what waits for it (struct neighbour).
 *
 * States:  NONE → INCOMPLETE → REACHABLE → STALE or DELAY → PROBE → FAILED; NOARP and PERMANENT never change by themselves.
 * Timers:  REACHABLE for the reachable time; DELAY for delay_first_probe_time; one question each retrans_time in
 *          INCOMPLETE and PROBE.          Linux: net/core/neighbour.c (neigh_timer_handler, neigh_update).
 */
export class Neighbour {
  readonly ns: NetworkNamespace;
  readonly device: NetDevice;
  readonly address: number;
  readonly ref: EntryRef;
  state: NeighbourState = "NONE";
  macHi = 0;
  macLo = 0;
  /** True while frames can be sent to {@link macHi}, {@link macLo} without a further thought (NUD_CONNECTED). */
  connected = false;
  /** When its state or address changed, when somebody last needed it, and when it was last known to be alive. */
  updated: Nanos;
  #used: Nanos;
  /** When legs took a packet to it last; null while none did. */
  #usedByLegs: Float64Array | null = null;
  confirmed: Nanos;
  probes = 0;
  /** The routing protocol that `ip neigh add ... protocol` gave, by name or number; empty for none. */
  protocol = "";
  /** `ip neigh add ... router`, `extern_learn`. */
  router = false;
  externLearn = false;
  readonly queue: PacketQueue;
  #queueSize = 0;
  #held = false;
  readonly #timer: Timer;

  constructor(ns: NetworkNamespace, device: NetDevice, address: number, cause: Cause) {
    this.ns = ns;
    this.device = device;
    this.address = address;
    const now = ns.world.now;
    this.updated = now;
    this.#used = now;
    this.confirmed = now - this.conf.base_reachable_time_ms * 2 * MILLISECOND;
    this.queue = new PacketQueue(`${ns.path} ARP queue of ${ip.format(address)}`);
    this.#timer = ns.world.timer(() => this.#tick());
    const text = `${ip.format(address)} dev ${device.name}`;
    this.ref = ns.world.registry.made("neighbour", ns.path, text, cause);
  }

  /** net.ipv4.neigh.DEVICE.* */
  get conf(): NeighbourConf {
    return this.device.ipv4.neighbourConf;
  }

  get permanent(): boolean {
    return this.state === "PERMANENT" || this.state === "NOARP";
  }

  /** NUD_VALID: its link-layer address can be used. */
  get valid(): boolean {
    return this.state !== "NONE" && this.state !== "INCOMPLETE" && this.state !== "FAILED";
  }

  /** NUD_IN_TIMER. */
  get inTimer(): boolean {
    const s = this.state;
    return s === "INCOMPLETE" || s === "REACHABLE" || s === "DELAY" || s === "PROBE";
  }

  /** Its timer runs, which holds on to it. */
  get timed(): boolean {
    return this.#timer.armed;
  }

  /** When somebody needed it last who did not find it connected. */
  get used(): Nanos {
    const byLegs = this.#usedByLegs;
    if (byLegs === null) return this.#used;
    this.ns.world.ledger.settle();
    return Math.max(byLegs[0]!, this.#used);
  }

  get inUse(): boolean {
    return this.queue.length > 0;
  }

  /** Sends an IP packet to this neighbour. */
  output(packet: Packet): void {
    if ((packet.flags & PacketFlag.confirms) !== 0) {
      this.ns.world.leg = null;
      this.confirm();
    }
    if (!this.connected && !this.#mayUse(packet)) return;
    const tap = this.ns.world.tap;
    if (tap !== null) tap.record(this.ns.place, packet, Verdict.resolved, this.ref);
    packet.at -= ethernet.HEADER_LEN;
    packet.length += ethernet.HEADER_LEN;
    const device = this.device;
    const { macHi, macLo } = device;
    ethernet.write(packet.view, packet.at, this.macHi, this.macLo, macHi, macLo, ethernet.TYPE_IPV4);
    device.transmit(packet);
  }

  /** Somebody takes its link-layer address for a packet that does not pass here; false when none is known. */
  use(): boolean {
    if (!this.connected && this.valid) this.#event(null);
    return this.valid;
  }

  /** Something above IP has heard from it (neigh_confirm). */
  confirm(): void {
    this.confirmed = this.ns.world.now;
  }

  /**
   * Its link-layer address became known, or an administrator says so (neigh_update). `state` is a valid one; use
   * {@link invalidate} for the others. False when nothing was changed because the entry is not this caller's to change.
   */
  update(
    hi: number,
    lo: number,
    state: NeighbourState,
    cause: Cause,
    options: UpdateOptions = byFrame,
  ): boolean {
    if (this.permanent && !options.admin) return false;
    const now = this.ns.world.now;
    const wasValid = this.valid;
    const same = wasValid && hi === this.macHi && lo === this.macLo;
    const connects = isConnected(state);
    if (connects) this.confirmed = now;
    if (wasValid) {
      if (!same && !options.override) return false;
      if (same && state === "STALE" && !options.admin) return true;
    }
    const changed = state !== this.state;
    if (changed || !same) this.updated = now;
    if (changed) {
      this.#timer.cancel();
      if (state === "PROBE") this.probes = 0;
      this.state = state;
      // Who is being timed counts as used when it was last heard of (neigh_add_timer).
      if (this.inTimer && this.used < this.confirmed) this.#used = this.confirmed;
      if (state === "REACHABLE") this.#timer.arm(this.device.ipv4.reachableTime);
      else if (state === "DELAY" || state === "PROBE") this.#timer.arm(0);
    }
    if (!same) {
      this.macHi = hi;
      this.macLo = lo;
      if (!connects) this.confirmed = now - this.conf.base_reachable_time_ms * 2 * MILLISECOND;
    }
    if (!changed && same) return true;
    this.connected = connects;
    this.ns.world.generation++;
    this.#record(cause);
    if (!wasValid) this.#sendQueue();
    return true;
  }

  /** An administrator takes its address away: FAILED, NONE or INCOMPLETE, in which nobody asks for it. */
  invalidate(state: "FAILED" | "NONE" | "INCOMPLETE", cause: Cause): void {
    const asked = this.state === "INCOMPLETE" || this.state === "PROBE";
    this.#timer.cancel();
    this.state = state;
    this.connected = false;
    this.updated = this.ns.world.now;
    this.ns.world.generation++;
    this.#record(cause);
    if (state === "FAILED" && asked) this.#reportFailure();
  }

  /** Asks at once, as `ip neigh ... use` does, unless the answer is known (neigh_event_send without a packet). */
  solicit(): void {
    this.#event(null);
  }

  destroy(cause: Cause): void {
    this.#timer.cancel();
    this.connected = false;
    for (let p = this.#take(); p !== null; p = this.#take()) this.ns.drop(p, Verdict.NEIGH_DEAD, this.ref);
    this.ns.world.registry.gone(this.ref, cause);
  }

  get #interval(): Nanos {
    return Math.max(this.conf.retrans_time_ms * MILLISECOND, MIN_INTERVAL);
  }

  /** False when the packet was taken: it waits, or it ended. */
  #mayUse(packet: Packet): boolean {
    this.#event(packet);
    if (this.state !== "INCOMPLETE") return this.valid;
    return false;
  }

  /** Somebody needs the address (__neigh_event_send). A packet that has to wait is taken. */
  #event(packet: Packet | null): void {
    const { world } = this.ns;
    const { leg, now } = world;
    this.#used = now;
    if (leg !== null && (this.state === "DELAY" || this.state === "PROBE")) {
      // Packets go to it until the timer has found out more.
      this.#usedByLegs ??= new Float64Array(1);
      leg.stamps(this.#usedByLegs, 0);
      return;
    }
    world.leg = null;
    if (this.state === "STALE") {
      this.#become("DELAY", { by: "timer", text: "used while stale" });
      this.#timer.arm(this.conf.delay_first_probe_time * SECOND);
      return;
    }
    if (this.state === "NONE" || this.state === "FAILED") {
      this.probes = this.conf.ucast_solicit;
      const cause: Cause = packet === null ? this.ns.world.registry.cause : { by: "frame", frame: packet.id };
      this.#become("INCOMPLETE", cause);
      this.#timer.arm(this.#interval);
      if (packet !== null) this.#wait(packet);
      this.#probe();
    } else if (this.state === "INCOMPLETE" && packet !== null) this.#wait(packet);
  }

  #wait(packet: Packet): void {
    this.ns.note(packet, Verdict.waitsForNeighbour, this.ref);
    const size = packet.length + PACKET_OVERHEAD;
    while (this.queue.length > 0 && this.#queueSize + size > this.conf.unres_qlen_bytes)
      this.ns.drop(this.#take()!, Verdict.NEIGH_QUEUEFULL, this.ref);
    if (!this.#held) this.ns.world.holds(this.queue);
    this.#held = true;
    this.queue.push(packet);
    this.#queueSize += size;
  }

  #take(): Packet | null {
    const packet = this.queue.shift();
    if (packet !== null) this.#queueSize -= packet.length + PACKET_OVERHEAD;
    if (this.queue.length === 0 && this.#held) {
      this.ns.world.forget(this.queue);
      this.#held = false;
    }
    return packet;
  }

  #sendQueue(): void {
    while (this.valid) {
      const packet = this.#take();
      if (packet === null) return;
      this.output(packet);
    }
  }

  #become(state: NeighbourState, cause: Cause): void {
    this.state = state;
    this.connected = isConnected(state);
    this.updated = this.ns.world.now;
    this.ns.world.generation++;
    this.#record(cause);
  }

  #record(cause: Cause): void {
    this.ns.host.neighbourLimits.sort(this);
    const address = this.valid ? ` lladdr ${mac.format(this.macHi, this.macLo)}` : "";
    const text = `${ip.format(this.address)} dev ${this.device.name}${address} ${this.state}`;
    this.ns.world.registry.changed(this.ref, text, cause);
  }

  #tick(): void {
    const now = this.ns.world.now;
    const delay = this.conf.delay_first_probe_time * SECOND;
    let next = this.#interval;
    if (this.state === "REACHABLE") {
      const until = this.confirmed + this.device.ipv4.reachableTime;
      if (now < until) next = until - now;
      else if (now <= this.used + delay) {
        this.#become("DELAY", { by: "timer", text: "reachable time is over, used of late" });
        next = delay;
      } else this.#become("STALE", { by: "timer", text: "reachable time is over" });
    } else if (this.state === "DELAY") {
      if (now <= this.confirmed + delay) {
        this.#become("REACHABLE", { by: "timer", text: "confirmed meanwhile" });
        next = this.confirmed + this.device.ipv4.reachableTime - now;
      } else {
        this.probes = 0;
        this.#become("PROBE", { by: "timer", text: "nothing heard in delay_first_probe_time" });
      }
    }
    if (this.#asking && this.probes >= this.#maxProbes) {
      this.#become("FAILED", { by: "timer", text: "nobody answered" });
      this.#reportFailure();
      return;
    }
    if (this.inTimer) this.#timer.arm(Math.max(next, MIN_INTERVAL));
    if (this.#asking) this.#probe();
  }

  get #asking(): boolean {
    return this.state === "INCOMPLETE" || this.state === "PROBE";
  }

  /** neigh_max_probes: for INCOMPLETE the unicast ones count as made. */
  get #maxProbes(): number {
    const { ucast_solicit, app_solicit, mcast_solicit, mcast_resolicit } = this.conf;
    return ucast_solicit + app_solicit + (this.state === "PROBE" ? mcast_resolicit : mcast_solicit);
  }

  #probe(): void {
    arp.solicit(this, this.queue.tail);
    this.probes++;
  }

  /** Nobody answered: those who wait get the error (arp_error_report). */
  #reportFailure(): void {
    while (this.state === "FAILED") {
      const packet = this.#take();
      if (packet === null) return;
      icmpError.hostUnreachable(this.ns, packet);
      this.ns.drop(packet, Verdict.NEIGH_FAILED, this.ref);
    }
  }
}

function isConnected(state: NeighbourState): boolean {
  return state === "REACHABLE" || state === "PERMANENT" || state === "NOARP";
}
