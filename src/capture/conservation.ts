import { isEnd, Verdict, verdictName } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import type { Recorder } from "./recorder.ts";

/** How all frames of a world ended, and where the others lie. */
export interface Balance {
  /** Frames that there ever were. */
  readonly created: number;
  /** Frames that somebody got. */
  readonly delivered: number;
  /** By the name of the reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** By the name of the queue. */
  readonly held: Readonly<Record<string, number>>;
  /** What does not add up, in words; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Adds everything up: each frame was delivered, dropped with a named reason, or lies in a named queue. Call it when
 * nothing is left to happen at this instant.
 */
export function balance(world: World): Balance {
  const problems: string[] = [];
  const dropped: Record<string, number> = {};
  let ended = 0;
  for (const code of Object.values(Verdict)) {
    const count = world.ends[code]!;
    if (count === 0) continue;
    ended += count;
    if (!isEnd(code)) problems.push(`${count} frames ended with ${verdictName(code)}, which is not an end`);
    else if (code !== Verdict.delivered) dropped[verdictName(code)] = count;
  }
  const held: Record<string, number> = {};
  let heldCount = 0;
  for (const holder of world.held) {
    held[holder.name] = (held[holder.name] ?? 0) + holder.length;
    heldCount += holder.length;
  }
  const { allocated, inUse } = world.pool;
  if (allocated !== ended + inUse)
    problems.push(`${allocated} frames were made, but ${ended} ended and ${inUse} are out`);
  if (inUse !== heldCount) problems.push(`${inUse} frames are out, but the named queues hold ${heldCount}`);
  return { created: allocated, delivered: world.ends[Verdict.delivered]!, dropped, held, problems };
}

/** Frames that a recorder saw end more than once: there must be none. */
export function endedTwice(recorder: Recorder): readonly number[] {
  const seen = new Set<number>();
  const twice: number[] = [];
  for (const step of recorder.steps()) {
    if (!isEnd(step.verdict)) continue;
    if (seen.has(step.frame)) twice.push(step.frame);
    seen.add(step.frame);
  }
  return twice;
}
