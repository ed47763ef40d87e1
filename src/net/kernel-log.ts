import type { Nanos } from "../sim/time.ts";

/** A line that the kernel wrote (printk). */
interface KernelLine {
  readonly at: Nanos;
  /** 0 (emergency) to 7 (debug). */
  readonly level: number;
  readonly text: string;
}

/** The level of a warning (KERN_WARNING), which rules log with when they name none. */
export const KERN_WARNING = 4;
const MOST = 10_000;

/** The ring in which a kernel writes what `dmesg` shows; it forgets the oldest lines. */
export class KernelLog {
  #lines: KernelLine[] = [];

  get lines(): readonly KernelLine[] {
    return this.#lines;
  }

  write(at: Nanos, level: number, text: string): void {
    this.#lines.push({ at, level, text });
    if (this.#lines.length > MOST) this.#lines = this.#lines.slice(MOST / 10);
  }

  clear(): void {
    this.#lines = [];
  }
}
