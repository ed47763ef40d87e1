import { causeInWords } from "../capture/journey.ts";
import type { EntryRecord, Registry } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";

/** What happened to one entry of a table, as plain values. */
export interface EntryHistory {
  readonly kind: EntryRecord["kind"];
  /** `host/namespace`, with the device where the table is a device's. */
  readonly where: string;
  /** As the tool prints it, at last. */
  readonly entry: string;
  readonly there: boolean;
  readonly events: readonly {
    readonly at: Nanos;
    readonly what: string;
    readonly entry: string;
    readonly cause: string;
  }[];
}

/** The histories of all entries whose place and text contain every word of `text`, oldest first. */
export function entryHistories(registry: Registry, text: string): readonly EntryHistory[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return registry.records
    .filter((record) => words.every((word) => `${record.kind} ${record.where} ${record.text}`.includes(word)))
    .map((record) => ({
      kind: record.kind,
      where: record.where,
      entry: record.text,
      there: record.history.at(-1)!.what !== "gone",
      events: record.history.map(({ at, what, text: entry, cause }) => ({
        at,
        what,
        entry,
        cause: causeInWords(cause),
      })),
    }));
}
