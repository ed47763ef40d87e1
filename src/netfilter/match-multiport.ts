import { KernelError } from "../net/kernel-error.ts";
import type { XtInfo, XtMatch, XtMatchType, XtState } from "../net/xtables.ts";
import type { PortPlace } from "../sim/flow-class.ts";
import type { Packet } from "../sim/packet.ts";
import { hasPorts } from "./conntrack/tuple.ts";
import { type PortRange, placesOf } from "./match-ports.ts";

/** `-m multiport` */
export interface MultiportInfo extends XtInfo {
  readonly which: "source" | "destination" | "either";
  readonly ports: readonly PortRange[];
  readonly not?: true;
}

class MultiportMatch implements XtMatch {
  readonly steady = true;
  readonly ports: readonly PortPlace[];
  readonly #source: boolean;
  readonly #destination: boolean;
  readonly #low: Uint16Array;
  readonly #high: Uint16Array;
  readonly #not: boolean;

  constructor({ which, ports, not }: MultiportInfo) {
    this.#source = which !== "destination";
    this.#destination = which !== "source";
    this.ports = placesOf(this.#source, this.#destination);
    this.#low = Uint16Array.from(ports, ([low]) => low);
    this.#high = Uint16Array.from(ports, ([, high]) => high);
    this.#not = not === true;
  }

  matches(packet: Packet, state: XtState): boolean {
    if (state.fragmentOffset !== 0) return false;
    const at = state.transportAt;
    if (packet.at + packet.length - at < 4) {
      state.hotdrop = true;
      return false;
    }
    const source = packet.view.getUint16(at);
    const destination = packet.view.getUint16(at + 2);
    const yes = (this.#source && this.#has(source)) || (this.#destination && this.#has(destination));
    return yes !== this.#not;
  }

  #has(port: number): boolean {
    for (let i = 0; i < this.#low.length; i++)
      if (port >= this.#low[i]! && port <= this.#high[i]!) return true;
    return false;
  }
}

export const multiportMatch: XtMatchType<MultiportInfo> = {
  name: "multiport",
  make(info, { protocol }) {
    if (!hasPorts(protocol)) throw new KernelError("EINVAL");
    return new MultiportMatch(info);
  },
};
