import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { XtInfo, XtMatch, XtMatchType } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { ForwardMethod } from "./connection-flags.ts";
import { Flow } from "./flow.ts";
import { ipvsOf } from "./ipvs.ts";

/** `-m ipvs`; addresses are int32. What was not said is absent; `not` names the options that are inverted. */
export interface IpvsInfo extends XtInfo {
  /** Only that IPVS has handled it. */
  readonly ipvs?: true;
  readonly vproto?: number;
  readonly vaddr?: number;
  readonly vmask?: number;
  readonly vport?: number;
  readonly vdir?: "ORIGINAL" | "REPLY";
  readonly vmethod?: "GATE" | "IPIP" | "MASQ";
  readonly vportctl?: number;
  readonly not?: readonly ("ipvs" | "vproto" | "vaddr" | "vport" | "vmethod" | "vportctl")[];
}

const methods = {
  GATE: ForwardMethod.route,
  IPIP: ForwardMethod.tunnel,
  MASQ: ForwardMethod.masquerade,
} as const;

/** Asks whether IPVS has handled a packet, and for its connection (net/netfilter/xt_ipvs.c). */
class IpvsMatch implements XtMatch {
  readonly #ns: NetworkNamespace;
  readonly #info: IpvsInfo;
  readonly #flow: Flow = new Flow();
  readonly #isAlone: boolean;

  constructor(info: IpvsInfo, ns: NetworkNamespace) {
    this.#info = info;
    this.#ns = ns;
    this.#isAlone = info.ipvs === true;
  }

  matches(packet: Packet): boolean {
    const isHandled = (packet.flags & PacketFlag.ipvs) !== 0;
    if (this.#isAlone) return isHandled !== this.#inverted("ipvs");
    return isHandled && this.#asks(packet);
  }

  #inverted(option: NonNullable<IpvsInfo["not"]>[number]): boolean {
    return this.#info.not?.includes(option) === true;
  }

  #asks(packet: Packet): boolean {
    const { vproto, vaddr, vmask, vport, vdir, vmethod, vportctl } = this.#info;
    const flow = this.#flow;
    if (!flow.read(packet, packet.networkAt, packet.at + packet.length)) return false;
    if (vproto !== undefined && (flow.protocol === vproto) === this.#inverted("vproto")) return false;
    const { protocol, src, srcPort, dst, dstPort } = flow;
    const connection = ipvsOf(this.#ns).connections.findOut(protocol, src, srcPort, dst, dstPort);
    if (connection === null) return false;
    if (vport !== undefined && (connection.virtualPort === vport) === this.#inverted("vport")) return false;
    if (vportctl !== undefined) {
      const controls = connection.control?.virtualPort === vportctl;
      if (controls === this.#inverted("vportctl")) return false;
    }
    if (vdir !== undefined) {
      const isReply = this.#ns.conntrack?.isReply(packet) ?? null;
      if (isReply === null || isReply !== (vdir === "REPLY")) return false;
    }
    if (vmethod !== undefined && (connection.method === methods[vmethod]) === this.#inverted("vmethod"))
      return false;
    if (vaddr === undefined) return true;
    const isThere = ((connection.virtualAddress ^ vaddr) & vmask!) === 0;
    return isThere !== this.#inverted("vaddr");
  }
}

export const ipvsMatch: XtMatchType<IpvsInfo> = {
  name: "ipvs",
  make: (info, { ns }) => new IpvsMatch(info, ns),
};
