import { type Nanos, SECOND } from "../sim/time.ts";

/** Connections, and packets and bytes of both directions. Bytes count from the IP header on. */
export interface Counts {
  connections: number;
  inPackets: number;
  outPackets: number;
  inBytes: number;
  outBytes: number;
}

function noCounts(): Counts {
  return { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
}

/** Between two estimates. */
export const ESTIMATE_PERIOD: Nanos = 2 * SECOND;

/**
 * What a service, a destination, or IPVS as a whole has done (struct ip_vs_stats). Nobody sees the numbers themselves: every
 * two seconds they are read, and what is shown is what was read last (net/netfilter/ipvs/ip_vs_est.c).
 */
export class Statistics implements Counts {
  connections = 0;
  inPackets = 0;
  outPackets = 0;
  inBytes = 0;
  outBytes = 0;
  /** As they were read last, and as they were when somebody zeroed them. */
  readonly #read: Counts = noCounts();
  readonly #zero: Counts = noCounts();
  /** Moving averages in whole numbers, scaled by 2^10 (bytes: 2^5). */
  readonly #average: Counts = noCounts();

  /** Reads the numbers: each average goes a quarter of the way to what the last two seconds had. */
  estimate(): void {
    const last = this.#read;
    const average = this.#average;
    average.connections += quarter((this.connections - last.connections) * 512 - average.connections);
    average.inPackets += quarter((this.inPackets - last.inPackets) * 512 - average.inPackets);
    average.outPackets += quarter((this.outPackets - last.outPackets) * 512 - average.outPackets);
    average.inBytes += quarter((this.inBytes - last.inBytes) * 16 - average.inBytes);
    average.outBytes += quarter((this.outBytes - last.outBytes) * 16 - average.outBytes);
    copy(this, last);
  }

  /** Begins anew, as far as anybody sees (`ipvsadm -Z`). */
  zero(): void {
    copy(this.#read, this.#zero);
    copy(noCounts(), this.#average);
  }

  /** Since they were zeroed, as of the last estimate. */
  get shown(): Counts {
    const read = this.#read;
    const zero = this.#zero;
    return {
      connections: read.connections - zero.connections,
      inPackets: read.inPackets - zero.inPackets,
      outPackets: read.outPackets - zero.outPackets,
      inBytes: read.inBytes - zero.inBytes,
      outBytes: read.outBytes - zero.outBytes,
    };
  }

  /** As `ipvsadm --rate` prints them. */
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

function copy(from: Counts, to: Counts): void {
  to.connections = from.connections;
  to.inPackets = from.inPackets;
  to.outPackets = from.outPackets;
  to.inBytes = from.inBytes;
  to.outBytes = from.outBytes;
}

function quarter(difference: number): number {
  return Math.floor(difference / 4);
}
