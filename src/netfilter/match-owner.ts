import { KernelError } from "../net/kernel-error.ts";
import { Hook, hookMask, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";

/** `-m owner`: ranges of ids, both ends included. */
export interface OwnerInfo extends XtInfo {
  readonly uid?: readonly [number, number];
  readonly notUid?: true;
  readonly gid?: readonly [number, number];
  readonly notGid?: true;
  readonly socketExists?: true;
  readonly notSocketExists?: true;
  readonly supplementaryGroups?: true;
}

/** All processes of a host are the administrator's. */
const ROOT = 0;

class OwnerMatch implements XtMatch {
  readonly #withSocket: boolean;
  readonly #withoutSocket: boolean;

  constructor({ uid, notUid, gid, notGid, socketExists, notSocketExists }: OwnerInfo) {
    const asksSocket = socketExists === true;
    // A packet that no process sent matches only when all that is asked is turned over.
    this.#withoutSocket =
      (uid === undefined || notUid === true) &&
      (gid === undefined || notGid === true) &&
      (!asksSocket || notSocketExists === true);
    const has = (range: readonly [number, number] | undefined, not: true | undefined): boolean =>
      range === undefined || (ROOT >= range[0] && ROOT <= range[1]) !== (not === true);
    this.#withSocket = !(asksSocket && notSocketExists === true) && has(uid, notUid) && has(gid, notGid);
  }

  matches(packet: Packet): boolean {
    return (packet.flags & PacketFlag.fromSocket) !== 0 ? this.#withSocket : this.#withoutSocket;
  }
}

export const ownerMatch: XtMatchType<OwnerInfo> = {
  name: "owner",
  make(info, { hooks }) {
    if ((hooks & ~hookMask(Hook.output, Hook.postrouting)) !== 0) throw new KernelError("EINVAL");
    return new OwnerMatch(info);
  },
};
