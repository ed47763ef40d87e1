/** IGMP, read and written in place: version 2 (RFC 2236) and the membership report of version 3 (RFC 3376). */
import * as checksums from "./checksum.ts";

const TYPE = 0;
const MAX_RESPONSE = 1;
const CHECKSUM = 2;
const GROUP = 4;
const RECORD_COUNT = 6;
const FIRST_RECORD = 8;

/** Bytes of a version 1 or 2 message, and of a version 3 report before its records. */
export const HEADER_LEN = 8;

export const MEMBERSHIP_QUERY = 0x11;
export const V2_REPORT = 0x16;
export const LEAVE_GROUP = 0x17;
export const V3_REPORT = 0x22;

export const MODE_IS_EXCLUDE = 2;
export const CHANGE_TO_INCLUDE = 3;
export const CHANGE_TO_EXCLUDE = 4;

/** 224.0.0.22, where version 3 reports go. */
export const V3_ROUTERS: number = 0xe0000016 | 0;
/** 224.0.0.2, where version 2 leave messages go. */
export const ALL_ROUTERS: number = 0xe0000002 | 0;

/** True when `length` bytes hold a message's first eight; only then may the accessors be called. */
export function fits(_view: DataView, _at: number, length: number): boolean {
  return length >= HEADER_LEN;
}

export function type(view: DataView, at: number): number {
  return view.getUint8(at + TYPE);
}
/** In tenths of a second, for versions 1 and 2. */
export function maxResponse(view: DataView, at: number): number {
  return view.getUint8(at + MAX_RESPONSE);
}
/** The group of a version 1 or 2 message or of a query, an int32. */
export function group(view: DataView, at: number): number {
  return view.getInt32(at + GROUP);
}

/** Computes the checksum over the `length` bytes of the whole message. */
export function fillChecksum(view: DataView, at: number, length: number): void {
  view.setUint16(at + CHECKSUM, 0);
  view.setUint16(at + CHECKSUM, checksums.compute(view, at, length));
}
export function isChecksumValid(view: DataView, at: number, length: number): boolean {
  return checksums.isValid(view, at, length);
}

/** One record of a version 3 report; group and sources are int32. */
export interface GroupRecord {
  readonly type: number;
  readonly group: number;
  readonly sources: readonly number[];
}

/** What a message means. */
export type IgmpRepr =
  | { readonly kind: "v2"; readonly type: number; readonly maxResponse: number; readonly group: number }
  | { readonly kind: "v3-report"; readonly records: readonly GroupRecord[] };

/** Bytes that {@link emit} will write. */
export function lengthOf(repr: IgmpRepr): number {
  if (repr.kind === "v2") return HEADER_LEN;
  let length = HEADER_LEN;
  for (const record of repr.records) length += 8 + 4 * record.sources.length;
  return length;
}

/** Null for a message that is too short for what it states, or whose checksum is wrong. */
export function parse(view: DataView, at: number, length: number): IgmpRepr | null {
  if (!fits(view, at, length) || !isChecksumValid(view, at, length)) return null;
  if (type(view, at) !== V3_REPORT) {
    return { kind: "v2", type: type(view, at), maxResponse: maxResponse(view, at), group: group(view, at) };
  }
  const records: GroupRecord[] = [];
  let next = FIRST_RECORD;
  for (let left = view.getUint16(at + RECORD_COUNT); left > 0; left--) {
    if (next + 8 > length) return null;
    const auxiliary = view.getUint8(at + next + 1) << 2;
    const count = view.getUint16(at + next + 2);
    const end = next + 8 + 4 * count + auxiliary;
    if (end > length) return null;
    const sources: number[] = [];
    for (let i = 0; i < count; i++) sources.push(view.getInt32(at + next + 8 + 4 * i));
    records.push({ type: view.getUint8(at + next), group: view.getInt32(at + next + 4), sources });
    next = end;
  }
  return { kind: "v3-report", records };
}

/** Writes the whole message with its checksum; returns the bytes written. */
export function emit(repr: IgmpRepr, view: DataView, at: number): number {
  if (repr.kind === "v2") {
    view.setUint8(at + TYPE, repr.type);
    view.setUint8(at + MAX_RESPONSE, repr.maxResponse);
    view.setInt32(at + GROUP, repr.group);
    fillChecksum(view, at, HEADER_LEN);
    return HEADER_LEN;
  }
  view.setUint8(at + TYPE, V3_REPORT);
  view.setUint8(at + MAX_RESPONSE, 0);
  view.setUint16(at + GROUP, 0);
  view.setUint16(at + RECORD_COUNT, repr.records.length);
  let next = FIRST_RECORD;
  for (const record of repr.records) {
    view.setUint8(at + next, record.type);
    view.setUint8(at + next + 1, 0);
    view.setUint16(at + next + 2, record.sources.length);
    view.setInt32(at + next + 4, record.group);
    next += 8;
    for (const source of record.sources) {
      view.setInt32(at + next, source);
      next += 4;
    }
  }
  fillChecksum(view, at, next);
  return next;
}
