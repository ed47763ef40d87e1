import { type XtMatch, XtState } from "../net/xtables.ts";
import { type FlowAct, PortPlace } from "../sim/flow-class.ts";
import type { LegRecording } from "../sim/leg-recording.ts";
import type { Packet } from "../sim/packet.ts";
import type { World } from "../sim/world.ts";

const BOTH_PORTS: readonly PortPlace[] = [PortPlace.source, PortPlace.destination];

/** Who counts packets asks no more than that. */
const NO_STATE = new XtState();

/** A match that counts packets says the same to the next one of a class, or that one goes another way. */
class ForeseenMatch implements FlowAct {
  readonly match: XtMatch;
  readonly #said: boolean;

  constructor(match: XtMatch, said: boolean) {
    this.match = match;
    this.#said = said;
  }

  holds(): boolean {
    return this.match.foresee!() === this.#said;
  }

  perform(packet: Packet): void {
    this.match.matches(packet, NO_STATE);
  }
}

/** Tells the leg of a class of flows what a match said, if the leg can be told; returns the leg or null. */
export function noteMatch(world: World, match: XtMatch, said: boolean): LegRecording | null {
  const { leg } = world;
  if (leg === null) return null;
  if (match.steady === true) for (const place of match.ports ?? BOTH_PORTS) leg.reads(place);
  else if (
    match.foresee === undefined ||
    leg.acts.some((act) => act instanceof ForeseenMatch && act.match === match)
  )
    world.leg = null;
  else leg.does(new ForeseenMatch(match, said));
  return world.leg;
}
