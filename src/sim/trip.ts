import { Departures } from "./departures.ts";
import { timeOf } from "./event-queue.ts";
import type { FlowPort, OpenPort } from "./flow-class.ts";
import type { FlowHeader } from "./flow-header.ts";
import { HeaderChanges } from "./header-changes.ts";
import type { Identification, Leg, LegEnd } from "./leg.ts";
import type { Packet } from "./packet.ts";
import type { Nanos } from "./time.ts";
import { afterLeg, bearsLeg, writeAll } from "./unwritten-headers.ts";
import type { World } from "./world.ts";

/** Small integers for V8; what was counted is entered before it gets larger. */
const MOST_BYTES = 2 ** 30;
/** So often the stack is asked to note a leg. Where it calls each of them off, packets do not go the same way. */
const ATTEMPTS = 2;
/** The same for a class of flows, whose first packets find what the later ones do not: connections that are older, say. */
const CLASS_ATTEMPTS = 32;
/** So many branches may begin at one leg. */
const MOST_BRANCHES = 8;

/**
 * What a packet does on a leg, in two bits. It stands in this file, since V8 takes no constants over from another one, which
 * a packet would feel at each crossing (three percent).
 */
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
type Turn = (typeof Turn)[keyof typeof Turn];

/** So many legs of a trip have their two bits in a small integer; the others are looked up. */
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
  /** On some legs something is done that differs from flow to flow. */
  #hasActs = false;
  #first: Leg | null = null;
  #legs: Leg[] = [];

  // What is done when a packet gets off at the end of all legs but the first, which is done at once.
  #move = 0;
  /** The outermost of the headers that are in front at the end and were not written on the way. */
  #unwritten: FlowHeader | null = null;
  /** What becomes of IPv4 headers, from the start of the packet after the first leg; null: nothing. */
  #changes: HeaderChanges | null = null;
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
  /** By leg: the trips that have the same legs before it, and others for the packets of a class for which its acts do not hold. */
  #branches: (Trip[] | undefined)[] | null = null;
  #attempts = 0;
  /** The packets that got off on the way since the trip was settled. */
  #departures: Departures | null = null;
  /** Of a class of flows: the port that is open at the start, and how the flow's hash follows from it. */
  readonly #openAtStart: OpenPort | null;
  readonly #hashAtStart: FlowPort | null;

  /** `open`, and `flowHash` once it is known: of the packets of a class of flows; null for those of one flow. */
  constructor(world: World, open: OpenPort | null = null, flowHash: FlowPort | null = null) {
    this.#world = world;
    this.#generation = world.generation;
    this.#openAtStart = open;
    this.#hashAtStart = flowHash;
  }

  /** The port that is open where the next leg begins, or null for the trip of one flow. */
  get open(): OpenPort | null {
    return this.#last === null ? this.#openAtStart : this.#last.open;
  }

  get flowHash(): FlowPort | null {
    return this.#last === null ? this.#hashAtStart : this.#last.flowHash;
  }

  /** Whether it holds for packets of today, of this length at the start. */
  isFor(length: number): boolean {
    return this.#generation === this.#world.generation && this.#count > 0 && length <= this.#first!.longest;
  }

  /**
   * Takes a packet along from the start of the first leg; false when the stack has to handle it. `own`: what numbers its
   * packets, when that is not the same for all of a class.
   */
  board(packet: Packet, own: Identification | null = null): boolean {
    const world = this.#world;
    const { length } = packet;
    const leg = this.#first;
    if (leg === null || this.#generation !== world.generation || packet.legs < 0) return this.#refuse(packet);
    if (this.#patience !== 0 && this.#isLate()) return this.#refuse(packet);
    if (length > leg.longest || length - leg.move > this.#longest) return this.#refuse(packet);
    if (leg.acts === null) this.#setOut(packet, leg, own);
    else {
      const line = this.#lineOf(packet, 0);
      if (line === null) return this.#refuse(packet);
      line.#setOut(packet, line.#first!, own);
    }
    return true;
  }

  #setOut(packet: Packet, leg: Leg, own: Identification | null): void {
    const world = this.#world;
    if (leg.change !== null) leg.change.apply(packet, packet.at + leg.change.at);
    packet.at += leg.move;
    packet.length -= leg.move;
    for (let i = leg.renumbers; i > 0; i--) world.pool.renumber(packet);
    if (leg.identification !== null) packet.identification = (own ?? leg.identification).next();
    if (leg.header !== null) leg.header.write(packet, packet.at);
    packet.trip = this;
    packet.legs = 1;
    if (leg.end === null) world.queue.push(packet);
    else this.#arrive(packet, leg.end);
  }

  /**
   * The trip that goes on as a packet of a class has to, which has gone so many legs: this one or a branch, or null when
   * none is known. What differs from flow to flow on the next leg was done.
   */
  #lineOf(packet: Packet, gone: number): Trip | null {
    if (this.#act(packet, gone)) return this;
    const branches = this.#branches?.[gone];
    if (branches === undefined) return null;
    for (let i = 0; i < branches.length; i++) {
      const branch = branches[i]!;
      if (branch.#count > gone && packet.length <= branch.#longest && branch.#act(packet, gone))
        return branch;
    }
    return null;
  }

  /** Does what differs from flow to flow on a leg, if all of it holds. */
  #act(packet: Packet, gone: number): boolean {
    const { acts, actFrames } = this.#legs[gone]!;
    for (let i = 0; i < acts!.length; i++) if (!acts![i]!.holds(packet)) return false;
    const { pool } = this.#world;
    for (let i = 0; i < acts!.length; i++)
      acts![i]!.perform(packet, actFrames[i] === 0 ? packet.id : pool.numberAfter(actFrames[i]!));
    return true;
  }

  /** Takes a packet along from one crossing to the next; false when it got off. */
  goOn(packet: Packet): boolean {
    const world = this.#world;
    const gone = packet.legs;
    if (gone === this.#count || this.#generation !== world.generation || packet.length > this.#longest)
      return this.#getOff(packet);
    const leg = gone + 1 === this.#count ? this.#last! : this.#legs[gone]!;
    if (leg.acts === null) {
      this.#ride(packet, leg);
      return true;
    }
    const line = this.#lineOf(packet, gone);
    if (line === null) return this.#getOff(packet);
    packet.trip = line;
    line.#ride(packet, line.#legs[gone]!);
    return true;
  }

  #ride(packet: Packet, leg: Leg): void {
    const world = this.#world;
    packet.legs++;
    for (let i = leg.renumbers; i > 0; i--) world.pool.renumber(packet);
    if (leg.identification !== null) packet.identification = leg.identification.next();
    if (leg.end === null) world.queue.push(packet);
    else this.#arrive(packet, leg.end);
  }

  /** Takes a packet along from one crossing to the next if it stays in the queue there; false when it has to leave it. */
  staysOn(packet: Packet): boolean {
    const world = this.#world;
    const gone = packet.legs;
    if (this.#generation !== world.generation || packet.length > this.#longest || gone > MOST_TURNS)
      return false;
    const turn = (this.#turns >>> (2 * gone)) & 3;
    if (turn === Turn.leaves) return this.#hasActs && this.#actsAndStays(packet, gone);
    packet.legs = gone + 1;
    if (turn === Turn.stays) return true;
    world.pool.renumber(packet);
    if (turn === Turn.identifies) packet.identification = this.#identification!.next();
    return true;
  }

  /** The same on a leg on which something is done that differs from flow to flow. */
  #actsAndStays(packet: Packet, gone: number): boolean {
    if (gone === this.#count) return false;
    const { acts, end } = this.#legs[gone]!;
    if (acts === null || end !== null) return false;
    const line = this.#lineOf(packet, gone);
    if (line === null) return false;
    const { renumbers, identification } = line.#legs[gone]!;
    packet.trip = line;
    packet.legs = gone + 1;
    for (let i = renumbers; i > 0; i--) this.#world.pool.renumber(packet);
    if (identification !== null) packet.identification = identification.next();
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
    if (this.#changes !== null) this.#changes.apply(packet);
    const base = packet.at;
    packet.at = base + this.#move;
    packet.length -= this.#move;
    packet.legs = 0;
    this.#last!.describe(packet);
    if (this.#unwritten !== null) writeAll(this.#unwritten, packet, base);
  }

  /** The packet goes on with the stack, or with another trip: true. */
  #getOff(packet: Packet): boolean {
    const gone = packet.legs;
    if (gone < this.#count) {
      this.getOffHere(packet);
      this.#recordBranch(packet, gone);
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
    const { ledger, queue } = this.#world;
    if (this.#departures === null) {
      ledger.enter(this);
      this.#departures = new Departures();
    }
    if (this.#departures.count(gone, length, queue.now) > MOST_BYTES) ledger.enterAll();
    for (let i = 1; i < gone; i++) {
      const leg = this.#legs[i]!;
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
    this.#hasActs = false;
    this.#count = 0;
    this.#turns = 0;
    this.#identification = null;
    this.#move = 0;
    this.#unwritten = null;
    this.#changes = null;
    this.#last = null;
    this.#patience = 0;
    this.#until = Number.POSITIVE_INFINITY;
    this.#onward = null;
    this.#branches = null;
    this.#attempts = 0;
    return true;
  }

  /** The stack has to handle the packet, though it is at the start. */
  #refuse(packet: Packet): boolean {
    const gone = -packet.legs;
    packet.trip = null;
    packet.legs = 0;
    if (gone === this.#count) this.#record(packet);
    else if (gone === 0 && packet.length <= this.#first!.longest) this.#recordBranch(packet, 0);
    return false;
  }

  /** The stack handles a packet that went so many legs; if it is one for which the next one's acts do not hold, it may note that. */
  #recordBranch(packet: Packet, gone: number): void {
    if (this.#generation !== this.#world.generation || this.#legs[gone]!.acts === null) return;
    this.#branches ??= [];
    const branches = (this.#branches[gone] ??= []);
    let branch = branches.at(-1);
    if (branch === undefined || branch.#count > gone) {
      if (branches.length === MOST_BRANCHES) return;
      branch = new Trip(this.#world, this.#openAtStart, this.#hashAtStart);
      for (let i = 0; i < gone; i++) branch.#add(this.#legs[i]!);
      branches.push(branch);
    }
    branch.#record(packet);
  }

  /** The stack handles a packet from the end of the last leg on; it may note what it does. */
  #record(packet: Packet): void {
    const world = this.#world;
    if (this.#generation !== world.generation) return;
    if (this.#attempts === (this.#openAtStart === null ? ATTEMPTS : CLASS_ATTEMPTS)) return;
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
      this.#onward = new Trip(this.#world, this.open, this.flowHash);
      this.#onward.append(leg, packet);
      return;
    }
    // What was counted until now went fewer legs.
    if (this.#packets > 0) this.#world.ledger.enterAll();
    this.#add(leg);
    this.#stamp();
    packet.trip = leg.end === null ? this : leg.onward;
    packet.legs = leg.end === null ? -this.#count : 0;
  }

  #add(leg: Leg): void {
    const isFirst = this.#count === 0;
    if (isFirst) this.#first = leg;
    leg.tally.startsLater(isFirst ? -leg.move : this.#move);
    if (isFirst) this.#longest = MOST_BYTES;
    else {
      this.#longest = Math.min(this.#longest, leg.longest + this.#move);
      if (leg.change !== null)
        (this.#changes ??= new HeaderChanges()).add(this.#move + leg.change.at, leg.change);
      this.#unwritten = afterLeg(this.#unwritten, leg, this.#move);
      this.#move += leg.move;
      if (leg.acts !== null) this.#hasActs = true;
      if (this.#count < MOST_TURNS) {
        const turn = turnOn(leg, this.#identification ?? leg.identification);
        if (turn === Turn.identifies) this.#identification = leg.identification;
        this.#turns |= turn << (2 * this.#count);
      }
    }
    if (leg.patience !== 0 && (this.#patience === 0 || leg.patience < this.#patience))
      this.#patience = leg.patience;
    if (leg.until < this.#until) this.#until = leg.until;
    this.#last = leg;
    this.#legs.push(leg);
    this.#count++;
    this.#attempts = 0;
  }

  /** Enters what went into the cells of all legs that it went. Called by the ledger. */
  enter(): void {
    const legs = this.#legs;
    if (this.#packets > 0) {
      const last = timeOf(this.#timeHigh, this.#timeLow);
      for (const leg of legs) leg.tally.enter(this.#packets, this.#bytes, last);
      this.#packets = 0;
      this.#bytes = 0;
    }
    this.#departures?.enter(legs);
    this.#departures = null;
  }
}

/** The turn on a leg of a trip, all of whose legs with {@link Turn.identifies} draw from `drawn`. */
function turnOn({ end, renumbers, identification, acts }: Leg, drawn: Identification | null): Turn {
  if (end !== null || renumbers > 1 || acts !== null) return Turn.leaves;
  if (identification === null) return renumbers === 0 ? Turn.stays : Turn.renumbers;
  return renumbers === 1 && identification === drawn ? Turn.identifies : Turn.leaves;
}
