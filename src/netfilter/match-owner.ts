import { KernelError } from "../net/kernel-error.ts";
import { Hook, hookMask, NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";
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
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #ofProcess: boolean;
  readonly #ofKernel: boolean;
  readonly #ofNobody: boolean;

  constructor(info: OwnerInfo) {
    const { uid, notUid, gid, notGid, socketExists, notSocketExists, supplementaryGroups } = info;
    const withoutSocket = socketExists !== undefined && notSocketExists === true;
    const has = (range: readonly [number, number] | undefined, not: true | undefined): boolean =>
      range === undefined || (ROOT >= range[0] && ROOT <= range[1]) !== (not === true);
    // Where there is no such owner, it matches only when all that is asked is turned over (owner_mt).
    const turned = (uid === undefined || notUid === true) && (gid === undefined || notGid === true);
    this.#ofProcess = !withoutSocket && has(uid, notUid) && has(gid, notGid);
    this.#ofKernel = !withoutSocket && turned;
    this.#ofNobody =
      turned && (socketExists === undefined || notSocketExists === true) && supplementaryGroups === undefined;
  }

  matches({ flags }: Packet): boolean {
    if ((flags & PacketFlag.fromSocket) !== 0) return this.#ofProcess;
    return (flags & PacketFlag.fromKernel) !== 0 ? this.#ofKernel : this.#ofNobody;
  }
}

export const ownerMatch: XtMatchType<OwnerInfo> = {
  name: "owner",
  make(info, { hooks }) {
    if ((hooks & ~hookMask(Hook.output, Hook.postrouting)) !== 0) throw new KernelError("EINVAL");
    const reversed = (range: readonly [number, number] = [0, 0]): boolean => range[1] < range[0];
    if (reversed(info.uid) || reversed(info.gid)) throw new KernelError("EINVAL");
    return new OwnerMatch(info);
  },
};
