import { NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";

/** `-m mark`: numbers are uint32. */
export interface MarkInfo extends XtInfo {
  readonly mark: number;
  readonly mask: number;
  readonly not?: true;
}

class MarkMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #mark: number;
  readonly #mask: number;
  readonly #not: boolean;

  constructor({ mark, mask, not }: MarkInfo) {
    this.#mark = mark | 0;
    this.#mask = mask | 0;
    this.#not = not === true;
  }

  matches(packet: Packet): boolean {
    return ((packet.mark & this.#mask) === this.#mark) !== this.#not;
  }
}

export const markMatch: XtMatchType<MarkInfo> = { name: "mark", make: (info) => new MarkMatch(info) };
