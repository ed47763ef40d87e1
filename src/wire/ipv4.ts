/** IPv4 header, read and written in place. RFC 791. Addresses are int32. */
import * as checksums from "./checksum.ts";

const VERSION_IHL = 0;
const TOS = 1;
const TOTAL_LENGTH = 2;
const ID = 4;
const FLAGS_OFFSET = 6;
const TTL = 8;
const PROTOCOL = 9;
/** Where the checksum and the addresses lie. */
export const CHECKSUM = 10;
export const SRC = 12;
export const DST = 16;

/** Bytes of a header without options. */
export const HEADER_LEN = 20;

export const PROTO_ICMP = 1;
export const PROTO_IGMP = 2;
/** IP in IP (RFC 2003). */
export const PROTO_IPIP = 4;
export const PROTO_TCP = 6;
export const PROTO_UDP = 17;

/** Bits of {@link flagsOffset}. */
export const DONT_FRAGMENT = 0x4000;
export const MORE_FRAGMENTS = 0x2000;
export const OFFSET_MASK = 0x1fff;

/**
 * True when `length` bytes at `at` hold a whole packet: version 4, a header and a total length that fit.
 * The checksum is another question ({@link isChecksumValid}). Only then may the accessors be called.
 */
export function fits(view: DataView, at: number, length: number): boolean {
  if (length < HEADER_LEN) return false;
  const first = view.getUint8(at + VERSION_IHL);
  if (first < 0x45 || first > 0x4f) return false;
  const total = view.getUint16(at + TOTAL_LENGTH);
  return total <= length && (first & 15) << 2 <= total;
}

/** What {@link check} answers for bytes that are no packet, or whose header was damaged. */
const MALFORMED = -1;

/**
 * The total length of the packet at `at` when its header and checksum are right, or {@link MALFORMED}:
 * {@link fits} and {@link isChecksumValid} in one, with each word of a header without options read once.
 */
export function check(view: DataView, at: number, length: number): number {
  if (length < HEADER_LEN) return MALFORMED;
  const a = view.getInt32(at);
  const total = a & 0xffff;
  if (a >>> 24 !== 0x45) {
    if (!fits(view, at, length)) return MALFORMED;
    return checksums.isValid(view, at, headerLength(view, at)) ? total : MALFORMED;
  }
  if (total > length || total < HEADER_LEN) return MALFORMED;
  const b = view.getInt32(at + ID);
  const c = view.getInt32(at + TTL);
  const d = view.getInt32(at + SRC);
  const e = view.getInt32(at + DST);
  const high = (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16) + (e >>> 16);
  const low = total + (b & 0xffff) + (c & 0xffff) + (d & 0xffff) + (e & 0xffff);
  return checksums.fold(high + low) === 0xffff ? total : MALFORMED;
}

export function version(view: DataView, at: number): number {
  return view.getUint8(at + VERSION_IHL) >>> 4;
}
/** Bytes of the header with its options. */
export function headerLength(view: DataView, at: number): number {
  return (view.getUint8(at + VERSION_IHL) & 15) << 2;
}
export function tos(view: DataView, at: number): number {
  return view.getUint8(at + TOS);
}
export function totalLength(view: DataView, at: number): number {
  return view.getUint16(at + TOTAL_LENGTH);
}
function payloadLength(view: DataView, at: number): number {
  return totalLength(view, at) - headerLength(view, at);
}
export function id(view: DataView, at: number): number {
  return view.getUint16(at + ID);
}
/** The 16 bits of flags and fragment offset. */
export function flagsOffset(view: DataView, at: number): number {
  return view.getUint16(at + FLAGS_OFFSET);
}
export function dontFragment(view: DataView, at: number): boolean {
  return (view.getUint16(at + FLAGS_OFFSET) & DONT_FRAGMENT) !== 0;
}
export function moreFragments(view: DataView, at: number): boolean {
  return (view.getUint16(at + FLAGS_OFFSET) & MORE_FRAGMENTS) !== 0;
}
/** Fragment offset in bytes. */
export function fragmentOffset(view: DataView, at: number): number {
  return (view.getUint16(at + FLAGS_OFFSET) & OFFSET_MASK) << 3;
}
/** True for each piece of a fragmented packet, the first too. */
export function isFragment(view: DataView, at: number): boolean {
  return (view.getUint16(at + FLAGS_OFFSET) & (MORE_FRAGMENTS | OFFSET_MASK)) !== 0;
}
export function ttl(view: DataView, at: number): number {
  return view.getUint8(at + TTL);
}
export function protocol(view: DataView, at: number): number {
  return view.getUint8(at + PROTOCOL);
}
export function checksum(view: DataView, at: number): number {
  return view.getUint16(at + CHECKSUM);
}
export function src(view: DataView, at: number): number {
  return view.getInt32(at + SRC);
}
export function dst(view: DataView, at: number): number {
  return view.getInt32(at + DST);
}

/** Version 4 and a header of `length` bytes (a multiple of 4). */
function setHeaderLength(view: DataView, at: number, length: number): void {
  view.setUint8(at + VERSION_IHL, 0x40 | (length >>> 2));
}
export function setTos(view: DataView, at: number, value: number): void {
  view.setUint8(at + TOS, value);
}
export function setTotalLength(view: DataView, at: number, value: number): void {
  view.setUint16(at + TOTAL_LENGTH, value);
}
export function setId(view: DataView, at: number, value: number): void {
  view.setUint16(at + ID, value);
}
export function setFlagsOffset(view: DataView, at: number, value: number): void {
  view.setUint16(at + FLAGS_OFFSET, value);
}
export function setTtl(view: DataView, at: number, value: number): void {
  view.setUint8(at + TTL, value);
}
function setProtocol(view: DataView, at: number, value: number): void {
  view.setUint8(at + PROTOCOL, value);
}
export function setChecksum(view: DataView, at: number, value: number): void {
  view.setUint16(at + CHECKSUM, value);
}
export function setSrc(view: DataView, at: number, address: number): void {
  view.setInt32(at + SRC, address);
}
function setDst(view: DataView, at: number, address: number): void {
  view.setInt32(at + DST, address);
}

