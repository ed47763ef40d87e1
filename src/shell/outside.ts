import { WaitQueue } from "../sim/wait-queue.ts";
import { STORM_LIMIT, type World } from "../sim/world.ts";
import type { Run } from "./process-table.ts";

/** Something that can only be had from outside the world, because it is a promise. */
interface Call {
  readonly ask: () => Promise<void>;
  readonly answered: WaitQueue;
}

/**
 * The run token. A shell runs inside the event loop, as every process does, so at any moment at most one runs, and
 * wake-ups come in the order of events. Only the text tools (grep, jq ...) and the loading of the bash library are
 * promises: a shell that needs one waits for it here, and until it is kept **no event of the world is run**. So how
 * long a promise takes, and how many turns of the host's loop it needs, cannot be seen inside.
 */
export class Outside {
  readonly #world: World;
  readonly #calls: Call[] = [];
  /** Lines wait for each other here: the next is typed when the last one has ended. */
  #queue: Promise<unknown> = Promise.resolve();

  static readonly #all: WeakMap<World, Outside> = new WeakMap();

  private constructor(world: World) {
    this.#world = world;
  }

  /** The one of a world. */
  static of(world: World): Outside {
    let outside = Outside.#all.get(world);
    if (outside === undefined) {
      outside = new Outside(world);
      Outside.#all.set(world, outside);
    }
    return outside;
  }

  /** Used inside a process: waits for a promise while the world stands still. */
  *call<T>(ask: () => Promise<T>): Run<T> {
    const outcome: { value?: T; error?: unknown; kept: boolean | null } = { kept: null };
    const answered = new WaitQueue();
    this.#calls.push({
      ask: async () => {
        try {
          outcome.value = await ask();
          outcome.kept = true;
        } catch (error) {
          outcome.error = error;
          outcome.kept = false;
        }
      },
      answered,
    });
    while (outcome.kept === null) yield { on: [answered], until: Number.POSITIVE_INFINITY };
    if (!outcome.kept) throw outcome.error;
    return outcome.value as T;
  }

  /** Runs `task` when every earlier one has ended. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #answer(): Promise<void> {
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) {
      await call.ask();
      call.answered.notify();
    }
  }

  /**
   * Runs the world until `done` holds, no later than the instant `until`. Gives false when nothing is left that could
   * happen by then.
   */
  async drive(done: () => boolean, until: number = Number.POSITIVE_INFINITY): Promise<boolean> {
    const world = this.#world;
    let instant = world.now;
    let events = 0;
    while (!done()) {
      if (this.#calls.length > 0) await this.#answer();
      else if (!world.step(until)) return false;
      else if (world.now !== instant) {
        instant = world.now;
        events = 0;
      } else if (++events > STORM_LIMIT) throw world.storm();
    }
    return true;
  }

  /** Runs the world for `duration` nanoseconds, background jobs and all. */
  async advance(duration: number): Promise<void> {
    const end = this.#world.now + duration;
    await this.drive(() => false, end);
    this.#world.advance(end - this.#world.now);
  }

  /** Runs what is left to happen at this instant. */
  async settle(): Promise<void> {
    await this.drive(() => false, this.#world.now);
  }
}
