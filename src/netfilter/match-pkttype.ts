import { NO_PORTS, type XtInfo, type XtMatch, type XtMatchType, type XtState } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";

export type PacketType = "unicast" | "broadcast" | "multicast" | "otherhost";

/** `-m pkttype` */
export interface PkttypeInfo extends XtInfo {
  readonly type: PacketType;
  readonly not?: true;
}

class PkttypeMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #type: PacketType;
  readonly #not: boolean;

  constructor({ type, not }: PkttypeInfo) {
    this.#type = type;
    this.#not = not === true;
  }

  matches(packet: Packet, state: XtState): boolean {
    return (typeOf(packet, state) === this.#type) !== this.#not;
  }
}

/** What was sent from here to here has no type of its link (PACKET_LOOPBACK): its destination tells (pkttype_mt). */
function typeOf(packet: Packet, state: XtState): PacketType {
  const looped = state.input?.loopback === true;
  if (looped && ip.isMulticast(ipv4.dst(packet.view, packet.networkAt))) return "multicast";
  if ((packet.flags & PacketFlag.linkBroadcast) !== 0) return "broadcast";
  return (packet.flags & PacketFlag.linkMulticast) !== 0 ? "multicast" : "unicast";
}

export const pkttypeMatch: XtMatchType<PkttypeInfo> = {
  name: "pkttype",
  make: (info) => new PkttypeMatch(info),
};
