import { type XtInfo, type XtTarget, type XtTargetType, XtVerdict } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";

/** `-j MARK`: of the mark the bits of `mask` are cleared, then those of `mark` turned over. Numbers are uint32. */
export interface MarkTargetInfo extends XtInfo {
  readonly mark: number;
  readonly mask: number;
}

class MarkTarget implements XtTarget {
  readonly steady = true;
  readonly #mark: number;
  readonly #keep: number;

  constructor({ mark, mask }: MarkTargetInfo) {
    this.#mark = mark | 0;
    this.#keep = ~mask;
  }

  apply(packet: Packet): XtVerdict {
    packet.mark = (packet.mark & this.#keep) ^ this.#mark;
    return XtVerdict.goOn;
  }
}

export const markTarget: XtTargetType<MarkTargetInfo> = {
  name: "MARK",
  make: (info) => new MarkTarget(info),
};
