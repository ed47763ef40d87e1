import type { LegEnd } from "../sim/leg.ts";
import type { Packet, Receiver } from "../sim/packet.ts";
import type { Qdisc } from "./device-driver.ts";
import type { NetDevice } from "./net-device.ts";

/** A leg ends in the backlog of another device's processor. */
export class Crossing implements LegEnd {
  readonly #device: NetDevice;
  readonly #receiver: Receiver;

  constructor(device: NetDevice, receiver: Receiver) {
    this.#device = device;
    this.#receiver = receiver;
  }

  take(packet: Packet): void {
    this.#device.backlog(packet, this.#receiver);
  }
}

/** A leg ends in a queueing discipline. */
export class Queued implements LegEnd {
  readonly #qdisc: Qdisc;

  constructor(qdisc: Qdisc) {
    this.#qdisc = qdisc;
  }

  take(packet: Packet): void {
    this.#qdisc.enqueue(packet);
  }
}

/** A leg ends at a driver that handles each frame itself: a card with a wire that takes time. */
export class Driven implements LegEnd {
  readonly #device: NetDevice;

  constructor(device: NetDevice) {
    this.#device = device;
  }

  take(packet: Packet): void {
    this.#device.driver.transmit(this.#device, packet);
  }
}
