import { copyBytes } from "../base/bytes.ts";
import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udp from "../wire/udp.ts";
import type { Packet, Receiver } from "./packet.ts";
import type { Nanos } from "./time.ts";
import type { World } from "./world.ts";

/** A small integer for V8; what was counted is entered before it gets larger. */
const MOST_BYTES = 2 ** 30;
const NO_HEADER: Uint8Array = new Uint8Array(0);

/** Gives the packets of a flow their IPv4 identifications, one after the other. */
export interface Identification {
  next(): number;
}

/** What takes the packet at the end of a leg: the next queue, or a socket. */
export interface LegEnd {
  take(packet: Packet): void;
}

/**
 * A leg is what happens to a packet between two queues: from a socket to the first crossing between namespaces, from
 * there to the next one, and so on until a socket. All packets of a flow go the same legs until something changes, and
 * a leg, once it was recorded, does for the next packet what the stack did for the first: it moves the same headers,
 * counts at the same places and renews the same stamps, without asking the tables again.
 *
 * What it counts it enters when somebody asks ({@link Ledger}).
 *
 * The stack stays the only truth. Nobody writes a leg: it is recorded while the stack handles a packet, by notes that
 * the stack makes where it counts, stamps, pushes and pulls. What cannot be repeated like this calls it off by setting
 * {@link World.leg} to null: hooks, copies, fragments, whatever waits or ends. A leg holds for one generation of the
 * world, and while nobody observes. So that changes which come often cost no recordings, one is made for the second
 * packet of a generation, not for the first.
 *
 * A flow's legs hang together: whoever goes one finds the next in {@link Packet.leg}.
 */
export class Leg {
  // What a packet meets comes first, so that it lies together in memory.
  readonly #world: World;
  /** The generation that it was recorded in; -1 while it is not. */
  #generation = -1;
  #longest = 0;
  /** How far the start of the packet moves on; negative when headers are put in front. */
  #move = 0;
  /** From the old start: the IPv4 header of a packet that is forwarded, or -1. */
  #forwarded = -1;
  #network = 0;
  #transport = 0;
  #flags = 0;
  #mark = 0;
  #hash = 0;
  #renumbers = 0;
  /** What was taken along since the leg was settled: how many packets and bytes (as they were at the start), and when last. */
  #packets = 0;
  #bytes = 0;
  #isStamped = false;
  #last: Nanos = 0;
  #next: Leg | null = null;
  /** Where the packet goes by the queue of events; or, when it goes elsewhere, who takes it. */
  #to: Receiver | null = null;
  #end: LegEnd | null = null;
  /** What is written at the new start. */
  #header: Uint8Array = NO_HEADER;
  #identification: Identification | null = null;
  /** From the new start: the IPv4 header that is written, and the UDP header behind it, or 0. */
  #ip = 0;
  #udp = 0;
  /** The sum of the pseudo header without its length, for a UDP checksum that stays unfinished; -1 when there is none. */
  #pseudoSum = -1;
  /** The sum of the IPv4 header without its length, identification and checksum. */
  #ipSum = 0;

  /** The generation in which the last packet found it not recorded. */
  #missed = -1;
  /** Pairs of cells that count packets and bytes; how many bytes more or fewer than the packet had at the start. */
  #counts: Float64Array[] = [];
  #countSlots: number[] = [];
  #countExtra: number[] = [];
  /** Cells that count packets. */
  #ticks: Float64Array[] = [];
  #tickSlots: number[] = [];
  /** Cells that get the time. */
  #stamps: Float64Array[] = [];
  #stampSlots: number[] = [];

