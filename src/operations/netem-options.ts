import type { DelayDistribution } from "../net/qdisc/delay-distribution.ts";
import type { LossModelSettings } from "../net/qdisc/loss-model.ts";
import type { CorrelatedChance, NetemSettings } from "../net/qdisc/netem.ts";
import type { Mutable } from "./mutable.ts";
import {
  microsToNanos,
  parsePercent,
  parseRate,
  parseTicks,
  percentToParts,
  rateWord,
  timeWord,
  WHOLE,
} from "./tc-units.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same, unsigned, type Words } from "./words.ts";

/** A chance, and how much it depends on the draw before: both in hundredths. */
interface Chance {
  readonly percent: number;
  readonly correlation?: number;
}

/** `netem ...` as it is said. Times are in microseconds, rates in bytes a second. */
export interface NetemOptions {
  readonly kind: "netem";
  readonly limit?: number;
  readonly delay?: { readonly time: number; readonly jitter?: number; readonly correlation?: number };
  readonly distribution?: DelayDistribution;
  readonly loss?: Chance;
  /** P13 [P31 [P32 [P23 [P14]]]] */
  readonly lossState?: readonly number[];
  /** P [R [1-H [1-K]]] */
  readonly lossGemodel?: readonly number[];
  readonly ecn?: true;
  readonly duplicate?: Chance;
  readonly corrupt?: Chance;
  readonly reorder?: Chance;
  readonly gap?: number;
  /** RATE [PACKETOVERHEAD [CELLSIZE [CELLOVERHEAD]]] */
  readonly rate?: readonly number[];
}

const USAGE = `Usage: ... netem [ limit PACKETS ]
                 [ delay TIME [ JITTER [CORRELATION]]]
                 [ distribution {uniform|normal|pareto|paretonormal} ]
                 [ corrupt PERCENT [CORRELATION]]
                 [ duplicate PERCENT [CORRELATION]]
                 [ loss random PERCENT [CORRELATION]]
                 [ loss state P13 [P31 [P32 [P23 P14]]]
                 [ loss gemodel PERCENT [R [1-H [1-K]]]
                 [ ecn ]
                 [ reorder PERCENT [CORRELATION] [ gap DISTANCE ]]
                 [ rate RATE [PACKETOVERHEAD] [CELLSIZE] [CELLOVERHEAD]]
                 [ slot MIN_DELAY [MAX_DELAY] [packets MAX_PACKETS] [bytes MAX_BYTES]]
                 [ slot distribution {uniform|normal|pareto|paretonormal|custom}
                   DELAY JITTER [packets MAX_PACKETS] [bytes MAX_BYTES]]
`;

function usage(why = ""): ToolError {
  return new ToolError(`${why === "" ? "" : `${why}\n`}${USAGE}`, 1);
}

function illegal(key: string): ToolError {
  return new ToolError(`Illegal "${key}"`, 1);
}

const isNumber = (word: string): boolean => /^\d/.test(word);

function percent(words: Words, key: string): number {
  const value = parsePercent(words.next());
  if (value === null) throw illegal(key);
  return value;
}

function chance(words: Words, key: string, correlationKey: string): Chance {
  const first = percent(words, key);
  return isNumber(words.peek)
    ? { percent: first, correlation: percent(words, correlationKey) }
    : { percent: first };
}

function percents(words: Words, keys: readonly string[]): number[] {
  const values: number[] = [];
  for (const key of keys) {
    if (values.length > 0 && !isNumber(words.peek)) break;
    values.push(percent(words, key));
  }
  return values;
}

