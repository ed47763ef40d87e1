import type { Host } from "../../net/host.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";

/** In so many nanoseconds a warning is written so often (DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST). */
const INTERVAL: Nanos = 5 * SECOND;
const BURST = 10;

/** A warning in the host's log that is held back when there are many (net_warn_ratelimited). */
export class Complaint {
  readonly #host: Host;
  readonly #text: string;
  #since: Nanos = Number.NEGATIVE_INFINITY;
  #written = 0;

  constructor(host: Host, text: string) {
    this.#host = host;
    this.#text = text;
  }

  write(): void {
    const { now } = this.#host.world;
    if (now >= this.#since + INTERVAL) {
      this.#since = now;
      this.#written = 0;
    }
    if (this.#written++ < BURST) this.#host.log.write(now, 4, this.#text);
  }
}
