import { WaitQueue } from "../../sim/wait-queue.ts";
import type { World } from "../../sim/world.ts";
import type { LogLine } from "../api/docker-api.ts";

/** What a container's main process wrote, over all its starts. */
export class ContainerLog {
  readonly lines: LogLine[] = [];
  readonly changed: WaitQueue = new WaitQueue();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  write(stream: LogLine["stream"], text: string): void {
    if (text === "") return;
    this.lines.push({ stream, at: this.#world.now, text });
    this.changed.notify();
  }
}
