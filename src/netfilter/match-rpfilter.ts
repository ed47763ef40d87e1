import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { Hook, NO_PORTS, type XtInfo, type XtMatch, type XtMatchType, type XtState } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";

/** `-m rpfilter` */
export interface RpfilterInfo extends XtInfo {
  readonly loose?: true;
  readonly validmark?: true;
  readonly acceptLocal?: true;
  readonly invert?: true;
}

class RpfilterMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #ns: NetworkNamespace;
  readonly #info: RpfilterInfo;

  constructor(ns: NetworkNamespace, info: RpfilterInfo) {
    this.#ns = ns;
    this.#info = info;
  }

  matches(packet: Packet, state: XtState): boolean {
    return this.#believes(packet, state.input!) !== (this.#info.invert === true);
  }

  #believes({ view, networkAt, mark }: Packet, input: NetDevice): boolean {
    if (input.loopback) return true;
    const src = ipv4.src(view, networkAt);
    const dst = ipv4.dst(view, networkAt);
    if (ip.isMulticast(dst) && src === 0) return ip.isLocalMulticast(dst);
    const { fib, loopback } = this.#ns;
    const asker = ip.isMulticast(dst) || dst === ip.BROADCAST ? 0 : dst;
    const tos = ipv4.tos(view, networkAt) & 0xfc;
    const way = fib.lookup(src, asker, loopback.ifindex, 0, this.#info.validmark ? mark : 0, tos);
    if (way === null) return false;
    if (way.type !== "unicast" && !(way.type === "local" && this.#info.acceptLocal === true)) return false;
    return this.#info.loose === true || way.uses(input);
  }
}

export const rpfilterMatch: XtMatchType<RpfilterInfo> = {
  name: "rpfilter",
  make(info, { ns, table, hooks }) {
    if (table !== "raw" && table !== "mangle") throw new KernelError("EINVAL");
    if ((hooks & ~(1 << Hook.prerouting)) !== 0) throw new KernelError("EINVAL");
    return new RpfilterMatch(ns, info);
  },
};
