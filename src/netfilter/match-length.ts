import type { XtInfo, XtMatch, XtMatchType } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";

/** `-m length`: bytes of the IP packet, both included. */
export interface LengthInfo extends XtInfo {
  readonly min: number;
  readonly max: number;
  readonly not?: true;
}

class LengthMatch implements XtMatch {
  readonly #min: number;
  readonly #max: number;
  readonly #not: boolean;

  constructor({ min, max, not }: LengthInfo) {
    this.#min = min;
    this.#max = max;
    this.#not = not === true;
  }

  matches({ length }: Packet): boolean {
    return (length >= this.#min && length <= this.#max) !== this.#not;
  }
}

export const lengthMatch: XtMatchType<LengthInfo> = { name: "length", make: (info) => new LengthMatch(info) };
