import { NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";

/** `-m ttl` */
export interface TtlInfo extends XtInfo {
  readonly mode: "eq" | "ne" | "lt" | "gt";
  readonly ttl: number;
}

class TtlMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #mode: TtlInfo["mode"];
  readonly #ttl: number;

  constructor({ mode, ttl }: TtlInfo) {
    this.#mode = mode;
    this.#ttl = ttl;
  }

  matches(packet: Packet): boolean {
    const ttl = ipv4.ttl(packet.view, packet.networkAt);
    switch (this.#mode) {
      case "eq":
        return ttl === this.#ttl;
      case "ne":
        return ttl !== this.#ttl;
      case "lt":
        return ttl < this.#ttl;
      case "gt":
        return ttl > this.#ttl;
    }
  }
}

export const ttlMatch: XtMatchType<TtlInfo> = { name: "ttl", make: (info) => new TtlMatch(info) };
