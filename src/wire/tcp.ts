/** TCP header, read and written in place. RFC 9293. The options are in {@link ./tcp-options.ts}. */
import * as checksums from "./checksum.ts";
import * as tcpOptions from "./tcp-options.ts";

const SRC_PORT = 0;
const DST_PORT = 2;
const SEQUENCE = 4;
const ACKNOWLEDGMENT = 8;
const OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
export const CHECKSUM = 16;
const URGENT = 18;
const PROTOCOL = 6;

/** Bytes of a header without options. */
export const HEADER_LEN = 20;
/** Bytes of the longest header. */
export const HEADER_MAX = 60;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

/** True when `length` bytes hold the header with its options; only then may the accessors be called. */
export function fits(view: DataView, at: number, length: number): boolean {
  if (length < HEADER_LEN) return false;
  const header = (view.getUint8(at + OFFSET) >>> 4) << 2;
  return header >= HEADER_LEN && header <= length;
}

export function srcPort(view: DataView, at: number): number {
  return view.getUint16(at + SRC_PORT);
}
export function dstPort(view: DataView, at: number): number {
  return view.getUint16(at + DST_PORT);
}
/** An int32: sequence numbers are compared by the sign of their difference `(a - b) | 0`. */
export function sequence(view: DataView, at: number): number {
  return view.getInt32(at + SEQUENCE);
}
/** An int32, see {@link sequence}. */
export function acknowledgment(view: DataView, at: number): number {
  return view.getInt32(at + ACKNOWLEDGMENT);
}
/** Bytes of the header with its options. */
export function headerLength(view: DataView, at: number): number {
  return (view.getUint8(at + OFFSET) >>> 4) << 2;
}
/** FIN, SYN, RST, PSH, ACK, URG, ECE, CWR. */
export function flags(view: DataView, at: number): number {
  return view.getUint8(at + FLAGS);
}
/** As it stands on the wire, not scaled. */
export function window(view: DataView, at: number): number {
  return view.getUint16(at + WINDOW);
}
export function checksum(view: DataView, at: number): number {
  return view.getUint16(at + CHECKSUM);
}
export function urgent(view: DataView, at: number): number {
  return view.getUint16(at + URGENT);
}

export function setSrcPort(view: DataView, at: number, port: number): void {
  view.setUint16(at + SRC_PORT, port);
}
export function setDstPort(view: DataView, at: number, port: number): void {
  view.setUint16(at + DST_PORT, port);
}
export function setSequence(view: DataView, at: number, value: number): void {
  view.setInt32(at + SEQUENCE, value);
}
export function setAcknowledgment(view: DataView, at: number, value: number): void {
  view.setInt32(at + ACKNOWLEDGMENT, value);
}
/** `length` in bytes, a multiple of 4; clears the reserved bits. */
export function setHeaderLength(view: DataView, at: number, length: number): void {
  view.setUint8(at + OFFSET, (length >>> 2) << 4);
}
export function setFlags(view: DataView, at: number, value: number): void {
  view.setUint8(at + FLAGS, value);
}
export function setWindow(view: DataView, at: number, value: number): void {
  view.setUint16(at + WINDOW, value);
}
export function setChecksum(view: DataView, at: number, value: number): void {
  view.setUint16(at + CHECKSUM, value);
}
export function setUrgent(view: DataView, at: number, value: number): void {
  view.setUint16(at + URGENT, value);
}

/** Computes the checksum over the segment's `length` bytes (header and payload) and its pseudo header. */
export function fillChecksum(view: DataView, at: number, length: number, src: number, dst: number): void {
  view.setUint16(at + CHECKSUM, 0);
  const start = checksums.pseudoHeader(src, dst, PROTOCOL, length);
  view.setUint16(at + CHECKSUM, checksums.compute(view, at, length, start));
}
export function isChecksumValid(
  view: DataView,
  at: number,
  length: number,
  src: number,
  dst: number,
): boolean {
  return checksums.isValid(view, at, length, checksums.pseudoHeader(src, dst, PROTOCOL, length));
}

/** What a header means. Sequence numbers are uint32 here, as people read them. */
export interface TcpRepr {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly tcpOptions.TcpOption[];
}

/** Null for bytes that are not a TCP header, or whose options are malformed. The checksum is another question. */
export function parse(view: DataView, at: number, length: number): TcpRepr | null {
  if (!fits(view, at, length)) return null;
  const options = tcpOptions.parse(view, at + HEADER_LEN, headerLength(view, at) - HEADER_LEN);
  if (options === null) return null;
  return {
    srcPort: srcPort(view, at),
    dstPort: dstPort(view, at),
    sequence: sequence(view, at) >>> 0,
    acknowledgment: acknowledgment(view, at) >>> 0,
    flags: flags(view, at),
    window: window(view, at),
    urgent: urgent(view, at),
    options,
  };
}

/** Writes the header with a checksum of zero: fill it when the payload stands. Returns the bytes written. */
export function emit(repr: TcpRepr, view: DataView, at: number): number {
  setSrcPort(view, at, repr.srcPort);
  setDstPort(view, at, repr.dstPort);
  setSequence(view, at, repr.sequence | 0);
  setAcknowledgment(view, at, repr.acknowledgment | 0);
  setFlags(view, at, repr.flags);
  setWindow(view, at, repr.window);
  setChecksum(view, at, 0);
  setUrgent(view, at, repr.urgent);
  const length = HEADER_LEN + tcpOptions.emit(repr.options, view, at + HEADER_LEN);
  setHeaderLength(view, at, length);
  return length;
}
