/** UDP header, read and written in place. RFC 768. */
import * as checksums from "./checksum.ts";

const SRC_PORT = 0;
const DST_PORT = 2;
const LENGTH = 4;
export const CHECKSUM = 6;
const PROTOCOL = 17;

export const HEADER_LEN = 8;

/** True when `length` bytes at `at` hold a whole datagram; only then may the accessors be called. */
export function fits(view: DataView, at: number, length: number): boolean {
  if (length < HEADER_LEN) return false;
  const stated = view.getUint16(at + LENGTH);
  return stated >= HEADER_LEN && stated <= length;
}

export function srcPort(view: DataView, at: number): number {
  return view.getUint16(at + SRC_PORT);
}
export function dstPort(view: DataView, at: number): number {
  return view.getUint16(at + DST_PORT);
}
/** Header and payload in bytes. */
export function length(view: DataView, at: number): number {
  return view.getUint16(at + LENGTH);
}
/** Zero means that the sender made none. */
export function checksum(view: DataView, at: number): number {
  return view.getUint16(at + CHECKSUM);
}

export function setSrcPort(view: DataView, at: number, port: number): void {
  view.setUint16(at + SRC_PORT, port);
}
function setDstPort(view: DataView, at: number, port: number): void {
  view.setUint16(at + DST_PORT, port);
}
export function setLength(view: DataView, at: number, value: number): void {
  view.setUint16(at + LENGTH, value);
}
export function setChecksum(view: DataView, at: number, value: number): void {
  view.setUint16(at + CHECKSUM, value);
}

/** Writes the header with the fewest stores: the form for the forwarding path. */
export function write(
  view: DataView,
  at: number,
  srcPort: number,
  dstPort: number,
  length: number,
  checksum: number,
): void {
  view.setInt32(at + SRC_PORT, (srcPort << 16) | dstPort);
  view.setInt32(at + LENGTH, (length << 16) | checksum);
}

/** Writes length and checksum into a header that is kept for a flow. */
export function writeLength(header: Uint8Array, at: number, length: number, checksum: number): void {
  header[at + LENGTH] = length >>> 8;
  header[at + LENGTH + 1] = length;
  header[at + CHECKSUM] = checksum >>> 8;
  header[at + CHECKSUM + 1] = checksum;
}

/** A port of a header that is kept for a flow; `at` is the port's place. */
export function portIn(header: Uint8Array, at: number): number {
  return (header[at]! << 8) | header[at + 1]!;
}

/** Writes a port into a header that is kept for a flow; `at` is the port's place. */
export function writePort(header: Uint8Array, at: number, port: number): void {
  header[at] = port >>> 8;
  header[at + 1] = port;
}

/** Computes the checksum over the datagram and its pseudo header; a result of zero is written as 0xffff. */
export function fillChecksum(view: DataView, at: number, src: number, dst: number): void {
  const bytes = view.getUint16(at + LENGTH);
  view.setUint16(at + CHECKSUM, 0);
  const value = checksums.compute(view, at, bytes, checksums.pseudoHeader(src, dst, PROTOCOL, bytes));
  view.setUint16(at + CHECKSUM, value === 0 ? 0xffff : value);
}

/** True when the sender made no checksum, or it is right. */
export function isChecksumValid(view: DataView, at: number, src: number, dst: number): boolean {
  if (view.getUint16(at + CHECKSUM) === 0) return true;
  const bytes = view.getUint16(at + LENGTH);
  return checksums.isValid(view, at, bytes, checksums.pseudoHeader(src, dst, PROTOCOL, bytes));
}

/** What a header means. */
export interface UdpRepr {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payloadLength: number;
}

/** Null for bytes that are not a UDP datagram. The checksum is another question. */
export function parse(view: DataView, at: number, available: number): UdpRepr | null {
  if (!fits(view, at, available)) return null;
  return {
    srcPort: srcPort(view, at),
    dstPort: dstPort(view, at),
    payloadLength: length(view, at) - HEADER_LEN,
  };
}

/** Writes the header without a checksum (zero); returns the bytes written. */
export function emit(repr: UdpRepr, view: DataView, at: number): number {
  setSrcPort(view, at, repr.srcPort);
  setDstPort(view, at, repr.dstPort);
  setLength(view, at, HEADER_LEN + repr.payloadLength);
  setChecksum(view, at, 0);
  return HEADER_LEN;
}
