import type { FlowAct, FlowPort } from "../sim/flow-class.ts";
import type { LegEnd } from "../sim/leg.ts";
import type { Packet, Receiver } from "../sim/packet.ts";
import type { Qdisc } from "./device-driver.ts";
import type { NetDevice } from "./net-device.ts";
import type { UdpSocket } from "./udp-socket.ts";

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

/** A leg of a class of flows ends at the socket of each flow, which is found by its port. */
export class DeliveryByPort implements LegEnd, FlowAct {
  readonly #device: NetDevice;
  readonly #dst: number;
  readonly #src: number;
  readonly #srcPort: number;
  readonly #port: FlowPort;
  #socket: UdpSocket | null = null;

  constructor(device: NetDevice, dst: number, src: number, srcPort: number, port: FlowPort) {
    this.#device = device;
    this.#dst = dst;
    this.#src = src;
    this.#srcPort = srcPort;
    this.#port = port;
  }

  holds(packet: Packet): boolean {
    const device = this.#device;
    const port = this.#port.of(packet);
    this.#socket = device.ns.sockets.findUdp(device, this.#dst, port, this.#src, this.#srcPort);
    return this.#socket !== null && this.#socket.encapReceiver === null;
  }

  /** The socket takes it when the leg ends. */
  perform(): void {}

  take(packet: Packet): void {
    this.#socket!.deliver(this.#device, packet);
  }
}
