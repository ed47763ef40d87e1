import { type Nanos, SECOND } from "../../sim/time.ts";

/** Stars of a full bar. */
const WIDTH = 32;
/** Seconds without anything new after which a transfer is called stalled. */
const STALLED = 5;
const K = 1024;

/** The lines that busybox's wget writes where there is no terminal: at most one a second, and one at the end. */
export class WgetProgress {
  readonly #name: string;
  readonly #started: Nanos;
  readonly #begin: number;
  #shown = 0;
  #last = 0;
  #changed = 0;

  /** `begin` are the octets that were there before. */
  constructor(name: string, now: Nanos, begin: number) {
    this.#name = name.padEnd(20).slice(0, 20);
    this.#started = now;
    this.#begin = begin;
  }

  /** When a line is due without anything having come. */
  get next(): Nanos {
    return this.#started + (this.#shown + 1) * SECOND;
  }

  /** The line that is due, or nothing. `got` octets have come of `total`, which is null if nobody knows. */
  update(now: Nanos, got: number, total: number | null): string {
    const elapsed = Math.floor((now - this.#started) / SECOND);
    if (got !== this.#last) this.#changed = elapsed;
    this.#last = got;
    if (elapsed === this.#shown) return "";
    this.#shown = elapsed;
    const size = scaled(this.#begin + got);
    if (total === null) return `${this.#name}${size} --:--:-- ETA\n`;
    const ratio = total + this.#begin === 0 ? 0 : (this.#begin + got) / (total + this.#begin);
    return `${this.#name}${bar(ratio)}${size}${this.#eta(elapsed, got, total)}\n`;
  }

  /** The last line. */
  done(got: number): string {
    return got === 0 ? "" : `${this.#name}${bar(1)}${scaled(this.#begin + got)}  0:00:00 ETA\n`;
  }

  #eta(elapsed: number, got: number, total: number): string {
    if (elapsed - this.#changed > STALLED) return "  - stalled -";
    if (got === 0) return " --:--:-- ETA";
    const seconds = Math.floor(((total - got) * elapsed) / got);
    const two = (value: number): string => String(value % 60).padStart(2, "0");
    return `${String(Math.floor(seconds / 3600)).padStart(3)}:${two(Math.floor(seconds / 60))}:${two(seconds)} ETA`;
  }
}

function bar(ratio: number): string {
  const stars = Math.floor(ratio * WIDTH);
  return `${String(Math.floor(100 * ratio)).padStart(4)}% |${"*".repeat(stars).padEnd(WIDTH)}|`;
}

/** Six columns. */
function scaled(octets: number): string {
  let value = octets;
  let unit = 0;
  while (value > 99_999) {
    value = Math.floor(value / K);
    unit++;
  }
  return unit === 0 ? String(value).padStart(6) : `${String(value).padStart(5)}${" kmgt"[unit]}`;
}
