/**
 * The header of frames captured on the device `any` (LINKTYPE_LINUX_SLL2), in place of the Ethernet header, as
 * `tcpdump -i any -w` writes it.
 */
import type { Mac } from "./mac.ts";

const PROTOCOL = 0;
const RESERVED = 2;
const IFINDEX = 4;
const HARDWARE = 8;
const PACKET_TYPE = 10;
const ADDRESS_LENGTH = 11;
const ADDRESS = 12;

export const HEADER_LEN = 20;

/** How the frame met its device: received for this host, by broadcast, by multicast, for another host; sent. */
export type PacketKind = "In" | "B" | "M" | "P" | "Out";
const KINDS: readonly PacketKind[] = ["In", "B", "M", "P", "Out"];

/** ARPHRD_ETHER, and that of `lo`. */
export const HARDWARE_ETHERNET = 1;
export const HARDWARE_LOOPBACK = 772;

/** What a header means; the kind is null for an unknown number. */
export interface Sll2Repr {
  /** Ethertype of what follows. */
  readonly protocol: number;
  readonly ifindex: number;
  readonly hardware: number;
  readonly kind: PacketKind | null;
  /** The sender's address. */
  readonly address: Mac;
}

/** Null for fewer than 20 bytes. */
export function parse(view: DataView, at: number, length: number): Sll2Repr | null {
  if (length < HEADER_LEN) return null;
  return {
    protocol: view.getUint16(at + PROTOCOL),
    ifindex: view.getUint32(at + IFINDEX),
    hardware: view.getUint16(at + HARDWARE),
    kind: KINDS[view.getUint8(at + PACKET_TYPE)] ?? null,
    address: { hi: view.getUint16(at + ADDRESS), lo: view.getInt32(at + ADDRESS + 2) },
  };
}

/** Returns the bytes written. */
export function emit(repr: Sll2Repr, view: DataView, at: number): number {
  view.setUint16(at + PROTOCOL, repr.protocol);
  view.setUint16(at + RESERVED, 0);
  view.setUint32(at + IFINDEX, repr.ifindex);
  view.setUint16(at + HARDWARE, repr.hardware);
  view.setUint8(at + PACKET_TYPE, repr.kind === null ? 255 : KINDS.indexOf(repr.kind));
  view.setUint8(at + ADDRESS_LENGTH, 6);
  view.setUint16(at + ADDRESS, repr.address.hi);
  view.setInt32(at + ADDRESS + 2, repr.address.lo);
  view.setUint16(at + ADDRESS + 6, 0);
  return HEADER_LEN;
}
