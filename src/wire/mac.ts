/**
 * MAC addresses. On the wire side an address is two numbers: the high 16 bits (0..0xffff) and the low 32 bits as
 * an int32. Only text and plain values meet the {@link Mac} object.
 */

/** A MAC address as a plain value. */
export interface Mac {
  /** The first two bytes, 0..0xffff. */
  readonly hi: number;
  /** The last four bytes as an int32. */
  readonly lo: number;
}

/** The high half of the broadcast address ff:ff:ff:ff:ff:ff. */
export const BROADCAST_HI = 0xffff;
/** The low half of the broadcast address. */
export const BROADCAST_LO = -1;

export const BROADCAST: Mac = { hi: BROADCAST_HI, lo: BROADCAST_LO };
export const ZERO: Mac = { hi: 0, lo: 0 };

/** True for ff:ff:ff:ff:ff:ff. */
export function isBroadcast(hi: number, lo: number): boolean {
  return hi === BROADCAST_HI && lo === BROADCAST_LO;
}

/** True when the group bit is set; broadcast is a group too (Linux `is_multicast_ether_addr`). */
export function isMulticast(hi: number): boolean {
  return (hi & 0x0100) !== 0;
}

export function isZero(hi: number, lo: number): boolean {
  return hi === 0 && lo === 0;
}

/** May be a source address: neither a group nor all zero (Linux `is_valid_ether_addr`). */
export function isValidUnicast(hi: number, lo: number): boolean {
  return (hi & 0x0100) === 0 && (hi !== 0 || lo !== 0);
}

/** True for 01:80:c2:00:00:00 to 0f, which bridges do not forward (Linux `is_link_local_ether_addr`). */
export function isLinkLocal(hi: number, lo: number): boolean {
  return hi === 0x0180 && (lo & 0xfffffff0) === (0xc2000000 | 0);
}

/** High half of the address of any IPv4 multicast group: 01:00 (RFC 1112, section 6.4). */
export const IPV4_MULTICAST_HI = 0x0100;

/** Low half of the address of an IPv4 multicast group: 5e and the low 23 bits of the group. */
export function multicastLo(group: number): number {
  return 0x5e000000 | (group & 0x7fffff);
}

/** Negative, zero or positive as the first address is lower, equal or higher, as the bridge compares them. */
export function compare(hiA: number, loA: number, hiB: number, loB: number): number {
  return hiA !== hiB ? hiA - hiB : (loA >>> 0) - (loB >>> 0);
}

function hexByte(byte: number): string {
  return (byte < 16 ? "0" : "") + byte.toString(16);
}

/** The text `02:42:0a:03:00:02`. */
export function format(hi: number, lo: number): string {
  return (
    `${hexByte(hi >>> 8)}:${hexByte(hi & 255)}:${hexByte(lo >>> 24)}:${hexByte((lo >>> 16) & 255)}:` +
    `${hexByte((lo >>> 8) & 255)}:${hexByte(lo & 255)}`
  );
}

/** Reads six groups of one or two hex digits between colons; null for anything else. */
export function parse(text: string): Mac | null {
  let hi = 0;
  let lo = 0;
  let groups = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : COLON;
    if (code === COLON) {
      if (digits === 0) return null;
      groups++;
      digits = 0;
      continue;
    }
    const digit = hexDigit(code);
    if (digit < 0 || digits === 2) return null;
    // The bytes go through both halves from the right to the left: the first digit of a group moves them on.
    if (digits === 0) {
      hi = (hi << 8) | (lo >>> 24);
      lo = (lo << 8) | digit;
    } else lo = (lo & ~0xff) | ((lo & 0xff) << 4) | digit;
    digits++;
  }
  return groups === 6 ? { hi, lo } : null;
}

const COLON = 0x3a;

/** The value of a hex digit by its character; -1 for any other. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