/** Computes the header checksum afresh. */
export function fillChecksum(view: DataView, at: number): void {
  view.setUint16(at + CHECKSUM, 0);
  view.setUint16(at + CHECKSUM, checksums.compute(view, at, headerLength(view, at)));
}
export function isChecksumValid(view: DataView, at: number): boolean {
  if (view.getUint8(at) === 0x45) {
    // Nearly every header has no options: five words, added without a loop.
    const a = view.getInt32(at);
    const b = view.getInt32(at + 4);
    const c = view.getInt32(at + 8);
    const d = view.getInt32(at + 12);
    const e = view.getInt32(at + 16);
    const high = (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16) + (e >>> 16);
    return (
      checksums.fold(high + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff) + (e & 0xffff)) ===
      0xffff
    );
  }
  return checksums.isValid(view, at, headerLength(view, at));
}

/** One hop: lowers the TTL and mends the checksum (Linux `ip_decrease_ttl`). The TTL must be above zero. */
export function decrementTtl(view: DataView, at: number): void {
  const word = view.getUint16(at + TTL);
  view.setUint16(at + TTL, word - 0x0100);
  view.setUint16(at + CHECKSUM, checksums.update16(view.getUint16(at + CHECKSUM), word, word - 0x0100));
}

/** The sum of all of a header without options that is the same for each packet of a flow: for {@link writeIdentification}. */
export function constantSum(header: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + HEADER_LEN; i += 2)
    if (i !== at + TOTAL_LENGTH && i !== at + ID && i !== at + CHECKSUM)
      sum += (header[i]! << 8) | header[i + 1]!;
  return sum;
}

/** Writes the total length into a header that is kept for a flow. */
export function writeLength(header: Uint8Array, at: number, length: number): void {
  header[at + TOTAL_LENGTH] = length >>> 8;
  header[at + TOTAL_LENGTH + 1] = length;
}

/** Writes what differs between packets of one length of a flow; `sum`: {@link constantSum} and the length. */
export function writeIdentification(
  header: Uint8Array,
  at: number,
  identification: number,
  sum: number,
): void {
  const checksum = checksums.finish(sum + identification);
  header[at + ID] = identification >>> 8;
  header[at + ID + 1] = identification;
  header[at + CHECKSUM] = checksum >>> 8;
  header[at + CHECKSUM + 1] = checksum;
}

/** What a header means; addresses are int32, the fragment offset is in bytes. */
export interface Ipv4Repr {
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly src: number;
  readonly dst: number;
  /** Option bytes, a multiple of four. */
  readonly options: readonly number[];
  readonly payloadLength: number;
}

/** Null for bytes that are not an IPv4 packet, or whose header checksum is wrong. */
export function parse(view: DataView, at: number, length: number): Ipv4Repr | null {
  if (!fits(view, at, length) || !isChecksumValid(view, at)) return null;
  const options: number[] = [];
  for (let i = HEADER_LEN; i < headerLength(view, at); i++) options.push(view.getUint8(at + i));
  return {
    tos: tos(view, at),
    id: id(view, at),
    dontFragment: dontFragment(view, at),
    moreFragments: moreFragments(view, at),
    fragmentOffset: fragmentOffset(view, at),
    ttl: ttl(view, at),
    protocol: protocol(view, at),
    src: src(view, at),
    dst: dst(view, at),
    options,
    payloadLength: payloadLength(view, at),
  };
}

/** Writes the header with its checksum; returns the bytes written. */
export function emit(repr: Ipv4Repr, view: DataView, at: number): number {
  const length = HEADER_LEN + repr.options.length;
  setHeaderLength(view, at, length);
  setTos(view, at, repr.tos);
  setTotalLength(view, at, length + repr.payloadLength);
  setId(view, at, repr.id);
  setFlagsOffset(
    view,
    at,
    (repr.dontFragment ? DONT_FRAGMENT : 0) |
      (repr.moreFragments ? MORE_FRAGMENTS : 0) |
      (repr.fragmentOffset >>> 3),
  );
  setTtl(view, at, repr.ttl);
  setProtocol(view, at, repr.protocol);
  setSrc(view, at, repr.src);
  setDst(view, at, repr.dst);
  for (let i = 0; i < repr.options.length; i++) view.setUint8(at + HEADER_LEN + i, repr.options[i]!);
  fillChecksum(view, at);
  return length;
}

/**
 * Writes a header without options, its checksum included, with the fewest stores: the form for the forwarding path.
 * `totalLength` is in bytes, `flags` the 16 bits of flags and fragment offset.
 */
export function write(
  view: DataView,
  at: number,
  tos: number,
  totalLength: number,
  id: number,
  flags: number,
  ttl: number,
  protocol: number,
  src: number,
  dst: number,
): void {
  view.setInt32(at, 0x45000000 | (tos << 16) | totalLength);
  view.setInt32(at + ID, (id << 16) | flags);
  view.setInt32(at + TTL, (ttl << 24) | (protocol << 16));
  view.setInt32(at + SRC, src);
  view.setInt32(at + DST, dst);
  const sum =
    (0x4500 | tos) +
    totalLength +
    id +
    flags +
    ((ttl << 8) | protocol) +
    (src >>> 16) +
    (src & 0xffff) +
    (dst >>> 16) +
    (dst & 0xffff);
  view.setUint16(at + CHECKSUM, checksums.finish(sum));
}
