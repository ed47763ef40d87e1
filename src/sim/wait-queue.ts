import { NOTHING } from "../base/short-list.ts";
import type { Process } from "./process.ts";

/**
 * Who waits for something: data in a socket, the end of another process (wait_queue_head_t). They are woken in the order in which
 * they came.
 */
export class WaitQueue {
  #waiting: Process[] = NOTHING;

  /** Called by {@link Process} only. */
  add(process: Process): void {
    if (this.#waiting === NOTHING) this.#waiting = [process];
    else this.#waiting.push(process);
  }

  /** Called by {@link Process} only, when it stops waiting for any reason. */
  remove(process: Process): void {
    const at = this.#waiting.indexOf(process);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** True while a process waits for it. */
  get waited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Wakes every process that waits now; each goes on in its turn of this instant. */
  notify(): void {
    if (this.#waiting.length === 0) return;
    for (const process of [...this.#waiting]) process.wake();
  }
}