/** Reads what follows `netem` (netem_parse_opt). @throws {ToolError} */
export function parseNetem(words: Words): NetemOptions {
  const options: Mutable<NetemOptions> = { kind: "netem" };
  while (!words.done) {
    const word = words.next();
    const is = (...full: readonly string[]): boolean => matches(word, ...full);
    if (is("limit")) {
      const limit = unsigned(words.next());
      if (limit === null) throw illegal("limit");
      options.limit = limit;
    } else if (is("delay", "latency")) options.delay = parseDelay(words);
    else if (is("loss", "drop")) parseLoss(words, options);
    else if (is("ecn")) options.ecn = true;
    else if (is("reorder")) options.reorder = chance(words, "reorder", "reorder");
    else if (is("corrupt")) options.corrupt = chance(words, "corrupt", "corrupt");
    else if (is("gap")) {
      const gap = unsigned(words.next());
      if (gap === null) throw illegal("gap");
      options.gap = gap;
    } else if (is("duplicate")) options.duplicate = chance(words, "duplicate", "duplicate");
    else if (is("distribution")) options.distribution = parseDistribution(words.next());
    else if (is("rate")) options.rate = parseRates(words);
    else if (is("slot")) throw new ToolError("tc: netem's slots are not simulated", 1);
    else if (same(word, "help")) throw usage();
    else throw usage(`What is "${word}"?`);
  }
  return checked(options);
}

function checked(options: NetemOptions): NetemOptions {
  const { delay, reorder, gap, distribution, ecn } = options;
  if ((reorder?.percent ?? 0) > 0) {
    if ((delay?.time ?? 0) === 0) throw usage("reordering not possible without specifying some delay");
  } else if ((gap ?? 0) > 0) throw usage("gap specified without reorder probability");
  if (ecn && options.loss === undefined && !options.lossState && !options.lossGemodel)
    throw usage("ecn requested without loss model");
  if (distribution !== undefined && ((delay?.time ?? 0) === 0 || (delay?.jitter ?? 0) === 0))
    throw usage("distribution specified but no latency and jitter values");
  return options;
}

function parseDelay(words: Words): NonNullable<NetemOptions["delay"]> {
  const time = parseTicks(words.next(), "latency");
  if (!isNumber(words.peek)) return { time };
  const jitter = parseTicks(words.next(), "latency");
  if (!isNumber(words.peek)) return { time, jitter };
  return { time, jitter, correlation: percent(words, "latency") };
}

function parseLoss(words: Words, options: Mutable<NetemOptions>): void {
  delete options.loss;
  delete options.lossState;
  delete options.lossGemodel;
  const word = words.next();
  if (same(word, "random")) options.loss = chance(words, "loss percent", "loss correllation");
  else if (isNumber(word)) {
    words.back();
    options.loss = chance(words, "loss percent", "loss correllation");
  } else if (same(word, "state"))
    options.lossState = percents(words, ["loss p13", "loss p31", "loss p32", "loss p23", "loss p14"]);
  else if (same(word, "gemodel"))
    options.lossGemodel = percents(words, [
      "loss gemodel p",
      "loss gemodel r",
      "loss gemodel h",
      "loss gemodel k",
    ]);
  else throw new ToolError(`Unknown loss parameter: ${word}`, 1);
}

function parseDistribution(name: string): DelayDistribution {
  for (const known of ["normal", "pareto", "paretonormal"] as const) if (same(name, known)) return known;
  if (name === "experimental") throw new ToolError("tc: netem's measured distribution is not simulated", 1);
  throw new ToolError(
    `No distribution data for ${name} (/usr/lib/x86_64-linux-gnu/tc//${name}.dist: No such file or directory)`,
    1,
  );
}

function parseRates(words: Words): readonly number[] {
  const rate = parseRate(words.next());
  if (rate === null) throw illegal("rate");
  const values = [rate];
  // Overhead of each packet, size of a cell, overhead of each cell: only the size has no sign.
  for (const signed of [true, false, true]) {
    if (!(signed ? /^-?\d/ : /^\d/).test(words.peek)) break;
    const word = words.next();
    const value = word.startsWith("-") ? unsigned(word.slice(1)) : unsigned(word);
    if (value === null) throw illegal("rate");
    values.push(word.startsWith("-") ? -value : value);
  }
  return values;
}

