import { Note } from "./note.ts";
import type { FrameId } from "./packet.ts";
import type { Nanos } from "./time.ts";

/** Names an entry of some table, or an address, device or rule, for ever; 0 is none. */
export type EntryRef = number;

/**
 * Why an entry is there, or went: somebody's operation, a frame that it was learned from, a timer, the kernel itself, or
 * the description of the lab that says how a machine looks when it has started. What is missing may be nobody's deed.
 */
export type Cause =
  | { readonly by: "description"; readonly text: string }
  /** `for`: the command that asked for it, where that was another one, as `docker run` asks for `ip link add`. */
  | {
      readonly by: "operation";
      readonly text: string;
      readonly line: string;
      readonly for?: string | undefined;
    }
  | { readonly by: "frame"; readonly frame: FrameId }
  | { readonly by: "timer"; readonly text: string }
  | { readonly by: "kernel"; readonly text: string }
  | { readonly by: "nobody"; readonly text: string };

export interface EntryEvent {
  /** Counts all events of all entries: it says what was before what at one instant. */
  readonly order: number;
  readonly at: Nanos;
  readonly what: "made" | "changed" | "gone";
  readonly cause: Cause;
  /** The entry from then on, as the tool prints it. */
  readonly text: string;
}

/** The table that an entry belongs to. */
export type EntryKind =
  | "route"
  | "rule"
  | "neighbour"
  | "fdb"
  | "vxlan-fdb"
  | "address"
  | "socket"
  | "device"
  | "port"
  | "qdisc"
  | "iptables"
  | "connection"
  | "ipvs-service"
  | "ipvs-destination"
  | "ipvs-connection"
  | "exception"
  | "sysctl";

/** An entry's text, or who can tell later what it was when it was given: names that may change are kept as they were. */
export type EntryText = string | { toString(): string };

/** Tells the time of the world. */
interface Clock {
  readonly now: Nanos;
}

/** Entries or events for which there is room at first. */
const ROOM = 256;

/** An entry's kind, whose it is (`host/namespace` and, where it has one, `/device`), its text and its history. */
export interface EntryRecord {
  readonly ref: EntryRef;
  readonly kind: EntryKind;
  readonly where: string;
  /** As the tool prints it. */
  readonly text: string;
  readonly history: readonly EntryEvent[];
}

/**
 * The memory of why things are as they are: every entry of a table registers here when it is made, and says what
 * changed it. While an operation is applied `cause` is that operation; a table that learns from a frame says so itself.
 *
 * Large worlds have hundreds of thousands of entries, and few are ever asked about: entries and events are kept in
 * columns, and become records when somebody asks.
 */
export class Registry {
  readonly #clock: Clock;
  /** By entry, from 1. */
  readonly #kinds: EntryKind[] = [];
  readonly #wheres: string[] = [];
  #lastEvents: Int32Array = new Int32Array(ROOM);
  /** By event, from 0: the previous one of the same entry (-1: this made it), and the text from then on. */
  #previous: Int32Array = new Int32Array(ROOM);
  /** A note is told behind the entry's name; null: the entry went. */
  readonly #texts: (EntryText | Note | null)[] = [];
  /** By stretch of events with the same cause at one instant: the first event, why and when. */
  readonly #starts: number[] = [];
  readonly #causes: Cause[] = [];
  readonly #times: Nanos[] = [];
  /** The operation that is being applied; the kernel when there is none. */
  cause: Cause = { by: "kernel", text: "of itself" };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#begin(0, this.cause);
  }

  /** How many events there were so far. */
  get events(): number {
    return this.#texts.length;
  }

  /** What the next entry that is made will be called. */
  get next(): EntryRef {
    return this.#kinds.length + 1;
  }

  made(kind: EntryKind, where: string, text: EntryText, cause: Cause = this.cause): EntryRef {
    const index = this.#wheres.push(where) - 1;
    this.#kinds.push(kind);
    if (index === this.#lastEvents.length) this.#lastEvents = longer(this.#lastEvents);
    this.#lastEvents[index] = this.#event(-1, cause, text);
    return index + 1;
  }

  /** The entry has another text from now on or, told by a note, a name and something behind it. */
  changed(ref: EntryRef, text: EntryText | Note, cause: Cause = this.cause): void {
    if (this.#has(ref)) this.#lastEvents[ref - 1] = this.#event(this.#lastEvents[ref - 1]!, cause, text);
  }

  gone(ref: EntryRef, cause: Cause = this.cause): void {
    if (this.#has(ref)) this.#lastEvents[ref - 1] = this.#event(this.#lastEvents[ref - 1]!, cause, null);
  }

  get(ref: EntryRef): EntryRecord | null {
    const kind = this.#kinds[ref - 1];
    if (kind === undefined) return null;
    const history = this.#history(this.#lastEvents[ref - 1]!);
    return { ref, kind, where: this.#wheres[ref - 1]!, text: history.at(-1)!.text, history };
  }

  /**
   * Why that entry of a table went that went last of those whose text fits; null when none did. Looks at all entries:
   * for those who ask why something is missing.
   */
  whyGone(kind: EntryKind, where: string, fits: (text: string) => boolean): Cause | null {
    let newest = -1;
    for (let i = 0; i < this.#kinds.length; i++) {
      const last = this.#lastEvents[i]!;
      if (last <= newest || this.#texts[last] !== null) continue;
      if (this.#kinds[i] !== kind || this.#wheres[i] !== where) continue;
      if (fits(this.#history(last).at(-1)!.text)) newest = last;
    }
    return newest < 0 ? null : this.#causes[this.#stretchOf(newest)]!;
  }

  /** All records ever made, in the order of making. */
  get records(): readonly EntryRecord[] {
    return this.#kinds.map((_, i) => this.get(i + 1)!);
  }

  /** The last stretch that begins with that event or before it. */
  #stretchOf(order: number): number {
    let from = 0;
    let to = this.#starts.length;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (this.#starts[middle]! <= order) from = middle;
      else to = middle;
    }
    return from;
  }

  #begin(order: number, cause: Cause): void {
    this.#starts.push(order);
    this.#causes.push(cause);
    this.#times.push(this.#clock.now);
  }

  #has(ref: EntryRef): boolean {
    return ref > 0 && ref <= this.#kinds.length;
  }

  /** Adds an event and returns its number. */
  #event(previous: number, cause: Cause, text: EntryText | Note | null): number {
    const order = this.#texts.push(text) - 1;
    if (order === this.#previous.length) this.#previous = longer(this.#previous);
    this.#previous[order] = previous;
    const stretch = this.#causes.length - 1;
    if (this.#causes[stretch] !== cause || this.#times[stretch] !== this.#clock.now)
      this.#begin(order, cause);
    return order;
  }

  /** The events of an entry up to that one, oldest first. */
  #history(last: number): readonly EntryEvent[] {
    const orders: number[] = [];
    for (let order = last; order >= 0; order = this.#previous[order]!) orders.unshift(order);
    let name = "";
    let text = "";
    return orders.map((order) => {
      const after = this.#texts[order]!;
      const what = this.#previous[order]! < 0 ? "made" : after === null ? "gone" : "changed";
      if (after instanceof Note) {
        name = after.name ?? name;
        text = `${name} ${after.words}`;
      } else if (after !== null) text = name = after.toString();
      const stretch = this.#stretchOf(order);
      return { order, at: this.#times[stretch]!, what, cause: this.#causes[stretch]!, text };
    });
  }
}

function longer(column: Int32Array): Int32Array {
  const grown = new Int32Array(column.length * 2);
  grown.set(column);
  return grown;
}
