import { NOTHING } from "../base/short-list.ts";
import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import * as ethernet from "../wire/ethernet.ts";

/** Highest VLAN number that a port can have. */
export const MAX_VLAN = 4094;

/** What all have in common that are in VLAN 1 alone and without a tag, as ports are made. */
const DEFAULT: readonly number[] = [3];

/** One VLAN of a port or of a bridge itself, as `bridge vlan show` prints it. */
export interface VlanMembership {
  readonly vid: number;
  /** Frames without a tag that come in belong to it. */
  readonly pvid: boolean;
  /** Frames leave without a tag. */
  readonly untagged: boolean;
}

/**
 * The VLANs of a port, or of the bridge's own device (struct net_bridge_vlan_group). Between a frame's way in and its
 * way out the bridge knows its VLAN as a number; its bytes are changed on the way out only.
 */
export class VlanGroup {
  /** 0: there is none, and frames without a tag are dropped. */
  pvid = 0;
  /** Who changed them last; 0 while they are as they were made. */
  ref: EntryRef = 0;
  /** Sorted: twice the number of each VLAN, and one more when its frames leave without a tag. Replaced, never changed. */
  #members: readonly number[] = NOTHING;

  has(vid: number): boolean {
    return this.#member(vid) >= 0;
  }

  get vids(): readonly number[] {
    return this.#members.map((member) => member >>> 1);
  }

  get memberships(): readonly VlanMembership[] {
    return this.vids.map((vid) => ({
      vid,
      pvid: vid === this.pvid,
      untagged: this.#isUntagged(vid),
    }));
  }

  /** True when that is the PVID and leaves without a tag, as the default one is made. */
  isDefault(vid: number): boolean {
    return this.pvid === vid && this.#isUntagged(vid);
  }

  /** True when it is the only one, and the default one: so a port is made. */
  isOnlyDefault(vid: number): boolean {
    return this.#members.length === 1 && this.isDefault(vid);
  }

  set(vid: number, pvid: boolean, untagged: boolean): void {
    const member = vid * 2 + (untagged ? 1 : 0);
    const members = this.#members;
    const at = this.#place(vid);
    const same = this.has(vid) ? 1 : 0;
    if (members.length === same && member === DEFAULT[0]) this.#members = DEFAULT;
    else this.#members = [...members.slice(0, at), member, ...members.slice(at + same)];
    if (pvid) this.pvid = vid;
    else if (this.pvid === vid) this.pvid = 0;
  }

  delete(vid: number): void {
    this.#members = this.#members.filter((member) => member >>> 1 !== vid);
    if (this.pvid === vid) this.pvid = 0;
  }

  /** The VLAN of a frame that comes in, or -1 when it is not allowed (__allowed_ingress). */
  ingress(packet: Packet): number {
    const { view, at } = packet;
    if (ethernet.isTagged(view, at) && packet.length >= ethernet.HEADER_LEN + ethernet.TAG_LEN) {
      const vid = ethernet.vlanId(view, at);
      if (vid !== 0) return this.has(vid) ? vid : -1;
      if (this.pvid !== 0) ethernet.setTagControl(view, at, ethernet.tagControl(view, at) | this.pvid);
    }
    return this.pvid === 0 ? -1 : this.pvid;
  }

  /** Gives a frame of that VLAN the tag that it must leave with, or takes it away (br_handle_vlan). */
  egress(packet: Packet, vid: number): void {
    const { view, at } = packet;
    const tagged = ethernet.isTagged(view, at) && ethernet.vlanId(view, at) === vid;
    const untag = this.#isUntagged(vid);
    if (tagged && untag) {
      packet.at = ethernet.popTag(view, at);
      packet.length -= ethernet.TAG_LEN;
    } else if (!tagged && !untag) {
      packet.at = ethernet.pushTag(view, at, vid);
      packet.length += ethernet.TAG_LEN;
    }
  }

  #isUntagged(vid: number): boolean {
    return this.#member(vid) === vid * 2 + 1;
  }

  /** The member of that number, or -1. */
  #member(vid: number): number {
    const member = this.#members[this.#place(vid)] ?? -1;
    return member >>> 1 === vid ? member : -1;
  }

  /** Where a VLAN stands, or would stand. */
  #place(vid: number): number {
    const members = this.#members;
    let from = 0;
    let to = members.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (members[middle]! >>> 1 < vid) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
