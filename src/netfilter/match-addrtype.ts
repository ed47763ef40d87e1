import { addressType } from "../net/address-type.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { RouteType } from "../net/route-kind.ts";
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
import * as ipv4 from "../wire/ipv4.ts";

/** `-m addrtype`: types are named as in RTN_..., one bit each. */
export interface AddrtypeInfo extends XtInfo {
  readonly srcType?: number;
  readonly notSrcType?: true;
  readonly dstType?: number;
  readonly notDstType?: true;
  readonly limitIn?: true;
  readonly limitOut?: true;
}

/** The names of address types by the number of their bit (enum of rtnetlink.h; net/netfilter/xt_addrtype.h). */
export const addressTypes: readonly string[] = [
  "UNSPEC",
  "UNICAST",
  "LOCAL",
  "BROADCAST",
  "ANYCAST",
  "MULTICAST",
  "BLACKHOLE",
  "UNREACHABLE",
  "PROHIBIT",
  "THROW",
  "NAT",
  "XRESOLVE",
];

/** What the stack calls a type, and its number. */
const numberOf: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
};

class AddrtypeMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #ns: NetworkNamespace;
  readonly #info: AddrtypeInfo;

  constructor(ns: NetworkNamespace, info: AddrtypeInfo) {
    this.#ns = ns;
    this.#info = info;
  }

  matches(packet: Packet, state: XtState): boolean {
    const { srcType, dstType, notSrcType, notDstType, limitIn, limitOut } = this.#info;
    const device = limitIn ? state.input : limitOut ? state.output : null;
    const { view, networkAt } = packet;
    const is = (address: number, types: number): boolean =>
      (types & (1 << numberOf[addressType(this.#ns, address, device)])) !== 0;
    if (srcType !== undefined && is(ipv4.src(view, networkAt), srcType) === (notSrcType === true))
      return false;
    return dstType === undefined || is(ipv4.dst(view, networkAt), dstType) !== (notDstType === true);
  }
}

export const addrtypeMatch: XtMatchType<AddrtypeInfo> = {
  name: "addrtype",
  make(info, { ns, hooks }) {
    const early = hookMask(Hook.prerouting, Hook.input);
    const late = hookMask(Hook.postrouting, Hook.output);
    if (info.limitIn && info.limitOut) throw new KernelError("EINVAL");
    if ((hooks & early) !== 0 && info.limitOut) throw new KernelError("EINVAL");
    if ((hooks & late) !== 0 && info.limitIn) throw new KernelError("EINVAL");
    return new AddrtypeMatch(ns, info);
  },
};
