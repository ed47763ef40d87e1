import { OpenPort, OWN_PORT, type PortPlace } from "../sim/flow-class.ts";
import type { Packet } from "../sim/packet.ts";
import { Trip } from "../sim/trip.ts";
import type { World } from "../sim/world.ts";
import type { InetSocket } from "./inet-socket.ts";

const SIZE = 64;

/**
 * A class of flows that begin in a namespace: from one address to one address and port, whatever port the sender has; or
 * from one port to one address, whatever port the receiver has. The first packet of each goes the same way, with the same
 * options of the socket, as long as nothing changes.
 */
export class FlowClass {
  readonly #place: PortPlace;
  /** Made for the second flow: many a class has but one. */
  #trip: Trip | null = null;
  #flows = 0;
  readonly #generation: number;
  readonly #localAddress: number;
  /** The port that is not open. */
  readonly #fixedPort: number;
  readonly #address: number;
  readonly #isConnected: boolean;
  readonly #boundTo: number;
  readonly #tos: number;
  readonly #ttl: number;
  readonly #mark: number;
  readonly #discovery: string;

  constructor(socket: InetSocket, address: number, fixedPort: number, place: PortPlace) {
    this.#place = place;
    this.#generation = socket.ns.world.generation;
    this.#localAddress = socket.localAddress;
    this.#fixedPort = fixedPort;
    this.#address = address;
    this.#isConnected = socket.remoteAddress !== 0;
    this.#boundTo = socket.boundTo;
    this.#tos = socket.tos;
    this.#ttl = socket.ttl;
    this.#mark = socket.mark;
    this.#discovery = socket.mtuDiscovery;
  }

  /** Whether the first packet of a socket to an address belongs to it. */
  isFor(socket: InetSocket, address: number, fixedPort: number, place: PortPlace): boolean {
    return (
      this.#fixedPort === fixedPort &&
      this.#address === address &&
      this.#generation === socket.ns.world.generation &&
      this.#place === place &&
      this.#localAddress === socket.localAddress &&
      this.#isConnected === (socket.remoteAddress !== 0) &&
      this.#boundTo === socket.boundTo &&
      this.#tos === socket.tos &&
      this.#ttl === socket.ttl &&
      this.#mark === socket.mark &&
      this.#discovery === socket.mtuDiscovery
    );
  }

  /** The trip of its packets, if it is known for a payload of so many bytes, or null. */
  tripFor(length: number): Trip | null {
    return this.#trip?.isFor(length) === true ? this.#trip : null;
  }

  /** The stack is about to send the first packet of one of its flows, whose open port is `port`: a trip is made of that. */
  note(world: World, packet: Packet, port: number): void {
    if (this.#flows++ === 0) return;
    packet.port = port;
    this.#trip ??= new Trip(world, new OpenPort(this.#place, OWN_PORT, null));
    this.#trip.board(packet);
  }
}

/** The classes of flows that begin in a namespace, as far as there is room: a new one takes the place of another. */
export class FlowClasses {
  readonly #classes: (FlowClass | null)[] = new Array<FlowClass | null>(SIZE).fill(null);

  /** The class of the first packet of a socket to an address. `fixedPort`: the one that is not open. */
  of(socket: InetSocket, address: number, fixedPort: number, place: PortPlace): FlowClass {
    const at = slot(address, fixedPort);
    const there = this.#classes[at]!;
    if (there?.isFor(socket, address, fixedPort, place)) return there;
    const made = new FlowClass(socket, address, fixedPort, place);
    this.#classes[at] = made;
    return made;
  }
}

function slot(address: number, port: number): number {
  const mixed = Math.imul(address, 0x9e3779b1) ^ Math.imul(port, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 26;
}
