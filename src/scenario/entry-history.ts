import { causeWords } from "../capture/entry-words.ts";
import type { Lab } from "../lab/lab.ts";
import type { EntryRecord } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";

/** Something that happened to an entry. */
export interface EntryHistoryEvent {
  /** Virtual nanoseconds since the lab began. */
  readonly at: Nanos;
  /** What happened. */
  readonly what: "made" | "changed" | "gone";
  /** The entry from then on, as its tool prints it. */
  readonly entry: string;
  /** Who did it: a command with its line, a packet, a timer, the kernel. */
  readonly cause: string;
}

/** What happened to one entry of a table, as plain values. */
export interface EntryHistory {
  /** The table: `route`, `rule`, `neighbour`, `fdb`, `vxlan-fdb`, `address`, `device`, `qdisc` ... */
  readonly kind: EntryRecord["kind"];
  /** `host/namespace`, with the device where the table is a device's. */
  readonly where: string;
  /** As its tool prints it, or printed it at last. */
  readonly entry: string;
  /** False when it is gone. */
  readonly there: boolean;
  /** From its beginning on. */
  readonly events: readonly EntryHistoryEvent[];
}

/** The histories of all entries whose table, place and text contain every word of `text`, oldest first. */
export function entryHistories(lab: Lab, text: string): readonly EntryHistory[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return lab.world.registry.records
    .filter((record) => words.every((word) => `${record.kind} ${record.where} ${record.text}`.includes(word)))
    .map((record) => ({
      kind: record.kind,
      where: record.where,
      entry: record.text,
      there: record.history.at(-1)!.what !== "gone",
      events: record.history.map((event) => ({
        at: event.at,
        what: event.what,
        entry: event.text,
        cause: causeWords(record.kind, event, (frame) => lab.frameText(frame)),
      })),
    }));
}
