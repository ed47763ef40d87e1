/** Numbers that people zero and that rates are made of (struct ip_vs_kstats). Bytes count from the IP header on. */
export class Statistics {
  connections = 0;
  inPackets = 0;
  outPackets = 0;
  inBytes = 0;
  outBytes = 0;
  /** Per second, as `ipvsadm --rate` prints them. */
  readonly rates: Rates = new Rates();
  /** What was there when somebody zeroed them; the estimator goes on with the whole. */
  readonly #zero: Counts = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

  zero(): void {
    Object.assign(this.#zero, counts(this));
  }

  /** Since they were zeroed. */
  get shown(): Counts {
    const zero = this.#zero;
    return {
      connections: this.connections - zero.connections,
      inPackets: this.inPackets - zero.inPackets,
      outPackets: this.outPackets - zero.outPackets,
      inBytes: this.inBytes - zero.inBytes,
      outBytes: this.outBytes - zero.outBytes,
    };
  }

  /** One more period of {@link ESTIMATE_PERIOD} is over. */
  estimate(): void {
    this.rates.update(this);
  }
}

export interface Counts {
  connections: number;
  inPackets: number;
  outPackets: number;
  inBytes: number;
  outBytes: number;
}

function counts(of: Counts): Counts {
  const { connections, inPackets, outPackets, inBytes, outBytes } = of;
  return { connections, inPackets, outPackets, inBytes, outBytes };
}

/** Nanoseconds between two estimates. */
export const ESTIMATE_PERIOD = 2_000_000_000;

/**
 * Rates as moving averages: each estimate goes a quarter of the way to what the last two seconds had. Whole numbers
 * scaled by 2^10 (bytes: 2^5), as the kernel keeps them (net/netfilter/ipvs/ip_vs_est.c).
 */
export class Rates {
  readonly #last: Counts = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
  readonly #average: Counts = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

  update(now: Counts): void {
    const last = this.#last;
    const average = this.#average;
    average.connections += quarter((now.connections - last.connections) * 512 - average.connections);
    average.inPackets += quarter((now.inPackets - last.inPackets) * 512 - average.inPackets);
    average.outPackets += quarter((now.outPackets - last.outPackets) * 512 - average.outPackets);
    average.inBytes += quarter((now.inBytes - last.inBytes) * 16 - average.inBytes);
    average.outBytes += quarter((now.outBytes - last.outBytes) * 16 - average.outBytes);
    Object.assign(last, counts(now));
  }

  zero(): void {
    Object.assign(this.#average, { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 });
  }

  get perSecond(): Counts {
    const a = this.#average;
    return {
      connections: Math.floor((a.connections + 511) / 1024),
      inPackets: Math.floor((a.inPackets + 511) / 1024),
      outPackets: Math.floor((a.outPackets + 511) / 1024),
      inBytes: Math.floor((a.inBytes + 15) / 32),
      outBytes: Math.floor((a.outBytes + 15) / 32),
    };
  }
}

function quarter(difference: number): number {
  return Math.floor(difference / 4);
}
