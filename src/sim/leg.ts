import { copyBytes } from "../base/bytes.ts";
import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udp from "../wire/udp.ts";
import type { LegRecording } from "./leg-recording.ts";
import type { LegTally } from "./leg-tally.ts";
import type { Packet, Receiver } from "./packet.ts";
import type { Nanos } from "./time.ts";
import type { World } from "./world.ts";

/** A small integer for V8; what was counted is entered before it gets larger. */
export const MOST_BYTES: number = 2 ** 30;
export const NO_HEADER: Uint8Array = new Uint8Array(0);
/** So often the stack is asked to note a leg. Where it calls each of them off, packets do not go the same way. */
const ATTEMPTS = 2;

/** Gives the packets of a flow their IPv4 identifications, one after the other. */
export interface Identification {
  next(): number;
}

/** What takes the packet at the end of a leg, when that is not the queue of events: a socket, a queueing discipline. */
export interface LegEnd {
  take(packet: Packet): void;
}

/**
 * A leg is what happens to a packet between two queues: from a socket to the first crossing between namespaces, from
 * there to the next one, and so on until a socket. All packets of a flow go the same legs until something changes, and
 * a leg, once it was recorded, does for the next packet what the stack did for the first: it moves the same headers,
 * counts at the same places and renews the same stamps, without asking the tables again.
 *
 * The stack stays the only truth. Nobody writes a leg: it is recorded while the stack handles a packet
 * ({@link LegRecording}). It holds for the generation of the world that it was made in, and while nobody observes.
 *
 * A flow's legs hang together: whoever goes one finds the next in {@link Packet.leg}.
 *
 * What a leg counts it enters when somebody asks ({@link Ledger}). What it puts in front of a packet it writes when
 * somebody looks: most outer headers of a tunnel are taken off again by the next leg, and never written
 * ({@link Packet.behind}).
 */
export class Leg {
  // What a packet meets comes first, so that it lies together in memory.
  readonly #world: World;
  /** The generation that it holds for; -1 while it is not recorded. */
  #generation = -1;
  #longest = 0;
  /** So many bytes of what was there at the start are gone, or written anew; -1: all bytes have to be there. */
  #depth = 0;
  /** How far the start of the packet moves on; negative when headers are put in front. */
  #move = 0;
  /** What was taken along since the leg was settled: how many packets and bytes (as they were at the start), and when last. */
  #packets = 0;
  #bytes = 0;
  #renumbers = 0;
  #isStamped = false;
  /** Where the packet goes by the queue of events; or, when it goes elsewhere, who takes it. */
  #to: Receiver | null = null;
  #next: Leg | null = null;
  #identification: Identification | null = null;
  #last: Nanos = 0;
  #end: LegEnd | null = null;
  /** From the old start: the IPv4 header of a packet that is forwarded, or -1. */
  #forwarded = -1;

  // How the packet is at the end.
  #network = 0;
  #transport = 0;
  #flags = 0;
  #mark = 0;
  #hash = 0;
  /** What is written at the new start. */
  #header: Uint8Array = NO_HEADER;
  /** From the new start: the IPv4 header that is written, and the UDP header behind it, or 0. */
  #ip = 0;
  #udp = 0;
  /** The sum of the pseudo header without its length, for a UDP checksum that stays unfinished; -1 when there is none. */
  #pseudoSum = -1;
  /** The sum of the IPv4 header without its length, identification and checksum. */
  #ipSum = 0;

  #tally: LegTally | null = null;
  /** Others of the flow find it for this generation only. */
  readonly #madeIn: number;
  #attempts = 0;

  constructor(world: World) {
    this.#world = world;
    this.#madeIn = world.generation;
  }

