import { KernelError } from "../net/kernel-error.ts";
import type { XtInfo, XtMatch, XtMatchType, XtState } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import type { Directions } from "./ip-set.ts";
import { type IpSets, ipSetsOf } from "./ip-sets.ts";

/** `-m set` */
export interface SetInfo extends XtInfo {
  readonly set: string;
  readonly directions: Directions;
  readonly not?: true;
  /** Of nets: what a `nomatch` entry excludes matches, and nothing else (IPSET_FLAG_RETURN_NOMATCH). */
  readonly returnNomatch?: true;
  /** Which counters of elements a match leaves as they are, and what is asked of them: nothing, as sets have none here. */
  readonly unchanged?: readonly ("update-counters" | "update-subcounters")[];
  readonly counters?: readonly (readonly [question: string, not: boolean])[];
}

/** Ports are looked for in whole headers only (get_port of ip_set_getport.c); bytes. */
function headerOf({ view, networkAt }: Packet): number {
  switch (ipv4.protocol(view, networkAt)) {
    case ipv4.PROTO_TCP:
      return 20;
    case PROTO_SCTP:
      return 12;
    default:
      return 8;
  }
}

const PROTO_SCTP = 132;

class SetMatch implements XtMatch {
  readonly steady = true;
  readonly #sets: IpSets;
  readonly #name: string;
  readonly #directions: Directions;
  readonly #not: boolean;
  readonly #returnNomatch: boolean;

  constructor(sets: IpSets, { set, directions, not, returnNomatch }: SetInfo) {
    this.#sets = sets;
    this.#name = set;
    this.#directions = directions;
    this.#not = not === true;
    this.#returnNomatch = returnNomatch === true;
  }

  matches(packet: Packet, { fragmentOffset, transportAt }: XtState): boolean {
    const whole = fragmentOffset === 0 && packet.at + packet.length - transportAt >= headerOf(packet);
    const set = this.#sets.get(this.#name);
    if (set === null) return this.#not;
    const yes =
      this.#returnNomatch && set.type === "hash:net"
        ? set.excludes(packet, this.#directions)
        : set.matches(this.#sets, packet, this.#directions, whole ? transportAt : -1);
    return yes !== this.#not;
  }
}

export const setMatch: XtMatchType<SetInfo> = {
  name: "set",
  make(info, { ns }) {
    const sets = ipSetsOf(ns);
    if (sets.get(info.set) === null) throw new KernelError("ENOENT");
    return new SetMatch(sets, info);
  },
};
