import { WaitQueue } from "../../sim/wait-queue.ts";
import type { World } from "../../sim/world.ts";
import type { LogLine } from "../api/docker-api.ts";
import { rfc3339 } from "../timestamps.ts";

/** What a container's main process wrote, over all its starts. */
export class ContainerLog {
  /** Piece by piece, as whoever is attached sees it. */
  readonly lines: LogLine[] = [];
  /** Line by line, each stream by itself, as the logging driver keeps it. */
  readonly records: LogLine[] = [];
  readonly changed: WaitQueue = new WaitQueue();
  /** How often the process has ended. */
  ends = 0;
  readonly #world: World;
  /** Lines without their end, with the time of their beginning. */
  readonly #begun: Map<LogLine["stream"], LogLine> = new Map();

  constructor(world: World) {
    this.#world = world;
  }

  write(stream: LogLine["stream"], text: string): void {
    if (text === "") return;
    const at = this.#world.now;
    this.lines.push({ stream, at, text });
    for (const part of text.split(/(?<=\n)/)) {
      const begun = this.#begun.get(stream);
      const line = { stream, at: begun?.at ?? at, text: `${begun?.text ?? ""}${part}` };
      if (part.endsWith("\n")) {
        this.records.push(line);
        this.#begun.delete(stream);
      } else this.#begun.set(stream, line);
    }
    this.changed.notify();
  }

  /** The process has ended: what it began is a line too. */
  end(): void {
    for (const line of this.#begun.values()) this.records.push(line);
    this.#begun.clear();
    this.ends++;
    this.changed.notify();
  }

  /** The text of `ID-json.log`. */
  json(): string {
    return this.records
      .map(({ stream, at, text }) => `${JSON.stringify({ log: text, stream, time: rfc3339(at) })}\n`)
      .join("");
  }
}
