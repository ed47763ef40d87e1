import { isEnd, type Verdict, verdictOf } from "../sim/verdict.ts";

/** A step as far as its verdict goes. */
interface WithVerdict {
  /** Name of a {@link Verdict}. */
  readonly verdict: string;
}

/** It arrived; its copies, fragments or wrapped self went on; it was for somebody else. */
const GOOD_ENDS = new Set<string>([
  "delivered",
  "REPLICATED",
  "FRAGMENTED",
  "REASSEMBLED",
  "OTHERHOST",
] satisfies (keyof typeof Verdict)[]);

/** True for a step with which a frame ends. */
export function isEndStep({ verdict }: WithVerdict): boolean {
  const code = verdictOf(verdict);
  return code !== null && isEnd(code);
}

/** True for a step with which a frame is lost. */
export function isLoss(step: WithVerdict): boolean {
  return isEndStep(step) && !GOOD_ENDS.has(step.verdict);
}
