import { own } from "../base/own.ts";
import {
  type Amount,
  type CountersExpectation,
  type DecisionExpectation,
  describeDecision,
  type EntryExpectation,
  type Expectation,
  type FramesExpectation,
  formatAmount,
  type JourneyExpectation,
} from "./expectation.ts";
import { isEndStep } from "./journey-ends.ts";
import type { Journey, JourneyStep, WorldQuestions } from "./lesson-world.ts";

/** What does not hold, in sentences, and the journeys that show why. */
interface CheckOutcome {
  readonly problems: readonly string[];
  readonly journeys: readonly Journey[];
}

const MANY = 6;

/** True when `place` is `where` or lies within it. */
export function isWithin(place: string, where: string): boolean {
  return place === where || place.startsWith(`${where}/`);
}

function keeps(value: number, { min, max }: Amount): boolean {
  return value >= min && value <= max;
}

/** Asks the world whether an expectation holds; no problems mean that it does. */
export function checkExpectation(expectation: Expectation, world: WorldQuestions): CheckOutcome {
  switch (expectation.kind) {
    case "journey":
      return checkJourney(expectation, world);
    case "counters":
      return { problems: checkCounters(expectation, world), journeys: [] };
    case "entry":
      return { problems: checkEntry(expectation, world), journeys: [] };
    case "frames":
      return { problems: checkFrames(expectation, world), journeys: [] };
  }
}

function checkJourney(wanted: JourneyExpectation, world: WorldQuestions): CheckOutcome {
  const all = world.journeys(0);
  const matching = all.filter(
    (journey) =>
      journey.from === wanted.from &&
      journey.to === wanted.to &&
      (wanted.protocol === null || journey.protocol === wanted.protocol),
  );
  if (matching.length === 0) {
    const kinds = [...new Set(all.map((journey) => `${journey.protocol} ${journey.from} > ${journey.to}`))];
    const seen = kinds.length === 0 ? "no packet at all was seen" : `seen were ${listed(kinds)}`;
    const what = wanted.protocol ?? "packet";
    return { problems: [`no ${what} from ${wanted.from} to ${wanted.to} was seen; ${seen}`], journeys: [] };
  }
  const findings = matching.map((journey) => ({ journey, problems: journeyProblems(wanted, journey) }));
  if (wanted.which === "some") {
    if (findings.some(({ problems }) => problems.length === 0)) return { problems: [], journeys: [] };
    const last = findings.at(-1)!;
    const count = findings.length;
    const problems = last.problems.map((text) =>
      count === 1 ? text : `none of ${count} packets; the last: ${text}`,
    );
    return { problems, journeys: [last.journey] };
  }
  const asked =
    wanted.which === "first" ? findings.slice(0, 1) : wanted.which === "last" ? findings.slice(-1) : findings;
  const bad = asked.find(({ problems }) => problems.length > 0);
  return bad === undefined
    ? { problems: [], journeys: [] }
    : { problems: bad.problems, journeys: [bad.journey] };
}

function journeyProblems(wanted: JourneyExpectation, { steps }: Journey): string[] {
  const problems: string[] = [];
  let from = 0;
  for (const place of wanted.passes) {
    const at = steps.findIndex((step, n) => n >= from && isWithin(step.place, place));
    if (at < 0) {
      const earlier = steps.some((step) => isWithin(step.place, place));
      problems.push(earlier ? `it passes ${place} too early` : `it does not pass ${place}`);
    } else from = at + 1;
  }
  for (const place of wanted.avoids) {
    const step = steps.find((one) => isWithin(one.place, place));
    if (step !== undefined) problems.push(`it passes ${step.place} (${step.verdict})`);
  }
  if (wanted.end !== null && "delivered" in wanted.end) {
    const { delivered } = wanted.end;
    if (!steps.some((step) => step.verdict === "delivered" && isWithin(step.place, delivered))) {
      problems.push(`it is not delivered to ${delivered}; ${endsOf(steps)}`);
    }
  }
  if (wanted.end !== null && "dropped" in wanted.end) {
    const { dropped } = wanted.end;
    const { reason, at } = dropped;
    const there = steps.filter((step) => step.verdict === reason && isWithin(step.place, at));
    if (there.length === 0) problems.push(`it is not dropped (${reason}) at ${at}; ${endsOf(steps)}`);
    else if (!there.some((step) => isDecision(step, dropped)))
      problems.push(`that is not what drops it; it is ${listed(there.map(decisionText))}`);
  }
  problems.push(...decisionProblems(wanted.decisions, steps));
  return problems;
}

