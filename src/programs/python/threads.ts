import type { Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import type { WaitQueue } from "../../sim/wait-queue.ts";

type Thread = Generator<Wait, void, void>;

interface Running {
  readonly thread: Thread;
  wait: Wait;
}

/**
 * Threads of one process: all end with it. A thread that waits in queues goes on whenever any thread is woken, so it has
 * to look whether it was its own; one that waits for the time alone sleeps until then.
 */
export class Threads {
  readonly #now: () => Nanos;
  readonly #running: Running[] = [];

  constructor(now: () => Nanos) {
    this.#now = now;
  }

  /** A thread begins in the turn of whoever started it. */
  start(thread: Thread): void {
    this.#running.push({ thread, wait: { on: [], until: this.#now() } });
  }

  /** Runs `main` and with it all that is started; when it is over, the others end where they are. */
  *run(main: Thread): Generator<Wait, void, void> {
    const first: Running = { thread: main, wait: { on: [], until: this.#now() } };
    this.#running.unshift(first);
    try {
      while (this.#running.includes(first)) {
        this.#turn();
        if (this.#running.includes(first)) yield this.#wait();
      }
    } finally {
      for (const { thread } of this.#running.splice(0)) thread.return();
    }
  }

  #turn(): void {
    for (let i = 0; i < this.#running.length; ) {
      const running = this.#running[i]!;
      const { on, until } = running.wait;
      if (on.length > 0 || this.#now() >= until) {
        const step = running.thread.next();
        if (step.done === true) {
          this.#running.splice(i, 1);
          continue;
        }
        running.wait = step.value;
      }
      i++;
    }
  }

  #wait(): Wait {
    const on: WaitQueue[] = [];
    let until = Number.POSITIVE_INFINITY;
    for (const { wait } of this.#running) {
      on.push(...wait.on);
      until = Math.min(until, wait.until);
    }
    return { on, until };
  }
}