  /** Takes the packet along, to the end of the leg; false when the stack has to handle it. */
  follow(packet: Packet): boolean {
    const world = this.#world;
    const length = packet.length;
    if (this.#generation !== world.generation || length > this.#longest || !packet.trusted) {
      this.#miss(packet);
      return false;
    }
    const { behind } = packet;
    if (behind !== null && this.#depth < behind.#header.length) behind.write(packet);
    if (this.#forwarded >= 0) ipv4.decrementTtl(packet.view, packet.at + this.#forwarded);
    if (this.#packets === 0) world.ledger.enter(this);
    this.#packets++;
    this.#bytes += length;
    if (this.#bytes > MOST_BYTES) world.ledger.settle();
    if (this.#isStamped) this.#last = world.queue.now;
    for (let i = this.#renumbers; i > 0; i--) world.pool.renumber(packet);
    packet.at += this.#move;
    packet.length = length - this.#move;
    if (this.#identification !== null) packet.identification = this.#identification.next();
    packet.leg = this.#next;
    packet.behind = this;
    const to = this.#to;
    if (to === null) {
      this.write(packet);
      this.#end!.take(packet);
    } else {
      packet.device = to;
      world.queue.push(packet);
    }
    return true;
  }

  /** Makes the packet what it is at the end of this leg, which is the last that it went. */
  write(packet: Packet): void {
    packet.behind = null;
    const { at } = packet;
    packet.networkAt = at + this.#network;
    packet.transportAt = at + this.#transport;
    packet.flags = this.#flags;
    packet.mark = this.#mark;
    packet.hash = this.#hash;
    if (this.#header.length === 0) return;
    copyBytes(packet.bytes, this.#header, at);
    if (this.#identification === null) return;
    const { view } = packet;
    const length = packet.length - this.#ip;
    ipv4.setVarying(view, at + this.#ip, length, packet.identification, this.#ipSum);
    if (this.#udp === 0) return;
    const udpAt = at + this.#udp;
    const udpLength = length - (this.#udp - this.#ip);
    udp.setLength(view, udpAt, udpLength);
    if (this.#pseudoSum < 0) return;
    udp.setChecksum(view, udpAt, checksum.fold(this.#pseudoSum + udpLength));
    packet.checksumStart = udpAt;
    packet.checksumField = udp.CHECKSUM;
  }

  /** Enters what was taken along into the cells. Called by the ledger. */
  settle(): void {
    this.#tally!.enter(this.#packets, this.#bytes, this.#last);
    this.#packets = 0;
    this.#bytes = 0;
  }

  /** The stack has to handle the packet; it may note what it does. */
  #miss(packet: Packet): void {
    packet.leg = null;
    if (packet.behind !== null) packet.behind.write(packet);
    const world = this.#world;
    if (this.#generation >= 0 || this.#madeIn !== world.generation || this.#attempts === ATTEMPTS) return;
    if (world.tap !== null || !packet.trusted || !world.remembersLegs) return;
    this.#attempts++;
    world.leg = world.recording;
    world.recording.begin(this, packet);
  }

  /** Becomes what was noted; `packet` has come to its end. `next`: the leg that begins there. */
  become(
    noted: LegRecording,
    packet: Packet,
    to: Receiver | null,
    end: LegEnd | null,
    next: Leg | null,
  ): void {
    const { at } = packet;
    this.#longest = noted.longest;
    this.#move = at - noted.startAt;
    this.#forwarded = noted.forwarded;
    this.#depth = end !== null || noted.forwarded >= 0 ? -1 : noted.deepest - noted.startAt;
    this.#renumbers = noted.renumbered;
    this.#to = to;
    this.#end = end;
    this.#next = next;
    this.#network = packet.networkAt - at;
    this.#transport = packet.transportAt - at;
    this.#flags = packet.flags;
    this.#mark = packet.mark;
    this.#hash = packet.hash;
    this.#header = at < noted.deepest ? packet.bytes.slice(at, noted.deepest) : NO_HEADER;
    this.#identification = noted.identification;
    if (noted.identification !== null) {
      this.#ip = noted.ip - at;
      this.#udp = noted.udp === 0 ? 0 : noted.udp - at;
      this.#pseudoSum = noted.pseudoSum;
      this.#ipSum = ipv4.constantSum(packet.view, noted.ip);
    }
    this.#tally = noted.tally;
    this.#isStamped = noted.tally.isStamped;
    this.#generation = this.#madeIn;
    packet.leg = next;
  }
}
