import type { XtInfo, XtMatch, XtMatchType, XtState } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";

/** `-m icmp` */
export interface IcmpInfo extends XtInfo {
  /** 255: any type. */
  readonly type: number;
  /** From and to, both included. */
  readonly codes: readonly [number, number];
  readonly not?: true;
}

const ANY = 255;

class IcmpMatch implements XtMatch {
  readonly #type: number;
  readonly #low: number;
  readonly #high: number;
  readonly #not: boolean;

  constructor({ type, codes, not }: IcmpInfo) {
    this.#type = type;
    this.#low = codes[0];
    this.#high = codes[1];
    this.#not = not === true;
  }

  matches(packet: Packet, state: XtState): boolean {
    if (state.fragmentOffset !== 0) return false;
    const at = state.transportAt;
    if (packet.at + packet.length - at < 8) {
      state.hotdrop = true;
      return false;
    }
    const type = packet.view.getUint8(at);
    const code = packet.view.getUint8(at + 1);
    const yes = this.#type === ANY || (type === this.#type && code >= this.#low && code <= this.#high);
    return yes !== this.#not;
  }
}

export const icmpMatch: XtMatchType<IcmpInfo> = {
  name: "icmp",
  protocol: 1,
  make: (info) => new IcmpMatch(info),
};
