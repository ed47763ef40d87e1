import { NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";

/** From and to, both included, as text. */
export type AddressRange = readonly [string, string];

/** `-m iprange` */
export interface IprangeInfo extends XtInfo {
  readonly src?: AddressRange;
  readonly notSrc?: true;
  readonly dst?: AddressRange;
  readonly notDst?: true;
}

class Range {
  readonly #low: number;
  readonly #high: number;
  readonly #not: boolean;

  constructor([low, high]: AddressRange, not: boolean) {
    this.#low = ip.parse(low)! >>> 0;
    this.#high = ip.parse(high)! >>> 0;
    this.#not = not;
  }

  has(address: number): boolean {
    const a = address >>> 0;
    return (a >= this.#low && a <= this.#high) !== this.#not;
  }
}

class IprangeMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #src: Range | null;
  readonly #dst: Range | null;

  constructor({ src, notSrc, dst, notDst }: IprangeInfo) {
    this.#src = src === undefined ? null : new Range(src, notSrc === true);
    this.#dst = dst === undefined ? null : new Range(dst, notDst === true);
  }

  matches({ view, networkAt }: Packet): boolean {
    if (this.#src !== null && !this.#src.has(ipv4.src(view, networkAt))) return false;
    return this.#dst === null || this.#dst.has(ipv4.dst(view, networkAt));
  }
}

export const iprangeMatch: XtMatchType<IprangeInfo> = {
  name: "iprange",
  make: (info) => new IprangeMatch(info),
};
