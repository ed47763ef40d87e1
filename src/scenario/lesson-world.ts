/** What a typed line gave: both streams as a terminal shows them, and the exit status. */
export interface Typed {
  readonly output: string;
  /** 0 to 255. */
  readonly status: number;
}

/** One step of a packet's journey, in words. */
export interface JourneyStep {
  /** Virtual nanoseconds since the world began. */
  readonly at: number;
  /** `host`, `host/namespace`, `host/device` or `host/namespace/device`. */
  readonly place: string;
  /** A name of `sim/verdict.ts`: `transmitted`, `delivered`, `NO_SOCKET` ... */
  readonly verdict: string;
  /** The frame as it is here: what tcpdump would print of it. */
  readonly frame: string;
  /** Bytes of the frame here, Ethernet header included. */
  readonly length: number;
  /** How many times it is wrapped here: 0 outside of tunnels. */
  readonly wrapped: number;
  /** The table of the entry that decided (`route`, `fdb` ...), or null where none did. */
  readonly kind: string | null;
  /** The entry that decided, as its tool prints it, or null. */
  readonly entry: string | null;
  /** What made that entry: a command with its line, the packet that it was learned from, a timer; or null. */
  readonly cause: string | null;
}

/** A packet from the process or kernel that made it to all its ends: copies, fragments and tunnels included. */
export interface Journey {
  /** Innermost network addresses, or MAC addresses where there are none. */
  readonly from: string;
  readonly to: string;
  /** `arp`, `icmp`, `igmp`, `udp`, `tcp` or another word in lower case. */
  readonly protocol: string;
  /** The packet in one line, as tcpdump prints it. */
  readonly summary: string;
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
