import * as ipv4 from "../wire/ipv4.ts";
import { type FlowAct, type FlowPort, OpenPort, PortPlace } from "./flow-class.ts";
import { HeaderChange } from "./header-change.ts";
import { type Identification, Leg, type LegEnd } from "./leg.ts";
import { LegTally } from "./leg-tally.ts";
import type { Packet, Receiver } from "./packet.ts";
import type { Nanos } from "./time.ts";
import { Trip } from "./trip.ts";
import type { World } from "./world.ts";

/** No packet is as long. */
const NO_LIMIT = 2 ** 30;

/**
 * What the stack notes while it handles a packet of which a leg is to be made: what it counts, stamps, pushes and pulls.
 * What cannot be repeated for the next packet calls it off by setting {@link World.leg} to null: hooks, copies,
 * fragments, whatever waits or ends.
 */
export class LegRecording {
  longest = 0;
  startAt = 0;
  /** Up to here the bytes at the start are gone, or written anew. */
  deepest = 0;
  /** What becomes of the IPv4 header of a packet that is forwarded or translated, or null. */
  change: HeaderChange | null = null;
  renumbered = 0;
  identification: Identification | null = null;
  /** Where the IPv4 and UDP headers lie that were put in front, or 0. */
  ip = 0;
  udp = 0;
  /** As in {@link pushesUdp} and {@link pushesCoveringUdp}. */
  pseudoSum = -1;
  coveringSum = -1;
  /** As in {@link isKept}; a patience of 0: nobody keeps anything. */
  patience: Nanos = 0;
  until: Nanos = Number.POSITIVE_INFINITY;
  tally: LegTally = new LegTally();

  /** Null for a leg of one flow; for one of a class of flows the port that is open in the outermost header by now, */
  open: OpenPort | null = null;
  /** and that of the header that was put in front, */
  pushedPort: OpenPort | null = null;
  /** and the flow's hash as it follows from its port, once somebody has asked for it. */
  flowHash: FlowPort | null = null;
  /** What differs from flow to flow, and how many frames later than the first one. */
  acts: FlowAct[] = [];
  actFrames: number[] = [];
  /** What somebody has begun to note of this packet's flow and has to end on this leg; null when there is nothing. */
  unended: object | null = null;

  readonly #world: World;
  #trip: Trip | null = null;
  #packet: Packet | null = null;
  #length = 0;
  #checksumStart = 0;
  /** The open port of the header that NAT changes. */
  #translated: OpenPort | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** The stack is about to handle `packet` on another leg of `trip`. */
  begin(trip: Trip, packet: Packet): void {
    this.#trip = trip;
    this.#packet = packet;
    this.#length = packet.length;
    this.#checksumStart = packet.checksumStart;
    this.longest = NO_LIMIT;
    this.startAt = packet.at;
    this.deepest = packet.at;
    this.change = null;
    this.renumbered = 0;
    this.identification = null;
    this.ip = 0;
    this.udp = 0;
    this.pseudoSum = -1;
    this.coveringSum = -1;
    this.patience = 0;
    this.until = Number.POSITIVE_INFINITY;
    this.tally = new LegTally();
    this.open = trip.open;
    this.pushedPort = null;
    this.flowHash = trip.flowHash;
    if (this.acts.length > 0) {
      this.acts = [];
      this.actFrames = [];
    }
    this.unended = null;
    this.#translated = null;
  }

  /** Whether it is one of a class of flows. */
  get isOfClass(): boolean {
    return this.open !== null;
  }

  /** The stack decides by a port of the outermost header. */
  reads(place: PortPlace): void {
    if (this.open?.place === place) this.#world.leg = null;
  }

  /** Something that is to be done for each packet of the class. */
  does(act: FlowAct): void {
    this.acts.push(act);
    this.actFrames.push(this.renumbered);
  }

