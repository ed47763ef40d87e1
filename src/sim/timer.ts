import type { EventId, EventQueue, Scheduled } from "./event-queue.ts";
import type { Nanos } from "./time.ts";

/** One thing that happens later, once, unless it is cancelled; it can be armed again and again. */
export class Timer implements Scheduled {
  readonly #queue: EventQueue;
  readonly #callback: () => void;
  #event: EventId = 0;
  /** Entries of this timer that still lie in the queue for the present instant, where nothing can be taken out. */
  #pushed = 0;
  #stale = 0;
  armed = false;

  constructor(queue: EventQueue, callback: () => void) {
    this.#queue = queue;
    this.#callback = callback;
  }

  /** Fires after `delay` nanoseconds; an earlier arming is forgotten. */
  arm(delay: Nanos): void {
    this.cancel();
    this.armed = true;
    if (delay > 0) this.#event = this.#queue.schedule(delay, this);
    else {
      this.#queue.push(this);
      this.#pushed++;
    }
  }

  cancel(): void {
    if (!this.armed) return;
    this.armed = false;
    if (this.#event !== 0) {
      this.#queue.cancel(this.#event, this);
      this.#event = 0;
    } else this.#stale++;
  }

  fire(): void {
    if (this.#pushed > 0) {
      this.#pushed--;
      if (this.#stale > 0) {
        this.#stale--;
        return;
      }
    }
    this.#event = 0;
    this.armed = false;
    this.#callback();
  }

  staysOn(): boolean {
    return false;
  }
}
