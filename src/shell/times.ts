import { MILLISECOND, type Nanos, SECOND } from "../sim/time.ts";

/** What `time` prints. Programs use no processor time in a simulated world. */
export function formatTimes(elapsed: Nanos, style: "bash" | "posix" | "ash"): string {
  const millis = Math.round(elapsed / MILLISECOND);
  if (style === "ash") {
    const span = (ms: number): string => `${Math.floor(ms / 60_000)}m ${((ms % 60_000) / 1000).toFixed(2)}s`;
    return `real\t${span(millis)}\nuser\t${span(0)}\nsys\t${span(0)}\n`;
  }
  if (style === "posix") return `real ${(millis / 1000).toFixed(2)}\nuser 0.00\nsys 0.00\n`;
  const text = (ms: number): string => `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
  return `\nreal\t${text(millis)}\nuser\t${text(0)}\nsys\t${text(0)}\n`;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads `1.5`, `2m`, `inf` as coreutils do; null if it is no duration. */
export function parseDuration(text: string): Nanos | null {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^(\d*\.?\d*(?:e[-+]?\d+)?)([smhd]?)$/i.exec(text);
  if (match === null || !/\d/.test(match[1]!)) return null;
  return Math.round(Number(match[1]) * UNITS[match[2]!]! * SECOND);
}