  // The packet that is being recorded, and how it was at its start.
  #packet: Packet | null = null;
  #at = 0;
  #length = 0;
  #checksumStart = 0;
  #deepest = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes the packet along, to the end of the leg; false when the stack has to handle it. */
  follow(packet: Packet): boolean {
    const world = this.#world;
    const length = packet.length;
    if (this.#generation !== world.generation || length > this.#longest || !packet.trusted) {
      this.#miss(packet);
      return false;
    }
    const view = packet.view;
    if (this.#forwarded >= 0) ipv4.decrementTtl(view, packet.at + this.#forwarded);
    const at = packet.at + this.#move;
    packet.at = at;
    packet.length = length - this.#move;
    packet.networkAt = at + this.#network;
    packet.transportAt = at + this.#transport;
    packet.flags = this.#flags;
    packet.mark = this.#mark;
    packet.hash = this.#hash;
    if (this.#header.length > 0) this.#push(packet, at);
    if (this.#packets === 0) world.ledger.enter(this);
    this.#packets++;
    this.#bytes += length;
    if (this.#bytes > MOST_BYTES) world.ledger.settle();
    if (this.#isStamped) this.#last = world.queue.now;
    for (let i = this.#renumbers; i > 0; i--) world.pool.renumber(packet);
    packet.leg = this.#next;
    const to = this.#to;
    if (to === null) this.#end!.take(packet);
    else {
      packet.device = to;
      world.queue.push(packet);
    }
    return true;
  }

  /** Enters what was taken along into the cells. Called by the ledger. */
  settle(): void {
    const packets = this.#packets;
    const bytes = this.#bytes;
    const last = this.#last;
    this.#packets = 0;
    this.#bytes = 0;
    this.#counts.forEach((cells, i) => {
      const slot = this.#countSlots[i]!;
      cells[slot]! += packets;
      cells[slot + 1]! += bytes + packets * this.#countExtra[i]!;
    });
    this.#ticks.forEach((cells, i) => {
      cells[this.#tickSlots[i]!]! += packets;
    });
    this.#stamps.forEach((cells, i) => {
      const slot = this.#stampSlots[i]!;
      if (cells[slot]! < last) cells[slot] = last;
    });
  }

  #push(packet: Packet, at: number): void {
    copyBytes(packet.bytes, this.#header, at);
    const identification = this.#identification;
    if (identification === null) return;
    const view = packet.view;
    const ip = at + this.#ip;
    const length = packet.length - this.#ip;
    ipv4.setVarying(view, ip, length, identification.next(), this.#ipSum);
    if (this.#udp === 0) return;
    const udpAt = at + this.#udp;
    const udpLength = length - (this.#udp - this.#ip);
    udp.setLength(view, udpAt, udpLength);
    if (this.#pseudoSum < 0) return;
    udp.setChecksum(view, udpAt, checksum.fold(this.#pseudoSum + udpLength));
    packet.checksumStart = udpAt;
    packet.checksumField = udp.CHECKSUM;
  }

  #miss(packet: Packet): void {
    packet.leg = null;
    const world = this.#world;
    if (this.#generation === world.generation || world.tap !== null || !packet.trusted) return;
    if (this.#missed !== world.generation) this.#missed = world.generation;
    else if (world.remembersLegs) this.#record(packet);
  }

  #record(packet: Packet): void {
    if (this.#packets > 0) this.#world.ledger.settle();
    this.#world.leg = this;
    this.#generation = -1;
    this.#packet = packet;
    this.#at = packet.at;
    this.#deepest = packet.at;
    this.#length = packet.length;
    this.#checksumStart = packet.checksumStart;
    this.#longest = MOST_BYTES;
    this.#identification = null;
    this.#udp = 0;
    this.#pseudoSum = -1;
    this.#forwarded = -1;
    this.#renumbers = 0;
    this.#counts = [];
    this.#countSlots = [];
    this.#countExtra = [];
    this.#ticks = [];
    this.#tickSlots = [];
    this.#stamps = [];
    this.#stampSlots = [];
  }

  // The notes of the stack

  /** The packet may go on here because it is no longer than that now. */
  allows(packet: Packet, longest: number): void {
    const atStart = longest - (packet.length - this.#length);
    if (atStart < this.#longest) this.#longest = atStart;
  }

  /** A packet of so many bytes was counted in a pair of cells. */
  counts(cells: Float64Array, slot: number, bytes: number): void {
    this.#counts.push(cells);
    this.#countSlots.push(slot);
    this.#countExtra.push(bytes - this.#length);
  }

  /** A packet was counted in a cell. */
  ticks(cells: Float64Array, slot: number): void {
    this.#ticks.push(cells);
    this.#tickSlots.push(slot);
  }

  /** The time was put into a cell. */
  stamps(cells: Float64Array, slot: number): void {
    this.#stamps.push(cells);
    this.#stampSlots.push(slot);
  }

  /** Headers were taken away, up to where the packet starts now. */
  pulls(packet: Packet): void {
    if (packet.at > this.#deepest) this.#deepest = packet.at;
  }

  /** An IPv4 header was put in front; a leg can put one there. */
  pushesIpv4(packet: Packet, identification: Identification): void {
    if (this.#identification !== null) this.#world.leg = null;
    this.#identification = identification;
    this.#ip = packet.at;
  }

  /**
   * A UDP header was put in front; a leg can put one there. `pseudoSum`: the sum of the pseudo header without its length
   * for a checksum that is left unfinished, or -1 when there is none.
   */
  pushesUdp(packet: Packet, pseudoSum: number): void {
    if (this.#udp !== 0) this.#world.leg = null;
    this.#udp = packet.at;
    this.#pseudoSum = pseudoSum;
    if (pseudoSum >= 0) this.#checksumStart = packet.checksumStart;
  }

  /** The IPv4 header at `packet.at` lost one of its TTL. */
  forwards(packet: Packet): void {
    if (this.#forwarded >= 0) this.#world.leg = null;
    this.#forwarded = packet.at - this.#at;
  }

  /** The frame goes on under a new number. */
  renumbers(): void {
    this.#renumbers++;
  }

  /** The packet is about to go to another device, by the queue of events. */
  crosses(packet: Packet, to: Receiver): void {
    this.finishes(packet, null, true);
    this.#to = to;
  }

  /** The packet has come to the end, which is about to take it. `goesOn`: others of the flow will look the same there. */
  finishes(packet: Packet, end: LegEnd | null, goesOn: boolean): void {
    const world = this.#world;
    world.leg = null;
    const at = packet.at;
    const moved = at - this.#at;
    // Padding was cut off, or a checksum was settled: that depends on the packet, not on the flow.
    if (
      packet !== this.#packet ||
      packet.length + moved !== this.#length ||
      packet.checksumStart !== this.#checksumStart
    )
      return;
    this.#packet = null;
    this.#move = moved;
    this.#header = at < this.#deepest ? packet.bytes.slice(at, this.#deepest) : NO_HEADER;
    if (this.#identification !== null) {
      this.#ip -= at;
      this.#ipSum = ipv4.constantSum(packet.view, at + this.#ip);
      if (this.#udp !== 0) this.#udp -= at;
    }
    this.#network = packet.networkAt - at;
    this.#transport = packet.transportAt - at;
    this.#flags = packet.flags;
    this.#mark = packet.mark;
    this.#hash = packet.hash;
    this.#to = null;
    this.#end = end;
    this.#isStamped = this.#stamps.length > 0;
    // Packets on their way still know the old one, which belongs to what was.
    this.#next = goesOn ? new Leg(world) : null;
    this.#generation = world.generation;
    packet.leg = this.#next;
  }
}
