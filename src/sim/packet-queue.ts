import type { Packet } from "./packet.ts";

/** A FIFO of packets, linked through the packets themselves. Its name is what reports call the place. */
export class PacketQueue {
  readonly name: string;
  length = 0;
  /** Sum of the frames' lengths. */
  bytes = 0;
  #head: Packet | null = null;
  #tail: Packet | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get head(): Packet | null {
    return this.#head;
  }

  get tail(): Packet | null {
    return this.#tail;
  }

  push(packet: Packet): void {
    packet.next = null;
    if (this.#tail === null) this.#head = packet;
    else this.#tail.next = packet;
    this.#tail = packet;
    this.length++;
    this.bytes += packet.length;
  }

  /** Puts a packet before all others that are due later than it: behind those due at the same instant. */
  insertByDue(packet: Packet): void {
    if (this.#tail === null || this.#tail.due <= packet.due) {
      this.push(packet);
      return;
    }
    this.length++;
    this.bytes += packet.length;
    let before: Packet | null = null;
    let after = this.#head;
    while (after !== null && after.due <= packet.due) {
      before = after;
      after = after.next;
    }
    packet.next = after;
    if (before === null) this.#head = packet;
    else before.next = packet;
  }

  /** Puts a packet back at the front. */
  unshift(packet: Packet): void {
    packet.next = this.#head;
    this.#head = packet;
    if (this.#tail === null) this.#tail = packet;
    this.length++;
    this.bytes += packet.length;
  }

  shift(): Packet | null {
    const packet = this.#head;
    if (packet === null) return null;
    this.#head = packet.next;
    if (this.#head === null) this.#tail = null;
    packet.next = null;
    this.length--;
    this.bytes -= packet.length;
    return packet;
  }
}
