import { timeOf } from "./event-queue.ts";
import type { FlowHeader } from "./flow-header.ts";
import type { HeaderChange } from "./header-change.ts";
import type { Identification, Leg, LegEnd } from "./leg.ts";
import type { Packet } from "./packet.ts";
import type { Nanos } from "./time.ts";
import { afterLeg, bearsLeg, writeAll } from "./unwritten-headers.ts";
import type { World } from "./world.ts";

/** Small integers for V8; what was counted is entered before it gets larger. */
const MOST_BYTES = 2 ** 30;
/** So often the stack is asked to note a leg. Where it calls each of them off, packets do not go the same way. */
const ATTEMPTS = 2;

/** What a packet does on a leg, in two bits. */
const Turn = {
  /** It has to leave the queue. */
  leaves: 0,
  /** It does nothing but go on to the next crossing. */
  stays: 1,
  /** It becomes another frame, once. */
  renumbers: 2,
  /** It becomes another frame, once, and draws an identification. */
  identifies: 3,
} as const;
/** So many legs have their two bits in a small integer; the others are looked up. */
const MOST_TURNS = 15;

/**
 * The legs that the packets of a flow go one after the other at one instant. All of them go the same ones until something
 * changes, and a trip, once its legs were recorded, does for the next packet what the stack did for the first: it moves
 * the same headers, counts at the same places and renews the same stamps, without asking the tables again. The packet
 * still waits its turn in the queue at each crossing, and draws its numbers there.
 *
 * The stack stays the only truth. Nobody writes a leg: it is recorded while the stack handles a packet
 * ({@link LegRecording}). A trip holds for the generation of the world that it was made in, and while nobody observes.
 *
 * Most of the work is left until the packet gets off. What an outer header of a tunnel puts in front is taken off again
 * two legs later, and never written, unless somebody looks in between: then all packets get off where they are
 * ({@link Ledger.settle}), as they do when anything changes.
 */
export class Trip {
  // What a packet meets at each crossing comes first, so that it lies together in memory.
  readonly #world: World;
  readonly #generation: number;
  /** The longest packet, as it is after the first leg. */
  #longest = 0;
  /** A {@link Turn} for each leg, the first in the lowest bits. */
  #turns = 0;
  /** Where {@link Turn.identifies} draws. */
  #identification: Identification | null = null;
  #count = 0;
  #first: Leg | null = null;
  #legs: Leg[] = [];

  // What is done when a packet gets off at the end of all legs but the first, which is done at once.
  #move = 0;
  /** The outermost of the headers that are in front at the end and were not written on the way. */
  #unwritten: FlowHeader | null = null;
  /** What becomes of IPv4 headers, and from where on they lie: from the start of the packet after the first leg. */
  #changes: HeaderChange[] = [];
  #changedFrom: number[] = [];
  #last: Leg | null = null;

  /** What went all legs since the trip was settled: packets, their bytes as they were after the first leg, and when last. */
  #packets = 0;
  #bytes = 0;
  #timeHigh = 0;
  #timeLow = 0;
  /** The least of the legs' ({@link LegRecording.isKept}). */
  #patience: Nanos = 0;
  #until: Nanos = Number.POSITIVE_INFINITY;

  /** What begins where this one ends, if that is at a crossing. */
  #onward: Trip | null = null;
  #attempts = 0;

  constructor(world: World) {
    this.#world = world;
    this.#generation = world.generation;
  }

