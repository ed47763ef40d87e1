import { isEndStep, isLoss } from "./journey-ends.ts";
import type { Journey, JourneyStep } from "./lesson-world.ts";
import type { Paint } from "./paint.ts";
import { formatDuration } from "./quantity.ts";

/** True when no copy of the packet was delivered and some copy was dropped. */
function isLost(journey: Journey): boolean {
  const ends = journey.steps.filter(isEndStep);
  return ends.length > 0 && !ends.some((step) => step.verdict === "delivered");
}

/**
 * The packets of a step that are worth a closer look: the first of each conversation and direction. ARP only counts
 * where there is nothing else, or where it got lost.
 */
export function chooseJourneys(journeys: readonly Journey[]): Journey[] {
  const others = journeys.filter((journey) => journey.protocol !== "arp" || isLost(journey));
  const seen = new Set<string>();
  return (others.length > 0 ? others : journeys).filter((journey) => {
    const key = `${journey.protocol} ${journey.from} ${journey.to}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The most telling of the packets of a failed step: the last that got lost, or null. */
export function explainingJourney(journeys: readonly Journey[]): Journey | null {
  return [...journeys].reverse().find(isLost) ?? null;
}

function mark(step: JourneyStep, text: string, paint: Paint): string {
  if (step.verdict === "delivered") return paint.green(text);
  if (!isEndStep(step)) return text;
  return isLoss(step) ? paint.red(text) : paint.dim(text);
}

/** A frame's line without what TCP adds behind its flags: the first line of a journey has that. */
function shortened(text: string): string {
  return text.replaceAll(/(Flags \[[^\]]*\])(?:, (?:seq|ack|win|options|urg) (?:\[[^\]]*\]|[^,]*))+/g, "$1");
}

/**
 * What made an entry, as short as it stays clear: a lesson's own lines by their numbers. A rule says already what the
 * command said that made it.
 */
function causeText({ kind, cause }: JourneyStep): string {
  const text = shortened(cause ?? "")
    .replace(/ \([^()]*:(\d+)\)$/, " (line $1)")
    .replace(/^(needed by frame \d+): .*/, "$1");
  // A connection's own text says which packet began it.
  if (kind?.endsWith("connection")) return text.replace(/^(learned from frame \d+): .*/, "$1");
  return (kind === "iptables" && / \((line \d+)\)$/.exec(text)?.[1]) || text;
}

/**
 * What stands to the right of a step: the entry that decided and who made it, then the frame where it changed. What the
 * step before said already is not said again.
 */
function remarks(step: JourneyStep, before: JourneyStep | null, frameBefore: string, paint: Paint): string[] {
  const lines: string[] = [];
  const same = before !== null && step.entry === before.entry && step.cause === before.cause;
  if (step.entry !== null && same) lines.push(paint.dim("the same"));
  else if (step.entry !== null) {
    const cause = step.cause === null ? "" : paint.dim(`  <- ${causeText(step)}`);
    lines.push(`${step.entry}${cause}`);
  }
  if (step.frame !== frameBefore && step.frame !== "")
    lines.push(...step.frame.split("\n").map((line) => paint.cyan(shortened(line))));
  return lines;
}

/**
 * A packet's way as a table: time since its first step, place, what happened, bytes, and why. Wrapped stretches carry a
 * bar at the left.
 */
export function journeyLines(journey: Journey, paint: Paint): string[] {
  const lines = journey.summary.split("\n").map((line) => paint.bold(line));
  const first = journey.steps[0];
  if (first === undefined) return lines;
  const widest = (texts: string[]): number => Math.max(...texts.map((text) => text.length));
  const places = widest(journey.steps.map((step) => step.place));
  const verdicts = widest(journey.steps.map((step) => step.verdict));
  const times = journey.steps.map((step) => `+${formatDuration(step.at - first.at)}`);
  const timeWidth = widest(times);
  const lengths = widest(journey.steps.map((step) => String(step.length)));
  let frame = journey.summary;
  let timeBefore = "";
  for (const [n, step] of journey.steps.entries()) {
    const bar = step.wrapped > 0 ? paint.cyan("|".repeat(step.wrapped)) : " ";
    // A column of equal times hides the one line at which time passed.
    const time = times[n] === timeBefore ? "" : times[n]!;
    timeBefore = times[n]!;
    const head = `${bar} ${paint.dim(time.padStart(timeWidth))}  ${step.place.padEnd(places)}  `;
    const what = `${mark(step, step.verdict.padEnd(verdicts), paint)}  ${String(step.length).padStart(lengths)} B`;
    const [remark = "", ...more] = remarks(step, journey.steps[n - 1] ?? null, frame, paint);
    lines.push(`${head}${what}  ${remark}`.trimEnd());
    const margin = " ".repeat(2 + timeWidth + 2 + places + 2 + verdicts + 2 + lengths + 4);
    for (const text of more) lines.push(`${margin}${text}`);
    frame = step.frame;
  }
  return lines;
}
