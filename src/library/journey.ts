import type { JourneyStep, Journey as RawJourney } from "../capture/journey.ts";
import { isLoss } from "../scenario/journey-ends.ts";
import type { Decision, Drop, Journey, Step } from "./types.ts";

/** A journey without the engine's numbers, and what one asks of it first. */
export function publicJourney({ from, to, protocol, summary, steps }: RawJourney): Journey {
  const delivered = [
    ...new Set(steps.filter(({ verdict }) => verdict === "delivered").map(({ place }) => place)),
  ];
  const dropped = steps.filter(isLoss);
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

function dropOf({ place, verdict, entry, cause }: JourneyStep): Drop {
  return { at: place, reason: verdict, entry, cause };
}
