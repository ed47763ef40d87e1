/**
 * Round trips and the time to wait for an acknowledgment (RFC 6298), as Linux estimates them: the variance falls slowly,
 * once a round trip, and is never less than `tcp_rto_min`. All in microseconds.
 */
export class RoundTrip {
  /** Smoothed, times 8; 0 before the first sample. */
  smoothed8 = 0;
  /** Mean deviation, times 4. */
  deviation4 = 1_000_000;
  variance4 = 1_000_000;
  #highestDeviation4 = 1_000_000;
  #nextUpdate = 0;
  /** Least one that was seen; Infinity before the first. */
  least: number = Number.POSITIVE_INFINITY;

  /** Takes a sample (tcp_rtt_estimator); `una` and `next` tell when a round trip is over. */
  add(micros: number, una: number, next: number, leastTimeout: number): void {
    let m = Math.max(1, Math.round(micros));
    if (m < this.least) this.least = m;
    if (this.smoothed8 === 0) {
      this.smoothed8 = m << 3;
      this.deviation4 = m << 1;
      this.variance4 = Math.max(this.deviation4, leastTimeout);
      this.#highestDeviation4 = this.variance4;
      this.#nextUpdate = next;
      return;
    }
    m -= this.smoothed8 >> 3;
    this.smoothed8 += m;
    if (m < 0) {
      m = -m;
      m -= this.deviation4 >> 2;
      // A round trip that was short for once must not let the time-out grow.
      if (m > 0) m >>= 3;
    } else m -= this.deviation4 >> 2;
    this.deviation4 += m;
    if (this.deviation4 > this.#highestDeviation4) {
      this.#highestDeviation4 = this.deviation4;
      if (this.#highestDeviation4 > this.variance4) this.variance4 = this.#highestDeviation4;
    }
    if (((una - this.#nextUpdate) | 0) > 0) {
      if (this.#highestDeviation4 < this.variance4)
        this.variance4 -= (this.variance4 - this.#highestDeviation4) >> 2;
      this.#nextUpdate = next;
      this.#highestDeviation4 = leastTimeout;
    }
  }

  /** The time to wait, in milliseconds, not backed off (__tcp_set_rto). */
  get timeout(): number {
    return Math.ceil(((this.smoothed8 >> 3) + this.variance4) / 1000);
  }
}
