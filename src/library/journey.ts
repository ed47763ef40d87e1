import type { JourneyStep, Journey as RawJourney } from "../capture/journey.ts";
import { isEnd, verdictOf } from "../sim/verdict.ts";
import type { Decision, Drop, Journey, Step } from "./types.ts";

/** Ends of frames whose copies, fragments or wrapped selves went on, and of frames that were for somebody else. */
const HARMLESS = new Set(["delivered", "REPLICATED", "FRAGMENTED", "REASSEMBLED", "OTHERHOST"]);

/** A journey without the engine's numbers, and what one asks of it first. */
export function publicJourney({ from, to, protocol, summary, steps }: RawJourney): Journey {
  const delivered = [
    ...new Set(steps.filter(({ verdict }) => verdict === "delivered").map(({ place }) => place)),
  ];
  const dropped = steps.filter(isDrop);
  // Who got it matters more than who did not want it; when nobody did, that is the reason.
  const lost = delivered.length === 0 && dropped.length === 0;
  const devices = steps.filter(({ verdict }) => verdict === "transmitted" || verdict === "received");
  return {
    from,
    to,
    protocol,
    summary,
    steps: steps.map(publicStep),
    devices: devices.map(({ place }) => place),
    decisions: steps.flatMap(decisionOf),
    delivered,
    dropped: (lost ? steps.filter(({ verdict }) => verdict === "OTHERHOST") : dropped).map(dropOf),
  };
}

function publicStep({ at, place, verdict, frame, length, wrapped, kind, entry, cause }: JourneyStep): Step {
  return { at, place, verdict, frame, length, wrapped, kind, entry, cause };
}

function decisionOf({ place, verdict, kind, entry, cause }: JourneyStep): Decision[] {
  if (kind === null || entry === null || cause === null || verdict === "learned") return [];
  return [{ at: place, verdict, kind, entry, cause }];
}

function isDrop({ verdict }: JourneyStep): boolean {
  return isEnd(verdictOf(verdict)!) && !HARMLESS.has(verdict);
}

function dropOf({ place, verdict, entry, cause }: JourneyStep): Drop {
  return { at: place, reason: verdict, entry, cause };
}