/** The words that {@link parseNetem} reads back. */
export function netemWords(options: NetemOptions): string[] {
  const words: string[] = [];
  const said = (key: string, value: Chance | undefined): void => {
    if (value === undefined) return;
    words.push(key, `${value.percent}%`);
    if (value.correlation !== undefined) words.push(`${value.correlation}%`);
  };
  const { limit, delay, distribution, lossState, lossGemodel, rate, gap } = options;
  if (limit !== undefined) words.push("limit", `${limit}`);
  if (delay !== undefined) {
    words.push("delay", timeWord(delay.time));
    if (delay.jitter !== undefined) words.push(timeWord(delay.jitter));
    if (delay.correlation !== undefined) words.push(`${delay.correlation}%`);
  }
  if (distribution !== undefined) words.push("distribution", distribution);
  said("loss", options.loss);
  if (lossState !== undefined) words.push("loss", "state", ...lossState.map((p) => `${p}%`));
  if (lossGemodel !== undefined) words.push("loss", "gemodel", ...lossGemodel.map((p) => `${p}%`));
  if (options.ecn) words.push("ecn");
  said("duplicate", options.duplicate);
  said("corrupt", options.corrupt);
  said("reorder", options.reorder);
  if (gap !== undefined) words.push("gap", `${gap}`);
  if (rate !== undefined) words.push("rate", rateWord(rate[0]!), ...rate.slice(1).map((n) => `${n}`));
  return words;
}

/** What `tc` asks of the kernel for these words. */
export function netemSettings(options: NetemOptions): NetemSettings {
  const { delay, loss, duplicate, reorder, corrupt, rate } = options;
  const parts = (value: Chance | undefined): CorrelatedChance | null =>
    value === undefined
      ? null
      : {
          probability: percentToParts(value.percent),
          correlation: percentToParts(value.correlation ?? 0),
        };
  const correlated = [delay, loss, duplicate].some((value) => value?.correlation !== undefined);
  return {
    kind: "netem",
    limit: options.limit ?? 1000,
    latency: microsToNanos(delay?.time ?? 0),
    jitter: microsToNanos(delay?.jitter ?? 0),
    gap: options.gap || ((reorder?.percent ?? 0) > 0 ? 1 : 0),
    loss: percentToParts(loss?.percent ?? 0),
    duplicate: percentToParts(duplicate?.percent ?? 0),
    correlations: correlated
      ? {
          delay: percentToParts(delay?.correlation ?? 0),
          loss: percentToParts(loss?.correlation ?? 0),
          duplicate: percentToParts(duplicate?.correlation ?? 0),
        }
      : null,
    lossModel: lossModel(options),
    reorder: parts(reorder),
    corrupt: parts(corrupt),
    rate:
      rate === undefined
        ? null
        : {
            rate: rate[0]!,
            packetOverhead: rate[1] ?? 0,
            cellSize: rate[2] ?? 0,
            cellOverhead: rate[3] ?? 0,
          },
    ecn: options.ecn ? true : null,
    distribution: options.distribution ?? null,
  };
}

function lossModel({ lossState, lossGemodel }: NetemOptions): LossModelSettings | null {
  if (lossState !== undefined) {
    const [p13 = 0, p31 = 100 - p13, p32 = 0, p23 = 100, p14 = 0] = lossState;
    return {
      model: "state",
      p13: percentToParts(p13),
      p31: percentToParts(p31),
      p32: percentToParts(p32),
      p23: percentToParts(p23),
      p14: percentToParts(p14),
    };
  }
  if (lossGemodel === undefined) return null;
  const [p = 0, r = 100 - p, badLoss = 100, goodLoss = 0] = lossGemodel;
  return {
    model: "gemodel",
    p: percentToParts(p),
    r: percentToParts(r),
    h: WHOLE - percentToParts(badLoss),
    k1: percentToParts(goodLoss),
  };
}
