import type { Journey as RecordedJourney, JourneyStep as RecordedStep } from "../capture/journey.ts";

/** What a typed line gave: both streams as a terminal shows them, and the exit status. */
export interface Typed {
  readonly output: string;
  /** 0 to 255. */
  readonly status: number;
}

/** A step of a packet's journey, without the engine's own numbers. */
export type JourneyStep = Omit<RecordedStep, "entryRef" | "frameId" | "parent">;

/** A packet's journey, without the engine's own numbers. */
export interface Journey extends Omit<RecordedJourney, "frameId" | "parent" | "steps"> {
  /** In the order of time. */
  readonly steps: readonly JourneyStep[];
}

/** What `expect` blocks and reports ask of a world; answers are plain values. */
export interface WorldQuestions {
  /** Journeys that began at or after `since` (virtual nanoseconds), in the order of their beginning. */
  journeys(since: number): readonly Journey[];
  /** Statistics of a device under Linux's names in camel case (`rxPackets`), or null when there is no such device. */
  counters(device: string): Readonly<Record<string, number>> | null;
  /** Rows of a table as its tool prints their fields, or null when there is no such host or namespace. */
  entries(
    table: "fdb" | "route" | "neighbour" | "rule" | "address",
    where: string,
  ): readonly Readonly<Record<string, string>>[] | null;
  /** How many frames a capture on `device` since the beginning holds, or in words why nobody can tell. */
  frames(device: string, filter: string): number | string;
}

/** A world in which a lesson runs. */
export interface LessonWorld {
  /** Virtual nanoseconds since the world began. */
  readonly now: number;
  readonly questions: WorldQuestions;
  /**
   * Types a text at a host's prompt and waits, in virtual time, until the prompt is back. `line` says where it stands
   * (`lesson.md:12`): what the text makes remembers that.
   */
  type(host: string, text: string, line?: string): Promise<Typed>;
  /**
   * The last look at the world: each sentence tells of something that does not add up (a frame that vanished, counters
   * that disagree).
   */
  accounts(): readonly string[];
}
