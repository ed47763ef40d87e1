import { type XtInfo, type XtTarget, type XtTargetType, XtVerdict } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";

/** `-j TTL` */
export interface TtlTargetInfo extends XtInfo {
  readonly mode: "set" | "inc" | "dec";
  readonly ttl: number;
}

class TtlTarget implements XtTarget {
  readonly #mode: TtlTargetInfo["mode"];
  readonly #ttl: number;

  constructor({ mode, ttl }: TtlTargetInfo) {
    this.#mode = mode;
    this.#ttl = ttl;
  }

  apply({ view, networkAt }: Packet): XtVerdict {
    const before = ipv4.ttl(view, networkAt);
    const ttl =
      this.#mode === "set"
        ? this.#ttl
        : this.#mode === "inc"
          ? Math.min(255, before + this.#ttl)
          : Math.max(0, before - this.#ttl);
    if (ttl !== before) {
      const sum = ipv4.checksum(view, networkAt);
      ipv4.setTtl(view, networkAt, ttl);
      ipv4.setChecksum(view, networkAt, checksum.update16(sum, before << 8, ttl << 8));
    }
    return XtVerdict.goOn;
  }
}

export const ttlTarget: XtTargetType<TtlTargetInfo> = {
  name: "TTL",
  tables: ["mangle"],
  make: (info) => new TtlTarget(info),
};
