import { KernelError } from "../net/kernel-error.ts";
import {
  Hook,
  hookMask,
  NO_PORTS,
  type XtInfo,
  type XtMatch,
  type XtMatchType,
  type XtState,
} from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";

/** `-m mac` */
export interface MacInfo extends XtInfo {
  readonly source: string;
  readonly not?: true;
}

class MacMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #source: mac.Mac;
  readonly #not: boolean;

  constructor({ source, not }: MacInfo) {
    this.#source = mac.parse(source)!;
    this.#not = not === true;
  }

  matches(packet: Packet, state: XtState): boolean {
    // A packet that was sent from here to here came in no Ethernet frame.
    if (state.input === null || state.input.loopback) return false;
    const at = packet.networkAt - ethernet.HEADER_LEN;
    const { hi, lo } = this.#source;
    const same = ethernet.srcHi(packet.view, at) === hi && ethernet.srcLo(packet.view, at) === lo;
    return same !== this.#not;
  }
}

export const macMatch: XtMatchType<MacInfo> = {
  name: "mac",
  make(info, { hooks }) {
    if ((hooks & ~hookMask(Hook.prerouting, Hook.input, Hook.forward)) !== 0) throw new KernelError("EINVAL");
    return new MacMatch(info);
  },
};
