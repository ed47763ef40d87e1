/** VXLAN header, read and written in place. RFC 7348, section 5. */

const FLAGS = 0;
const VNI = 4;

export const HEADER_LEN = 8;
/** The I flag: the VNI is valid. */
export const FLAG_VNI = 0x08;
/** The port that IANA gave; Linux itself defaults to 8472. */
export const PORT = 4789;
export const VNI_MAX = 0xffffff;
/** Ethernet, IPv4, UDP and VXLAN headers around the inner frame, as they count against the MTU. */
export const OVERHEAD = 50;

/** True when `length` bytes hold a header; whether its flags are right is asked of {@link isValid}. */
export function fits(_view: DataView, _at: number, length: number): boolean {
  return length >= HEADER_LEN;
}

/** The first byte. */
export function flags(view: DataView, at: number): number {
  return view.getUint8(at + FLAGS);
}
/** 24 bits. */
export function vni(view: DataView, at: number): number {
  return view.getInt32(at + VNI) >>> 8;
}
/** True when the I flag stands and all reserved bits are zero, as Linux demands without extensions. */
export function isValid(view: DataView, at: number): boolean {
  return view.getInt32(at + FLAGS) === 0x08000000 && view.getUint8(at + VNI + 3) === 0;
}

/** Writes the eight bytes: the I flag, `vni`, zeros. */
export function write(view: DataView, at: number, value: number): void {
  view.setInt32(at + FLAGS, 0x08000000);
  view.setInt32(at + VNI, value << 8);
}

/** What a header means. */
export interface VxlanRepr {
  readonly vni: number;
}

/** Null for fewer than eight bytes, a missing I flag, or reserved bits that are not zero. */
export function parse(view: DataView, at: number, length: number): VxlanRepr | null {
  if (!fits(view, at, length) || !isValid(view, at)) return null;
  return { vni: vni(view, at) };
}

/** Returns the bytes written. */
export function emit(repr: VxlanRepr, view: DataView, at: number): number {
  write(view, at, repr.vni);
  return HEADER_LEN;
}
