import { WaitQueue } from "../sim/wait-queue.ts";
import type { World } from "../sim/world.ts";
import type { EventMessage } from "./api/docker-api.ts";

/** How many events an engine remembers (moby daemon/events, eventsLimit). */
export const EVENTS_KEPT = 256;

/** What happened on an engine since it started, for `docker events`. */
export class EventLog {
  readonly list: EventMessage[] = [];
  readonly changed: WaitQueue = new WaitQueue();
  /** How often the engine has ended since: whoever listened then hears no more. */
  ends = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  add(type: EventMessage["Type"], action: string, id: string, attributes: Record<string, string>): void {
    this.list.push({
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      at: this.#world.now,
    });
    this.changed.notify();
  }

  /** The engine ends. */
  end(): void {
    this.ends++;
    this.changed.notify();
  }

  /** Things of a kind were taken away together. @param space the bytes that it gave */
  pruned(type: EventMessage["Type"], space: number): void {
    this.add(type, "prune", "", { reclaimed: `${space}` });
  }
}
