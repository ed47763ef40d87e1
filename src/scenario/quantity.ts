const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
const BITS: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };

function parse(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text.trim().toLowerCase());
  const unit = match === null ? undefined : units[match[2]!];
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit);
}

/** Nanoseconds of `10ms`, `1.5us`, `2s`; null when it is no such text. */
export function parseDuration(text: string): number | null {
  return parse(text, NANOSECONDS);
}

/** Bits per second of `100mbit`, `1gbit`, as tc writes rates; null when it is no such text. */
export function parseRate(text: string): number | null {
  return parse(text, BITS);
}

/** Virtual nanoseconds as people read them: `0 s`, `12.5 us`, `1.003 ms`, `61.2 s`. */
export function formatDuration(ns: number): string {
  if (ns === 0) return "0 s";
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${trim(ns / 1e3)} us`;
  if (ns < 1e9) return `${trim(ns / 1e6)} ms`;
  return `${trim(ns / 1e9)} s`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}
