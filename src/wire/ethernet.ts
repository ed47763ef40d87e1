/**
 * Ethernet II header, read and written in place, and the 802.1Q tag behind the addresses.
 *
 * `at` is the first byte of the destination address. The accessors need the 14 bytes of a header. MACs are two numbers,
 * see {@link ./mac.ts}.
 */
import type { Mac } from "./mac.ts";

const DST = 0;
const SRC = 6;
const TYPE = 12;
const TAG_CONTROL = 14;
const TAG_INNER_TYPE = 16;

export const HEADER_LEN = 14;
/** Bytes that an 802.1Q tag adds. */
export const TAG_LEN = 4;

export const TYPE_IPV4 = 0x0800;
export const TYPE_ARP = 0x0806;
/** RARP (RFC 903). */
export const TYPE_REVERSE_ARP = 0x8035;
export const TYPE_VLAN = 0x8100;
export const TYPE_IPV6 = 0x86dd;

export function dstHi(view: DataView, at: number): number {
  return view.getUint16(at + DST);
}
export function dstLo(view: DataView, at: number): number {
  return view.getInt32(at + DST + 2);
}
export function srcHi(view: DataView, at: number): number {
  return view.getUint16(at + SRC);
}
export function srcLo(view: DataView, at: number): number {
  return view.getInt32(at + SRC + 2);
}
/** The ethertype, or the length of an 802.3 frame. */
export function type(view: DataView, at: number): number {
  return view.getUint16(at + TYPE);
}
/** True when the group bit of the destination is set: broadcast or multicast. */
export function isGroup(view: DataView, at: number): boolean {
  return (view.getUint8(at + DST) & 1) !== 0;
}

export function setDst(view: DataView, at: number, hi: number, lo: number): void {
  view.setUint16(at + DST, hi);
  view.setInt32(at + DST + 2, lo);
}
export function setSrc(view: DataView, at: number, hi: number, lo: number): void {
  view.setUint16(at + SRC, hi);
  view.setInt32(at + SRC + 2, lo);
}
export function setType(view: DataView, at: number, ethertype: number): void {
  view.setUint16(at + TYPE, ethertype);
}

/** May be a source: neither a group's address nor all zero (Linux `is_valid_ether_addr`). */
export function isSourceValid(view: DataView, at: number): boolean {
  const hi = view.getUint16(at + SRC);
  return (hi & 0x0100) === 0 && (hi !== 0 || view.getInt32(at + SRC + 2) !== 0);
}
/** To 01:80:c2:00:00:00 up to 0f, which bridges do not forward (Linux `is_link_local_ether_addr`). */
export function isLinkLocal(view: DataView, at: number): boolean {
  return view.getUint16(at + DST) === 0x0180 && (view.getInt32(at + DST + 2) & ~15) === (0xc2000000 | 0);
}

/** Writes the header with the fewest stores: the form for the forwarding path. */
export function write(
  view: DataView,
  at: number,
  dstHi: number,
  dstLo: number,
  srcHi: number,
  srcLo: number,
  ethertype: number,
): void {
  view.setInt32(at + DST, (dstHi << 16) | (dstLo >>> 16));
  view.setInt32(at + DST + 4, (dstLo << 16) | srcHi);
  view.setInt32(at + SRC + 2, srcLo);
  view.setUint16(at + TYPE, ethertype);
}

/** True for a frame whose type is 802.1Q (0x8100). */
export function isTagged(view: DataView, at: number): boolean {
  return view.getUint16(at + TYPE) === TYPE_VLAN;
}
/** Priority (3 bits), DEI (1) and VLAN id (12) of a tagged frame. The frame must have 18 bytes. */
export function tagControl(view: DataView, at: number): number {
  return view.getUint16(at + TAG_CONTROL);
}
/** VLAN id of a tagged frame. */
export function vlanId(view: DataView, at: number): number {
  return view.getUint16(at + TAG_CONTROL) & 0xfff;
}
/** Ethertype behind the tag. */
export function innerType(view: DataView, at: number): number {
  return view.getUint16(at + TAG_INNER_TYPE);
}
export function setTagControl(view: DataView, at: number, control: number): void {
  view.setUint16(at + TAG_CONTROL, control);
}

/** Puts a tag in by moving the addresses four bytes towards the front; returns the new start, `at - 4`. */
export function pushTag(view: DataView, at: number, control: number): number {
  const start = at - TAG_LEN;
  view.setInt32(start, view.getInt32(at));
  view.setInt32(start + 4, view.getInt32(at + 4));
  view.setInt32(start + 8, view.getInt32(at + 8));
  view.setUint16(start + TYPE, TYPE_VLAN);
  view.setUint16(start + TAG_CONTROL, control);
  return start;
}

/** Takes the tag out by moving the addresses four bytes towards the back; returns the new start, `at + 4`. */
export function popTag(view: DataView, at: number): number {
  const start = at + TAG_LEN;
  view.setInt32(start + 8, view.getInt32(at + 8));
  view.setInt32(start + 4, view.getInt32(at + 4));
  view.setInt32(start, view.getInt32(at));
  return start;
}

/** What an Ethernet header means. */
export interface EthernetRepr {
  readonly dst: Mac;
  readonly src: Mac;
  readonly type: number;
}

/** Null when fewer than 14 bytes are there. */
export function parse(view: DataView, at: number, length: number): EthernetRepr | null {
  if (length < HEADER_LEN) return null;
  return {
    dst: { hi: dstHi(view, at), lo: dstLo(view, at) },
    src: { hi: srcHi(view, at), lo: srcLo(view, at) },
    type: type(view, at),
  };
}

/** Returns the bytes written. */
export function emit(repr: EthernetRepr, view: DataView, at: number): number {
  setDst(view, at, repr.dst.hi, repr.dst.lo);
  setSrc(view, at, repr.src.hi, repr.src.lo);
  setType(view, at, repr.type);
  return HEADER_LEN;
}
