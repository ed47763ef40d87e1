import type { Prng } from "../../base/prng.ts";
import { finishChecksum } from "../../sim/finish-checksum.ts";
import type { Packet } from "../../sim/packet.ts";
import { PacketQueue } from "../../sim/packet-queue.ts";
import type { EntryRef } from "../../sim/registry.ts";
import type { Nanos } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import { Verdict } from "../../sim/verdict.ts";
import type { Qdisc } from "../device-driver.ts";
import type { NetDevice } from "../net-device.ts";
import { markCongestion } from "./congestion-mark.ts";
import { CorrelatedRandom } from "./correlated-random.ts";
import { type DelayDistribution, DISTRIBUTION_SCALE, distributionTable } from "./delay-distribution.ts";
import { LossModel, type LossModelSettings } from "./loss-model.ts";
import { QdiscStats } from "./qdisc-stats.ts";

/** A chance and how much each draw depends on the one before: both in 2^32 - 1 parts. */
export interface CorrelatedChance {
  readonly probability: number;
  readonly correlation: number;
}

/** How fast netem lets frames go, and what it adds to each frame's length for it. */
interface NetemRate {
  /** Bytes a second. */
  readonly rate: number;
  /** Added to the length; may be negative. */
  readonly packetOverhead: number;
  /** Lengths are counted in whole cells of so many bytes; 0: there are no cells. */
  readonly cellSize: number;
  readonly cellOverhead: number;
}

/**
 * What a request sets (struct tc_netem_qopt and its attributes). What is null stays as it was; the rest is set
 * anew each time.
 */
export interface NetemSettings {
  readonly kind: "netem";
  /** Frames that may wait. */
  readonly limit: number;
  readonly latency: Nanos;
  readonly jitter: Nanos;
  /** Each so manieth frame may overtake; 0: none may. */
  readonly gap: number;
  /** In 2^32 - 1 parts. */
  readonly loss: number;
  readonly duplicate: number;
  readonly correlations: {
    readonly delay: number;
    readonly loss: number;
    readonly duplicate: number;
  } | null;
  /** Chances by which losses come in bursts; null: each frame by itself. */
  readonly lossModel: LossModelSettings | null;
  readonly reorder: CorrelatedChance | null;
  readonly corrupt: CorrelatedChance | null;
  readonly rate: NetemRate | null;
  readonly ecn: boolean | null;
  readonly distribution: DelayDistribution | null;
}

const ALWAYS = 0xffffffff;

/**
 * Delays, loses, repeats, reorders and damages what leaves a device. Each effect draws from a stream of its own, so
 * that switching one on does not change what another one does.
 *
 * Holds: frames whose time has not come, by time, then by arrival.   Linux: net/sched/sch_netem.c.
 * Differs: no slots, no discipline inside.
 */
export class Netem implements Qdisc {
  readonly kind = "netem";
  readonly device: NetDevice;
  readonly handle: number;
  readonly ref: EntryRef;
  readonly stats: QdiscStats = new QdiscStats();
  limit = 0;
  latency: Nanos = 0;
  jitter: Nanos = 0;
  gap = 0;
  loss = 0;
  duplicate = 0;
  reorder = 0;
  corrupt = 0;
  rate = 0;
  packetOverhead = 0;
  cellSize = 0;
  cellOverhead = 0;
  ecn = false;
  lossModel: LossModel | null = null;
  readonly delayChance: CorrelatedRandom;
  readonly lossChance: CorrelatedRandom;
  readonly duplicateChance: CorrelatedRandom;
  readonly reorderChance: CorrelatedRandom;
  readonly corruptChance: CorrelatedRandom;
  readonly #damage: Prng;
  readonly #losses: Prng;
  #distribution: Int16Array | null = null;
  /** Frames since the last one that overtook. */
  #counter = 0;
  readonly #queue: PacketQueue = new PacketQueue("netem");
  readonly #timer: Timer;
  /** What the timer is set to. */
  #alarm: Nanos = 0;

  /** `stream` names the streams of chance: it must differ from that of any other netem in this world. */
  constructor(device: NetDevice, handle: number, ref: EntryRef, stream: string, settings: NetemSettings) {
    this.device = device;
    this.handle = handle;
    this.ref = ref;
    const world = device.world;
    const fork = (name: string): Prng => world.prng.fork(`${stream} ${name}`);
    this.delayChance = new CorrelatedRandom(fork("delay"));
    this.lossChance = new CorrelatedRandom(fork("loss"));
    this.duplicateChance = new CorrelatedRandom(fork("duplicate"));
    this.reorderChance = new CorrelatedRandom(fork("reorder"));
    this.corruptChance = new CorrelatedRandom(fork("corrupt"));
    this.#damage = fork("damage");
    this.#losses = fork("loss model");
    this.#timer = world.timer(() => this.#release());
    world.holds(this);
    this.change(settings);
  }

  /** The place where frames wait, for reports. */
  get name(): string {
    return `${this.device.path} netem queue`;
  }

