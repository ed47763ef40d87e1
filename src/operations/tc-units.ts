import { formatG } from "./format-g.ts";
import { ToolError } from "./tool-error.ts";

/** The kernel's packet scheduler counts time in ticks of 64 ns; `tc` counts it in microseconds. */
const NANOS_PER_TICK = 64;
const TICKS_PER_MICRO = 1000 / NANOS_PER_TICK;
/** All of 2^32 - 1 parts: what the kernel calls 100 %. */
export const WHOLE = 0xffffffff;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

function split(text: string): readonly [value: number, suffix: string] | null {
  const match = NUMBER.exec(text);
  return match === null ? null : [Number(match[0]), text.slice(match[0].length).toLowerCase()];
}

const TIME_UNITS: Readonly<Record<string, number>> = { "": 1, us: 1, usec: 1, usecs: 1 };
const MORE_TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1000,
  msec: 1000,
  msecs: 1000,
  s: 1_000_000,
  sec: 1_000_000,
  secs: 1_000_000,
};

/** A time in whole microseconds (get_time); null when it is none. */
export function parseTime(text: string): number | null {
  const parts = split(text);
  if (parts === null) return null;
  const unit = TIME_UNITS[parts[1]] ?? MORE_TIME_UNITS[parts[1]];
  return unit === undefined || parts[0] < 0 ? null : Math.floor(parts[0] * unit);
}

/** The same, as far as the kernel's ticks reach. @throws {ToolError} beyond */
export function parseTicks(text: string, key: string): number {
  const micros = parseTime(text);
  if (micros === null) throw new ToolError(`Illegal "${key}"`, 1);
  if (Math.floor(micros * TICKS_PER_MICRO) > 0xffffffff)
    throw new ToolError(`Illegal ${micros} time (too large)\nIllegal "${key}"`, 1);
  return micros;
}

/** What the kernel makes of microseconds: whole ticks, in nanoseconds. */
export function microsToNanos(micros: number): number {
  return Math.floor(micros * TICKS_PER_MICRO) * NANOS_PER_TICK;
}

/** What `tc` makes of the kernel's nanoseconds: whole microseconds. */
export function nanosToMicros(nanos: number): number {
  return Math.floor(Math.floor(nanos / NANOS_PER_TICK) / TICKS_PER_MICRO);
}

/** `1.23s`, `400ms`, `12us` (sprint_time). */
export function formatTime(micros: number): string {
  if (micros >= 1_000_000) return `${formatG(micros / 1_000_000, 3)}s`;
  if (micros >= 1000) return `${formatG(micros / 1000, 3)}ms`;
  return `${micros}us`;
}

/** Microseconds in words that {@link parseTime} reads back exactly. */
export function timeWord(micros: number): string {
  return micros !== 0 && micros % 1000 === 0 ? `${micros / 1000}ms` : `${micros}us`;
}

/** `20%` or `20`: a number of hundredths; null when it is none or not from 0 to 100. */
export function parsePercent(text: string): number | null {
  const parts = split(text);
  if (parts === null || (parts[1] !== "" && parts[1] !== "%")) return null;
  return parts[0] < 0 || parts[0] > 100 ? null : parts[0];
}

/** Hundredths in the kernel's parts, a half to the even one (rint). */
export function percentToParts(percent: number): number {
  const exact = (percent / 100) * WHOLE;
  const below = Math.floor(exact);
  return exact - below === 0.5 ? below + (below % 2) : Math.round(exact);
}

/** The kernel's parts as `tc` shows them. */
export function formatParts(parts: number): string {
  return `${formatG((100 * parts) / WHOLE, 6)}%`;
}

/** The kernel's parts as a number from 0 to 1, as JSON has it. */
export function partsToJson(parts: number): number {
  return Number(formatG(parts / WHOLE, 6));
}

const RATE_UNITS: readonly (readonly [suffix: string, bits: number])[] = [
  ["", 1],
  ["bit", 1],
  ["kibit", 1024],
  ["kbit", 1000],
  ["mibit", 1024 ** 2],
  ["mbit", 1000 ** 2],
  ["gibit", 1024 ** 3],
  ["gbit", 1000 ** 3],
  ["tibit", 1024 ** 4],
  ["tbit", 1000 ** 4],
  ["bps", 8],
  ["kibps", 8 * 1024],
  ["kbps", 8 * 1000],
  ["mibps", 8 * 1024 ** 2],
  ["mbps", 8 * 1000 ** 2],
  ["gibps", 8 * 1024 ** 3],
  ["gbps", 8 * 1000 ** 3],
  ["tibps", 8 * 1024 ** 4],
  ["tbps", 8 * 1000 ** 4],
];

/** A rate in whole bytes a second (get_rate64); null when it is none. */
export function parseRate(text: string): number | null {
  const parts = split(text);
  const unit = parts === null ? undefined : RATE_UNITS.find(([suffix]) => suffix === parts[1]);
  if (parts === null || unit === undefined || parts[0] < 0) return null;
  return Math.floor((parts[0] * unit[1]) / 8);
}

/** `1500Kbit` (print_rate). */
export function formatRate(bytes: number): string {
  const units = ["", "K", "M", "G", "T"];
  let rate = bytes * 8;
  let unit = 0;
  while (unit < 4 && rate >= 1000 && (rate % 1000 === 0 || rate >= 1_000_000)) {
    rate = Math.floor(rate / 1000);
    unit++;
  }
  return `${rate}${units[unit]}bit`;
}

/** Bytes a second in words that {@link parseRate} reads back exactly. */
export function rateWord(bytes: number): string {
  const bits = bytes * 8;
  if (bits !== 0 && bits % 1_000_000 === 0) return `${bits / 1_000_000}mbit`;
  return bits !== 0 && bits % 1000 === 0 ? `${bits / 1000}kbit` : `${bits}bit`;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  kbit: 1024 / 8,
  mbit: 1024 ** 2 / 8,
  gbit: 1024 ** 3 / 8,
};

/** A number of bytes (get_size); null when it is none. */
export function parseSize(text: string): number | null {
  const parts = split(text);
  const unit = parts === null ? undefined : SIZE_UNITS[parts[1]];
  return parts === null || unit === undefined || parts[0] < 0 ? null : Math.floor(parts[0] * unit);
}

/** `10Kb`, `3000b` (sprint_size): rounded where it is near enough. */
export function formatSize(bytes: number): string {
  const megas = Math.round(bytes / 1024 ** 2);
  if (bytes >= 1024 ** 2 && Math.abs(megas * 1024 ** 2 - bytes) < 1024) return `${formatG(megas, 6)}Mb`;
  const kilos = Math.round(bytes / 1024);
  if (bytes >= 1024 && Math.abs(kilos * 1024 - bytes) < 16) return `${formatG(kilos, 6)}Kb`;
  return `${bytes}b`;
}
