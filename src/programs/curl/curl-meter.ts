import { type Nanos, SECOND } from "../../sim/time.ts";

const HEAD =
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" +
  "                                 Dload  Upload   Total   Spent    Left  Speed\n";

/** How far a transfer is. Sizes are in octets, -1 for one that nobody knows. */
export interface Progress {
  downloaded: number;
  downloadSize: number;
  uploaded: number;
  uploadSize: number;
}

/** The progress meter of curl: a line that is written again and again, each second and at the end. */
export class CurlMeter {
  readonly #write: ((text: string) => void) | null;
  readonly #progress: Progress;
  #started: Nanos = 0;
  #lastShown = -1;
  #headShown = false;
  /** Octets at the last instants of showing: what the present speed is counted from. */
  readonly #samples: { readonly at: Nanos; readonly sum: number }[] = [];

  /** `write` is null for a meter that is hidden. */
  constructor(write: ((text: string) => void) | null, progress: Progress, headShown: boolean) {
    this.#write = write;
    this.#progress = progress;
    this.#headShown = headShown;
  }

  start(now: Nanos): void {
    this.#started = now;
    this.#samples.length = 0;
    this.#lastShown = -1;
    this.update(now);
  }

  /** Shows the line if it is time for it. */
  update(now: Nanos): void {
    const second = Math.floor((now - this.#started) / SECOND);
    if (second === this.#lastShown) return;
    this.#lastShown = second;
    this.#sample(now);
    this.#show(now);
  }

  /** When the line is to be shown again. */
  get next(): Nanos {
    return this.#started + (this.#lastShown + 1) * SECOND;
  }

  /** The last line of a transfer. */
  done(now: Nanos): void {
    this.#sample(now);
    this.#show(now);
    this.#write?.("\n");
  }

  #sample(now: Nanos): void {
    this.#samples.push({ at: now, sum: this.#progress.downloaded + this.#progress.uploaded });
    if (this.#samples.length > 6) this.#samples.shift();
  }

  #show(now: Nanos): void {
    if (this.#write === null) return;
    if (!this.#headShown) this.#write(HEAD);
    this.#headShown = true;
    this.#write(`\r${this.#line(now)}`);
  }

  #line(now: Nanos): string {
    const { downloaded, downloadSize, uploaded, uploadSize } = this.#progress;
    const spent = now - this.#started;
    const dSpeed = speed(downloaded, spent);
    const uSpeed = speed(uploaded, spent);
    const expected =
      (downloadSize >= 0 ? downloadSize : downloaded) + (uploadSize >= 0 ? uploadSize : uploaded);
    const left = Math.max(
      downloadSize > 0 && dSpeed > 0 ? Math.floor(downloadSize / dSpeed) : 0,
      uploadSize > 0 && uSpeed > 0 ? Math.floor(uploadSize / uSpeed) : 0,
    );
    const seconds = Math.floor(spent / SECOND);
    const total = left > 0 ? left : 0;
    const fields = [
      percent(downloaded + uploaded, expected),
      data(expected),
      "",
      percent(downloadSize >= 0 ? downloaded : 0, downloadSize),
      data(downloaded),
      "",
      percent(uploadSize >= 0 ? uploaded : 0, uploadSize),
      data(uploaded),
      "",
      data(dSpeed),
      "",
      data(uSpeed),
      clock(total),
      clock(seconds),
      clock(total > 0 ? total - seconds : 0),
      data(this.#present(now, dSpeed + uSpeed)),
    ];
    return fields.join(" ");
  }

  #present(now: Nanos, average: number): number {
    const first = this.#samples[0];
    if (first === undefined || this.#samples.length < 2) return average;
    const time = Math.max(1_000_000, now - first.at);
    const sum = this.#progress.downloaded + this.#progress.uploaded - first.sum;
    return Math.floor((sum * SECOND) / time);
  }
}

/** Octets a second. */
export function speed(octets: number, time: Nanos): number {
  const micros = Math.max(1, Math.floor(time / 1000));
  return Math.floor((octets * 1_000_000) / micros);
}

function percent(part: number, whole: number): string {
  const value = whole > 10_000 ? part / (whole / 100) : whole > 0 ? (part * 100) / whole : 0;
  return String(Math.floor(value)).padStart(3);
}

const K = 1024;

/** A number of octets in five characters. */
function data(octets: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["M", K ** 2],
    ["G", K ** 3],
    ["T", K ** 4],
  ];
  if (octets < 100_000) return String(octets).padStart(5);
  if (octets < 10_000 * K) return `${String(Math.floor(octets / K)).padStart(4)}k`;
  for (const [letter, size] of units) {
    if (octets < 100 * size) {
      const tenths = Math.floor((octets % size) / (size / 10));
      return `${String(Math.floor(octets / size)).padStart(2)}.${tenths}${letter}`;
    }
    if (octets < 10_000 * size) return `${String(Math.floor(octets / size)).padStart(4)}${letter}`;
  }
  return `${String(Math.floor(octets / K ** 5)).padStart(4)}P`;
}

/** A time in eight characters. */
function clock(seconds: number): string {
  if (seconds <= 0) return "--:--:--";
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  if (hours <= 99)
    return `${String(hours).padStart(2)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  const days = Math.floor(hours / 24);
  if (days <= 999) return `${String(days).padStart(3)}d ${two(hours % 24)}h`;
  return `${String(days).padStart(7)}d`;
}