  /** Takes a packet along from the start of the first leg; false when the stack has to handle it. */
  board(packet: Packet): boolean {
    const world = this.#world;
    const { length } = packet;
    const leg = this.#first;
    if (leg === null || this.#generation !== world.generation || packet.legs < 0) return this.#refuse(packet);
    if (this.#patience !== 0 && this.#isLate()) return this.#refuse(packet);
    if (length > leg.longest || length - leg.move > this.#longest) return this.#refuse(packet);
    if (leg.change !== null) leg.change.apply(packet, packet.at + leg.change.at);
    packet.at += leg.move;
    packet.length = length - leg.move;
    for (let i = leg.renumbers; i > 0; i--) world.pool.renumber(packet);
    if (leg.identification !== null) packet.identification = leg.identification.next();
    if (leg.header !== null) leg.header.write(packet, packet.at);
    packet.trip = this;
    packet.legs = 1;
    if (leg.end === null) world.queue.push(packet);
    else this.#arrive(packet, leg.end);
    return true;
  }

  /** Takes a packet along from one crossing to the next; false when it got off. */
  goOn(packet: Packet): boolean {
    const world = this.#world;
    const gone = packet.legs;
    if (gone === this.#count || this.#generation !== world.generation || packet.length > this.#longest)
      return this.#getOff(packet);
    packet.legs = gone + 1;
    const leg = gone + 1 === this.#count ? this.#last! : this.#legs[gone]!;
    for (let i = leg.renumbers; i > 0; i--) world.pool.renumber(packet);
    if (leg.identification !== null) packet.identification = leg.identification.next();
    if (leg.end === null) world.queue.push(packet);
    else this.#arrive(packet, leg.end);
    return true;
  }

  /** Takes a packet along from one crossing to the next if it stays in the queue there; false when it has to leave it. */
  staysOn(packet: Packet): boolean {
    const world = this.#world;
    const gone = packet.legs;
    if (this.#generation !== world.generation || packet.length > this.#longest || gone > MOST_TURNS)
      return false;
    const turn = (this.#turns >>> (2 * gone)) & 3;
    if (turn === Turn.leaves) return false;
    packet.legs = gone + 1;
    if (turn === Turn.stays) return true;
    world.pool.renumber(packet);
    if (turn === Turn.identifies) packet.identification = this.#identification!.next();
    return true;
  }

  #stamp(): void {
    const { queue } = this.#world;
    this.#timeHigh = queue.nowHigh;
    this.#timeLow = queue.nowLow;
  }

  #arrive(packet: Packet, end: LegEnd): void {
    this.#finish(packet);
    packet.trip = this.#last!.onward;
    end.take(packet);
  }

  /** A packet has gone all legs: makes it what it is there. */
  #finish(packet: Packet): void {
    const world = this.#world;
    if (this.#packets++ === 0) world.ledger.enter(this);
    this.#bytes += packet.length;
    if (this.#bytes > MOST_BYTES) world.ledger.enterAll();
    this.#stamp();
    if (this.#changes.length > 0) this.#change(packet);
    const base = packet.at;
    packet.at = base + this.#move;
    packet.length -= this.#move;
    packet.legs = 0;
    this.#last!.describe(packet);
    if (this.#unwritten !== null) writeAll(this.#unwritten, packet, base);
  }

  #change(packet: Packet): void {
    for (let i = 0; i < this.#changes.length; i++)
      this.#changes[i]!.apply(packet, packet.at + this.#changedFrom[i]!);
  }

  /** The packet goes on with the stack, or with another trip: true. */
  #getOff(packet: Packet): boolean {
    if (packet.legs < this.#count) {
      this.getOffHere(packet);
      return false;
    }
    packet.device = this.#last!.to;
    packet.trip = null;
    this.#finish(packet);
    if (this.#onward !== null) return this.#onward.board(packet);
    this.#record(packet);
    return false;
  }

  /** Ends the trip of a packet that waits at a crossing: it becomes what the stack would have made of it there. */
  getOffHere(packet: Packet): void {
    const gone = packet.legs;
    const { at: base, length } = packet;
    let unwritten: FlowHeader | null = null;
    for (let i = 0; i < gone; i++) {
      const leg = this.#legs[i]!;
      leg.tally.enter(1, length, this.#world.queue.now);
      if (i === 0) continue;
      if (leg.change !== null) leg.change.apply(packet, packet.at + leg.change.at);
      unwritten = afterLeg(unwritten, leg, packet.at - base);
      packet.at += leg.move;
      packet.length -= leg.move;
    }
    const last = this.#legs[gone - 1]!;
    packet.trip = null;
    packet.legs = 0;
    packet.device = last.to;
    last.describe(packet);
    if (unwritten !== null) writeAll(unwritten, packet, base);
  }

  /**
   * Whether somebody whom the packets pass has forgotten the flow since the last one, or knows more of it now. The legs are
   * then to be recorded anew; nobody is on them, since a trip begins and ends at one instant.
   */
  #isLate(): boolean {
    const { now } = this.#world.queue;
    if (now - timeOf(this.#timeHigh, this.#timeLow) < this.#patience && now <= this.#until) return false;
    this.#world.ledger.enterAll();
    this.#legs = [];
    this.#first = null;
    this.#count = 0;
    this.#turns = 0;
    this.#identification = null;
    this.#move = 0;
    this.#unwritten = null;
    this.#changes = [];
    this.#changedFrom = [];
    this.#last = null;
    this.#patience = 0;
    this.#until = Number.POSITIVE_INFINITY;
    this.#onward = null;
    this.#attempts = 0;
    return true;
  }

  /** The stack has to handle the packet, though it is at the start. */
  #refuse(packet: Packet): boolean {
    const gone = -packet.legs;
    packet.trip = null;
    packet.legs = 0;
    if (gone === this.#count) this.#record(packet);
    return false;
  }

  /** The stack handles a packet from the end of the last leg on; it may note what it does. */
  #record(packet: Packet): void {
    const world = this.#world;
    if (this.#generation !== world.generation || this.#attempts === ATTEMPTS) return;
    if (this.#onward !== null || (this.#last !== null && this.#last.end !== null)) return;
    if (world.tap !== null || !packet.trusted || !world.remembersLegs) return;
    this.#attempts++;
    world.leg = world.recording;
    world.recording.begin(this, packet);
  }

  /** The stack has handled `packet` up to the end of another leg. */
  append(leg: Leg, packet: Packet): void {
    // A header that is not written yet can only be taken off as a whole, on the way, by a leg that does not read it.
    if (!bearsLeg(this.#unwritten, leg, this.#move)) {
      this.#onward = new Trip(this.#world);
      this.#onward.append(leg, packet);
      return;
    }
    // What was counted until now went fewer legs.
    if (this.#packets > 0) this.#world.ledger.enterAll();
    const isFirst = this.#count === 0;
    if (isFirst) this.#first = leg;
    leg.tally.startsLater(isFirst ? -leg.move : this.#move);
    if (isFirst) this.#longest = MOST_BYTES;
    else {
      this.#longest = Math.min(this.#longest, leg.longest + this.#move);
      if (leg.change !== null) this.#takeIn(leg.change);
      this.#unwritten = afterLeg(this.#unwritten, leg, this.#move);
      this.#move += leg.move;
      if (this.#count < MOST_TURNS) this.#turns |= this.#turnOn(leg) << (2 * this.#count);
    }
    this.#stamp();
    if (leg.patience !== 0 && (this.#patience === 0 || leg.patience < this.#patience))
      this.#patience = leg.patience;
    if (leg.until < this.#until) this.#until = leg.until;
    this.#last = leg;
    this.#legs.push(leg);
    this.#count++;
    this.#attempts = 0;
    packet.trip = leg.end === null ? this : leg.onward;
    packet.legs = leg.end === null ? -this.#count : 0;
  }

  /** A {@link Turn}. */
  #turnOn({ end, renumbers, identification }: Leg): number {
    if (end !== null || renumbers > 1) return Turn.leaves;
    if (identification === null) return renumbers === 0 ? Turn.stays : Turn.renumbers;
    this.#identification ??= identification;
    return renumbers === 1 && identification === this.#identification ? Turn.identifies : Turn.leaves;
  }

  /** Two changes of one header become one. */
  #takeIn(change: HeaderChange): void {
    const from = this.#move + change.at;
    const last = this.#changes.length - 1;
    if (last >= 0 && this.#changedFrom[last] === from)
      this.#changes[last] = this.#changes[last]!.followedBy(change);
    else {
      this.#changes.push(change);
      this.#changedFrom.push(from);
    }
  }

  /** Enters what went all legs into the cells. Called by the ledger. */
  enter(): void {
    const last = timeOf(this.#timeHigh, this.#timeLow);
    for (const leg of this.#legs) leg.tally.enter(this.#packets, this.#bytes, last);
    this.#packets = 0;
    this.#bytes = 0;
  }
}