  get length(): number {
    return this.#queue.length;
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  change(settings: NetemSettings): void {
    this.limit = settings.limit;
    this.latency = settings.latency;
    this.jitter = Math.min(settings.jitter, 0x7fffffff);
    this.gap = settings.gap;
    this.#counter = 0;
    this.loss = settings.loss;
    this.duplicate = settings.duplicate;
    // A gap without a chance means each time.
    if (this.gap > 0) this.reorder = ALWAYS;
    const { correlations, lossModel, reorder, corrupt, rate } = settings;
    if (correlations !== null) {
      this.delayChance.correlate(correlations.delay);
      this.lossChance.correlate(correlations.loss);
      this.duplicateChance.correlate(correlations.duplicate);
    }
    this.lossModel = lossModel === null ? null : new LossModel(lossModel, this.#losses);
    if (reorder !== null) {
      this.reorder = reorder.probability;
      this.reorderChance.correlate(reorder.correlation);
    }
    if (corrupt !== null) {
      this.corrupt = corrupt.probability;
      this.corruptChance.correlate(corrupt.correlation);
    }
    if (rate !== null) {
      this.rate = rate.rate;
      this.packetOverhead = rate.packetOverhead;
      this.cellSize = rate.cellSize;
      this.cellOverhead = rate.cellOverhead;
    }
    if (settings.ecn !== null) this.ecn = settings.ecn;
    if (settings.distribution !== null) this.#distribution = distributionTable(settings.distribution);
  }

  enqueue(packet: Packet): void {
    this.#admit(packet, this.duplicate);
    this.#release();
  }

  reset(): void {
    this.#timer.cancel();
    for (let packet = this.#queue.shift(); packet !== null; packet = this.#queue.shift())
      this.device.world.end(packet, Verdict.QDISC_DROP, this.device.place, this.ref);
  }

  destroy(): void {
    this.reset();
    this.device.world.forget(this);
  }

  /** The fate of one frame. A repetition passes through all of it once more, but is not repeated itself. */
  #admit(packet: Packet, duplicate: number): void {
    const device = this.device;
    const world = device.world;
    const repeated = duplicate !== 0 && duplicate >= this.duplicateChance.next();
    // What is lost and repeated goes on once.
    const lost = this.#isLost(packet);
    if (lost && !repeated) {
      this.stats.drops++;
      world.end(packet, Verdict.NETEM_LOSS, device.place, this.ref);
      return;
    }
    const second = repeated && !lost ? world.pool.copy(packet) : null;
    if (this.corrupt !== 0 && this.corrupt >= this.corruptChance.next()) this.#damageBit(packet);
    if (this.#queue.length >= this.limit) {
      this.stats.drops++;
      world.end(packet, Verdict.QDISC_DROP, device.place, this.ref);
      if (second !== null) world.end(second, Verdict.QDISC_DROP, device.place, this.ref);
      return;
    }
    if (second !== null) this.#admit(second, 0);
    if (this.gap === 0 || this.#counter < this.gap - 1 || this.reorder < this.reorderChance.next()) {
      packet.due = this.#dueTime(packet);
      this.#counter++;
      if (world.tap !== null && packet.due > world.now)
        world.tap.record(device.place, packet, Verdict.queued, this.ref);
      this.#queue.insertByDue(packet);
    } else {
      this.#counter = 0;
      this.stats.requeues++;
      this.#send(packet);
    }
  }

  #isLost(packet: Packet): boolean {
    const lost =
      this.lossModel === null
        ? this.loss !== 0 && this.loss >= this.lossChance.next()
        : this.lossModel.loses();
    if (!lost) return false;
    if (!this.ecn || !markCongestion(packet)) return true;
    // A frame that is marked instead counts as a loss, and goes on.
    this.stats.drops++;
    return false;
  }

  /** Turns one bit of the frame over. Its checksum is finished before, so that the damage shows. */
  #damageBit(packet: Packet): void {
    finishChecksum(packet);
    const at = packet.at + this.#damage.below(packet.length);
    packet.view.setUint8(at, packet.view.getUint8(at) ^ (1 << this.#damage.below(8)));
    packet.corrupted = true;
    packet.trusted = false;
    packet.trip = null;
  }

  #dueTime(packet: Packet): Nanos {
    let delay = this.#delay();
    let from = this.device.world.now;
    if (this.rate !== 0) {
      // The line is busy until the last frame has gone; what it waits for that is taken off its delay.
      const last = this.#queue.tail;
      if (last !== null) {
        delay = Math.max(0, delay - (last.due - from));
        from = last.due;
      }
      delay += this.#transmissionTime(packet.length);
    }
    return from + delay;
  }

  #delay(): Nanos {
    if (this.jitter === 0) return this.latency;
    const drawn = this.delayChance.next();
    if (this.#distribution === null) return (drawn % (2 * this.jitter)) + this.latency - this.jitter;
    const value = this.#distribution[drawn % this.#distribution.length]!;
    const half = DISTRIBUTION_SCALE / 2;
    const part = (this.jitter % DISTRIBUTION_SCALE) * value;
    return (
      Math.trunc((part >= 0 ? part + half : part - half) / DISTRIBUTION_SCALE) +
      Math.floor(this.jitter / DISTRIBUTION_SCALE) * value +
      this.latency
    );
  }

  #transmissionTime(length: number): Nanos {
    let bytes = length + this.packetOverhead;
    if (this.cellSize !== 0)
      bytes = Math.ceil(Math.max(0, bytes) / this.cellSize) * (this.cellSize + this.cellOverhead);
    return Math.floor((Math.max(0, bytes) * 1_000_000_000) / this.rate);
  }

  /** Sends what is due, and sets the alarm for what is next. */
  #release(): void {
    const world = this.device.world;
    const queue = this.#queue;
    while (queue.head !== null && queue.head.due <= world.now) this.#send(queue.shift()!);
    if (queue.head === null) this.#timer.cancel();
    else if (!this.#timer.armed || this.#alarm !== queue.head.due) {
      this.#alarm = queue.head.due;
      this.#timer.arm(this.#alarm - world.now);
    }
  }

  #send(packet: Packet): void {
    this.stats.packets++;
    this.stats.bytes += packet.length;
    this.device.send(packet);
  }
}
