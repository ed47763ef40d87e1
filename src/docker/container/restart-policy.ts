import { MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";

const FIRST: Nanos = 100 * MILLISECOND;
const LONGEST: Nanos = 60 * SECOND;
/** Who ran as long as this begins again with a short wait. */
const STEADY: Nanos = 10 * SECOND;

/** When a container that ended is started again (moby restartmanager). */
export class RestartPolicy {
  #wait: Nanos = 0;

  /** How long to wait for the next start, in nanoseconds; null when there is none. */
  next(
    policy: { readonly Name: string; readonly MaximumRetryCount: number },
    status: number,
    stoppedByHand: boolean,
    uptime: Nanos,
    restarts: number,
  ): Nanos | null {
    if (stoppedByHand) {
      this.#wait = 0;
      return null;
    }
    if (this.#wait === 0 || uptime >= STEADY) this.#wait = FIRST;
    else if (this.#wait < LONGEST) this.#wait = Math.min(LONGEST, this.#wait * 2);
    const limit = policy.MaximumRetryCount;
    const again =
      policy.Name === "always" ||
      policy.Name === "unless-stopped" ||
      (policy.Name === "on-failure" && status !== 0 && (limit === 0 || restarts < limit));
    return again ? this.#wait : null;
  }
}
