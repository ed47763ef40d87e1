import type { FrameId } from "./packet.ts";
import type { Nanos } from "./time.ts";

/** Names an entry of some table, or an address, device or rule, for ever; 0 is none. */
export type EntryRef = number;

/** Why an entry is there, or went: somebody's operation, a frame that it was learned from, a timer, or the kernel itself. */
export type Cause =
  | { readonly by: "operation"; readonly text: string; readonly line: string }
  | { readonly by: "frame"; readonly frame: FrameId }
  | { readonly by: "timer"; readonly text: string }
  | { readonly by: "kernel"; readonly text: string };

export interface EntryEvent {
  /** Counts all events of all entries: it says what was before what at one instant. */
  readonly order: number;
  readonly at: Nanos;
  readonly what: "made" | "changed" | "gone";
  readonly cause: Cause;
  /** The entry from then on, as the tool prints it. */
  readonly text: string;
}

/** An entry's kind, whose it is (`host/namespace` and, where it has one, `/device`), its text and its history. */
export interface EntryRecord {
  readonly ref: EntryRef;
  readonly kind:
    | "route"
    | "rule"
    | "neighbour"
    | "fdb"
    | "vxlan-fdb"
    | "address"
    | "device"
    | "qdisc"
    | "hook"
    | "iptables"
    | "socket";
  readonly where: string;
  /** As the tool prints it. */
  text: string;
  readonly history: EntryEvent[];
}

/**
 * The memory of why things are as they are: every entry of a table registers here when it is made, and says what
 * changed it. While an operation is applied `cause` is that operation; a table that learns from a frame says so itself.
 */
export class Registry {
  readonly #records: EntryRecord[] = [];
  readonly #now: () => Nanos;
  /** How many events there were so far. */
  events = 0;
  /** The operation that is being applied; the kernel when there is none. */
  cause: Cause = { by: "kernel", text: "at start" };

  constructor(now: () => Nanos) {
    this.#now = now;
  }

  made(kind: EntryRecord["kind"], where: string, text: string, cause: Cause = this.cause): EntryRef {
    const ref = this.#records.length + 1;
    this.#records.push({ ref, kind, where, text, history: [this.#event("made", cause, text)] });
    return ref;
  }

  changed(ref: EntryRef, text: string, cause: Cause = this.cause): void {
    const record = this.#records[ref - 1];
    if (record === undefined) return;
    record.text = text;
    record.history.push(this.#event("changed", cause, text));
  }

  gone(ref: EntryRef, cause: Cause = this.cause): void {
    const record = this.#records[ref - 1];
    if (record !== undefined) record.history.push(this.#event("gone", cause, record.text));
  }

  get(ref: EntryRef): EntryRecord | null {
    return this.#records[ref - 1] ?? null;
  }

  /** All records ever made, in the order of making. */
  get records(): readonly EntryRecord[] {
    return this.#records;
  }

  #event(what: EntryEvent["what"], cause: Cause, text: string): EntryEvent {
    return { order: this.events++, at: this.#now(), what, cause, text };
  }
}
