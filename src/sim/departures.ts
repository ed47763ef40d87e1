import type { Leg } from "./leg.ts";
import type { Nanos } from "./time.ts";

/** Packets that went as many legs: how many, their bytes as they were after the first leg, and when the last one did. */
class Share {
  packets = 0;
  bytes = 0;
  last: Nanos = 0;
}

/** The packets that got off a trip on the way, by how many legs they went, until they are entered into the legs' cells. */
export class Departures {
  #shares: (Share | undefined)[] = [];

  /** Counts a packet that went so many legs. How many bytes have gone as far. */
  count(gone: number, length: number, now: Nanos): number {
    const share = (this.#shares[gone] ??= new Share());
    share.packets++;
    share.bytes += length;
    share.last = now;
    return share.bytes;
  }

  /** Enters them into the cells of the legs that they went. */
  enter(legs: readonly Leg[]): void {
    this.#shares.forEach((share, gone) => {
      if (share === undefined) return;
      for (let i = 0; i < gone; i++) legs[i]!.tally.enter(share.packets, share.bytes, share.last);
    });
    this.#shares = [];
  }
}
