import type { NetDevice } from "../net/net-device.ts";
import { scrub } from "../net/scrub.ts";
import type { Packet, Receiver } from "../sim/packet.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import { SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { Verdict } from "../sim/verdict.ts";

/** A cable, the same in both directions. */
export interface WireOptions {
  /** Nanoseconds from one end to the other. */
  readonly delay: number;
  /** Bits per second; 0: a frame takes no time to be sent. */
  readonly rate: number;
  /** Frames that may wait at an end that is busy sending. */
  readonly queue: number;
}

/** One direction of a wire that takes time: a sender that sends one frame after the other, and the frames on their way. */
export class Transmitter implements Receiver {
  readonly name: string;
  /** Frames on the wire, besides those that wait for the sender. */
  length = 0;
  readonly #from: NetDevice;
  readonly #to: NetDevice;
  readonly #wire: WireOptions;
  readonly #waiting: PacketQueue;
  readonly #sent: Timer;
  #sending: Packet | null = null;

  constructor(from: NetDevice, to: NetDevice, wire: WireOptions) {
    this.#from = from;
    this.#to = to;
    this.#wire = wire;
    this.name = `wire from ${from.path}`;
    this.#waiting = new PacketQueue(`queue of ${this.name}`);
    this.#sent = from.world.timer(() => this.#finish());
    from.world.holds(this);
    from.world.holds(this.#waiting);
  }

  send(packet: Packet): void {
    const counters = this.#from.counters;
    if ((packet.connectionInfo | packet.mark) !== 0) scrub(packet, this.#from.ns, this.#to.ns);
    if (this.#sending !== null && this.#waiting.length >= this.#wire.queue) {
      counters.txDropped++;
      this.#from.drop(packet, Verdict.QDISC_DROP);
      return;
    }
    counters.transmitted(packet.length, null);
    if (this.#wire.rate === 0) {
      this.length++;
      this.#launch(packet);
    } else if (this.#sending !== null) this.#waiting.push(packet);
    else this.#begin(packet);
  }

  /** The frame has come to the other end. */
  receive(packet: Packet): void {
    this.length--;
    const to = this.#to;
    if (to.running) to.arrive(packet);
    else to.drop(packet, to.removed ? Verdict.DEVICE_GONE : Verdict.NO_CARRIER);
  }

  #begin(packet: Packet): void {
    this.#sending = packet;
    this.length++;
    this.#sent.arm(Math.ceil((packet.length * 8 * SECOND) / this.#wire.rate));
  }

  #finish(): void {
    const packet = this.#sending!;
    const next = this.#waiting.shift();
    this.#sending = null;
    if (next !== null) this.#begin(next);
    this.#launch(packet);
  }

  #launch(packet: Packet): void {
    const queue = this.#from.world.queue;
    packet.device = this;
    if (this.#wire.delay > 0) queue.schedule(this.#wire.delay, packet);
    else queue.push(packet);
  }
}
