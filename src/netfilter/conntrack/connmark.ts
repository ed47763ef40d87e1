import {
  NO_PORTS,
  type XtInfo,
  type XtMatch,
  type XtMatchType,
  type XtTarget,
  type XtTargetType,
  XtVerdict,
} from "../../net/xtables.ts";
import type { Packet } from "../../sim/packet.ts";
import { type Connection, ConnectionChange } from "./connection.ts";
import { useConntrack } from "./conntrack-hooks.ts";

/** `-m connmark --mark VALUE[/MASK]`: numbers are uint32. */
export interface ConnmarkInfo extends XtInfo {
  readonly mark: number;
  readonly mask: number;
  readonly not?: true;
}

class ConnmarkMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #mark: number;
  readonly #mask: number;
  readonly #not: boolean;

  constructor({ mark, mask, not }: ConnmarkInfo) {
    this.#mark = mark | 0;
    this.#mask = mask | 0;
    this.#not = not === true;
  }

  matches(packet: Packet): boolean {
    const connection = packet.connection as Connection | null;
    if (connection === null) return false;
    return ((connection.mark & this.#mask) === this.#mark) !== this.#not;
  }
}

export const connmarkMatch: XtMatchType<ConnmarkInfo> = {
  name: "connmark",
  make(info, place) {
    useConntrack(place.ns);
    return new ConnmarkMatch(info);
  },
};

/**
 * `-j CONNMARK`: `set` clears the bits of `mask` of the connection's mark and turns those of `mark` over; `save` writes
 * the packet's mark into the connection's, `restore` the other way round, both through masks. Numbers are uint32.
 */
export interface ConnmarkTargetInfo extends XtInfo {
  readonly mode: "set" | "save" | "restore";
  readonly mark: number;
  /** Of the connection's mark. */
  readonly mask: number;
  /** Of the packet's mark. */
  readonly packetMask: number;
  /** By how many bits what is written is shifted. */
  readonly left?: number;
  readonly right?: number;
}

class ConnmarkTarget implements XtTarget {
  /** It changes the packet only. */
  readonly steady?: true;
  readonly #mode: ConnmarkTargetInfo["mode"];
  readonly #mark: number;
  readonly #mask: number;
  readonly #packetMask: number;
  /** To the left; negative: to the right. */
  readonly #shift: number;

  constructor({ mode, mark, mask, packetMask, left = 0, right = 0 }: ConnmarkTargetInfo) {
    this.#shift = left - right;
    this.#mode = mode;
    if (mode === "restore") this.steady = true;
    this.#mark = mark | 0;
    this.#mask = mask | 0;
    this.#packetMask = packetMask | 0;
  }

  apply(packet: Packet): XtVerdict {
    const connection = packet.connection as Connection | null;
    if (connection === null) return XtVerdict.goOn;
    if (this.#mode === "restore") {
      packet.mark = (packet.mark & ~this.#packetMask) ^ this.#shifted(connection.mark & this.#mask);
      return XtVerdict.goOn;
    }
    const kept = connection.mark & ~this.#mask;
    const mark =
      this.#mode === "set"
        ? this.#shifted(kept ^ this.#mark)
        : kept ^ this.#shifted(packet.mark & this.#packetMask);
    if (mark !== connection.mark) {
      connection.endLegs();
      connection.mark = mark;
      connection.changes |= ConnectionChange.mark;
    }
    return XtVerdict.goOn;
  }

  #shifted(bits: number): number {
    const shift = this.#shift;
    if (shift === 0) return bits;
    if (shift > 31 || shift < -31) return 0;
    return shift > 0 ? bits << shift : (bits >>> -shift) | 0;
  }
}

export const connmarkTarget: XtTargetType<ConnmarkTargetInfo> = {
  name: "CONNMARK",
  make(info, place) {
    useConntrack(place.ns);
    return new ConnmarkTarget(info);
  },
};
