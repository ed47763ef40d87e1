import type { Topology } from "../lab/topology.ts";
import type { LessonWorld } from "../scenario/lesson-world.ts";

/** A world as the command line uses it. */
export interface CliWorld extends LessonWorld {
  /** True when `text` is all of a command; false when bash would ask for more (an open loop, quote or here-document). */
  isComplete(text: string): boolean;
  /** Everything that was captured so far, as a pcapng file; null when nothing is captured. */
  pcapng(): Uint8Array | null;
}

export interface WorldOptions {
  readonly topology: Topology;
  readonly seed: number;
  /** Capture all frames of all devices from the beginning. */
  readonly capture: boolean;
}

export type MakeWorld = (options: WorldOptions) => Promise<CliWorld>;
