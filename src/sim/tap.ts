import type { Packet } from "./packet.ts";
import type { EntryRef } from "./registry.ts";
import type { Verdict } from "./verdict.ts";

/** A place that a frame passes, by its world-wide number: devices and namespaces both have one. */
export type PlaceId = number;

/**
 * All that the engine knows of observation. A recorder looks at the packet at once and keeps nothing of it: the
 * packet goes on. `entry` is what decided the step, or 0.
 */
export interface Tap {
  record(place: PlaceId, packet: Packet, verdict: Verdict, entry: EntryRef): void;
}
