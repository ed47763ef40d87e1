import type { NeighbourState } from "../net/neighbour.ts";
import { matches, same, unsigned } from "./words.ts";

/** The bits of NUD_* (rtnetlink(7)); NONE has none. */
export const NUD: Readonly<Record<NeighbourState, number>> = {
  NONE: 0,
  INCOMPLETE: 0x01,
  REACHABLE: 0x02,
  STALE: 0x04,
  DELAY: 0x08,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
};
/** A state as it is typed. */
export type NudWord =
  | "none"
  | "incomplete"
  | "reachable"
  | "stale"
  | "delay"
  | "probe"
  | "failed"
  | "noarp"
  | "permanent";

/** Reads a state by name or number (nud_state_a2n); only two names may be shortened. Null when it is none. */
export function parseNud(text: string): NudWord | null {
  if (matches(text, "permanent")) return "permanent";
  if (matches(text, "reachable")) return "reachable";
  const number = unsigned(text);
  const named = Object.entries(NUD).find(([name, bit]) => same(text, name.toLowerCase()) || bit === number);
  return named === undefined ? null : (named[0].toLowerCase() as NudWord);
}

export function stateOf(word: NudWord): NeighbourState {
  return word.toUpperCase() as NeighbourState;
}