function decisionProblems(wanted: readonly DecisionExpectation[], steps: readonly JourneyStep[]): string[] {
  const problems: string[] = [];
  let from = 0;
  for (const decision of wanted) {
    const at = steps.findIndex((step, n) => n >= from && step.entry !== null && isDecision(step, decision));
    if (at >= 0) {
      from = at + 1;
      continue;
    }
    const there = steps.filter((step) => step.entry !== null && isWithin(step.place, decision.at));
    const seen =
      there.length === 0 ? "no entry decides there" : `there decide ${listed(there.map(decisionText))}`;
    problems.push(`it is not so that ${describeDecision(decision)}; ${seen}`);
  }
  return problems;
}

function isDecision(step: JourneyStep, { at, kind, entry, cause }: DecisionExpectation): boolean {
  if (!isWithin(step.place, at) || (kind !== undefined && step.kind !== kind)) return false;
  return (
    (entry === undefined || hasWords(step.entry, entry)) &&
    (cause === undefined || hasWords(step.cause, cause))
  );
}

function decisionText({ kind, entry, cause }: JourneyStep): string {
  return entry === null ? "no entry's doing" : `${kind} ${entry} <- ${cause}`;
}

/** True when `text` has these words, whole and one after the other. */
export function hasWords(text: string | null | undefined, words: string): boolean {
  const plain = (given: string): string => ` ${given.trim().replace(/\s+/g, " ")} `;
  return text !== null && text !== undefined && plain(text).includes(plain(words));
}

function endsOf(steps: readonly JourneyStep[]): string {
  const ends = steps.filter(isEndStep).map((step) => `${step.verdict} at ${step.place}`);
  return ends.length === 0 ? "it has not ended" : `it ends ${listed(ends)}`;
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, MANY).join(", ");
  return texts.length > MANY ? `${shown} and ${texts.length - MANY} more` : shown;
}

function checkCounters(wanted: CountersExpectation, world: WorldQuestions): string[] {
  const counters = world.counters(wanted.device);
  if (counters === null) return [`there is no device ${wanted.device}`];
  return Object.entries(wanted.counters).flatMap(([name, amount]) => {
    const value = own(counters, name) ?? 0;
    return keeps(value, amount) ? [] : [`${name} is ${value}, expected ${formatAmount(amount)}`];
  });
}

function checkEntry(wanted: EntryExpectation, world: WorldQuestions): string[] {
  const rows = world.entries(wanted.table, wanted.in);
  if (rows === null) return [`there is no host or namespace ${wanted.in}`];
  const fields = Object.entries(wanted.fields);
  const { cause } = wanted;
  const found = rows.find(
    (row) =>
      fields.every(([name, text]) => (own(row, name) ?? "false") === text) &&
      (cause === null || hasWords(own(row, "cause"), cause)),
  );
  const shown = (row: Readonly<Record<string, string>>): string =>
    Object.entries(row)
      .map(([name, text]) => `${name} ${text}`)
      .join(" ");
  if (wanted.absent) return found === undefined ? [] : [`there is one: ${shown(found)}`];
  if (found !== undefined) return [];
  if (rows.length === 0) return ["the table is empty"];
  const unsaid = fields.find(
    ([name, text]) => text !== "false" && rows.every((row) => !Object.hasOwn(row, name)),
  );
  const slip = unsaid === undefined ? "" : ` (no row has a field "${unsaid[0]}")`;
  return [`none of ${rows.length} rows${slip}: ${listed(rows.map(shown))}`];
}

function checkFrames(wanted: FramesExpectation, world: WorldQuestions): string[] {
  const count = world.frames(wanted.on, wanted.filter);
  if (typeof count === "string") return [count];
  return keeps(count, wanted.count) ? [] : [`there are ${count}, expected ${formatAmount(wanted.count)}`];
}