  /** The packet may go on here because it is no longer than that now. */
  allows(packet: Packet, longest: number): void {
    const atStart = longest - (packet.length - this.#length);
    if (atStart < this.longest) this.longest = atStart;
  }

  /** A packet of so many bytes was counted in a pair of cells. */
  counts(cells: Float64Array, slot: number, bytes: number): void {
    this.tally.addPair(cells, slot, bytes - this.#length);
  }

  /** A packet was counted in a cell. */
  ticks(cells: Float64Array, slot: number): void {
    this.tally.addTick(cells, slot);
  }

  /** The time was put into a cell. */
  stamps(cells: Float64Array, slot: number): void {
    this.tally.addStamp(cells, slot);
  }

  /** Headers were taken away, up to where the packet starts now. */
  pulls(packet: Packet): void {
    if (packet.at > this.deepest) this.deepest = packet.at;
  }

  /** An IPv4 header was put in front; a leg can put one there. */
  pushesIpv4(packet: Packet, identification: Identification): void {
    if (this.identification !== null) this.#world.leg = null;
    this.identification = identification;
    this.ip = packet.at;
  }

  /**
   * A UDP header was put in front; a leg can put one there. `pseudoSum`: the sum of the pseudo header without its length
   * for a checksum that is left unfinished, or -1 when there is none.
   */
  pushesUdp(packet: Packet, pseudoSum: number): void {
    if (this.udp !== 0) this.#world.leg = null;
    this.udp = packet.at;
    this.pseudoSum = pseudoSum;
    this.pushedPort = this.open;
    if (pseudoSum >= 0) this.#checksumStart = packet.checksumStart;
  }

  /** The packet was put into a tunnel whose source port follows from the flow inside. */
  enters(sourcePort: FlowPort): void {
    if (this.open !== null) this.open = new OpenPort(PortPlace.source, sourcePort, this.open);
  }

  /** The packet came out of a tunnel. */
  leaves(): void {
    if (this.open !== null) this.open = this.open.inside;
    else return;
    // It came from elsewhere than the class is known by.
    if (this.open === null) this.#world.leg = null;
  }

  /**
   * A UDP header was put in front whose checksum is complete, while the one inside stays unfinished: it follows from the
   * headers and from what is to be the inner one (local checksum offload). `sum`: that of all headers in between and of the
   * pseudo header, without the two lengths.
   */
  pushesCoveringUdp(packet: Packet, sum: number): void {
    if (this.udp !== 0) this.#world.leg = null;
    this.udp = packet.at;
    this.coveringSum = sum;
    this.pushedPort = this.open;
  }

  /** The IPv4 header at `packet.networkAt` is about to lose one of its TTL. */
  forwards(packet: Packet): void {
    this.#changes(packet)?.loseHop();
  }

  /** NAT is about to change addresses or ports behind the IPv4 header at `packet.networkAt`; the packet is UDP. */
  translates(packet: Packet): void {
    const { view, networkAt } = packet;
    if (ipv4.headerLength(view, networkAt) !== ipv4.HEADER_LEN) this.#world.leg = null;
    this.#changes(packet)?.translate();
    this.#translated = this.open;
  }

  /** The change of one header, the only one that a leg knows of; null when this is another one, or one that was put in front. */
  #changes({ view, networkAt }: Packet): HeaderChange | null {
    this.change ??= HeaderChange.begin(view, networkAt, this.startAt);
    if (this.identification === null && this.change.at === networkAt - this.startAt) return this.change;
    this.#world.leg = null;
    return null;
  }

  /**
   * Somebody keeps a memory of the flow (a connection), which is gone `patience` nanoseconds after a packet and is another
   * one after `until`.
   */
  isKept(patience: Nanos, until: Nanos): void {
    if (this.patience === 0 || patience < this.patience) this.patience = patience;
    if (until < this.until) this.until = until;
  }

  /** The frame goes on under a new number. */
  renumbers(): void {
    this.renumbered++;
  }

  /** The packet is about to go to another device, by the queue of events. */
  crosses(packet: Packet, to: Receiver): void {
    this.#finish(packet, to, null, false);
  }

  /** The packet has come to `end`, which is about to take it. `goesOn`: others of the flow look the same behind it. */
  finishes(packet: Packet, end: LegEnd, goesOn: boolean): void {
    this.#finish(packet, null, end, goesOn);
  }

  #finish(packet: Packet, to: Receiver | null, end: LegEnd | null, goesOn: boolean): void {
    const world = this.#world;
    world.leg = null;
    const moved = packet.at - this.startAt;
    // Padding was cut off, or a checksum was settled: that depends on the packet, not on the flow.
    const isAlike = packet.length + moved === this.#length && packet.checksumStart === this.#checksumStart;
    if (packet !== this.#packet || !isAlike || this.unended !== null) return;
    const onward = end !== null && goesOn ? new Trip(world, this.open, this.flowHash) : null;
    const leg = new Leg(this, packet, to, end, onward);
    if (this.#translated !== null && leg.change!.movesPort(this.#translated.place)) return;
    this.#trip!.append(leg, packet);
  }
}
