/** IPv4 addresses and prefixes. An address is an int32 (so that it stays a small integer); text only at the rim. */

/** An address with a prefix length, as in `10.3.0.2/24`; the address may have host bits. */
export interface Prefix {
  /** Int32. */
  readonly address: number;
  /** 0 to 32. */
  readonly length: number;
}

export const BROADCAST = -1;
/** 127.0.0.1 */
export const LOOPBACK = 0x7f000001;
/** 224.0.0.1 */
export const ALL_SYSTEMS: number = 0xe0000001 | 0;
/** 224.0.0.106 (RFC 4286) */
export const ALL_SNOOPERS: number = 0xe000006a | 0;

/** The text `10.3.0.2`. */
export function format(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

const QUAD = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Reads a dotted quad as inet_pton does (decimal, no leading zeros); null for anything else. */
export function parse(text: string): number | null {
  const match = QUAD.exec(text);
  if (match === null) return null;
  let address = 0;
  for (let i = 1; i <= 4; i++) {
    const group = match[i]!;
    const value = Number(group);
    if (value > 255 || (group.length > 1 && group.startsWith("0"))) return null;
    address = (address << 8) | value;
  }
  return address;
}

const PREFIX_LENGTH = /^\d{1,2}$/;

/** Reads `10.3.0.0/24`; without a slash the length is 32; null for anything else. */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf("/");
  const address = parse(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash < 0) return { address, length: 32 };
  const digits = text.slice(slash + 1);
  if (!PREFIX_LENGTH.test(digits) || Number(digits) > 32) return null;
  return { address, length: Number(digits) };
}

/** The text `10.3.0.0/24`. */
export function formatPrefix(address: number, length: number): string {
  return `${format(address)}/${length}`;
}

/** The netmask of a prefix length as an int32. */
export function netmask(length: number): number {
  return length === 0 ? 0 : -1 << (32 - length);
}

/** The prefix length of a netmask, or null when its ones are not all in front. */
export function prefixLength(mask: number): number | null {
  const length = Math.clz32(~mask);
  return netmask(length) === mask ? length : null;
}

/** The address with its host bits cleared. */
export function network(address: number, length: number): number {
  return address & netmask(length);
}

/** The address with all host bits set. */
export function broadcast(address: number, length: number): number {
  return address | ~netmask(length);
}

export function contains(prefix: number, length: number, address: number): boolean {
  return ((prefix ^ address) & netmask(length)) === 0;
}

/** 224.0.0.0/4 */
export function isMulticast(address: number): boolean {
  return address >>> 28 === 14;
}

/** 224.0.0.0/24, which is never forwarded. */
export function isLocalMulticast(address: number): boolean {
  return address >>> 8 === 0xe00000;
}

/** 127.0.0.0/8 */
export function isLoopback(address: number): boolean {
  return address >>> 24 === 127;
}

/** Order by unsigned value. */
export function compare(a: number, b: number): number {
  return (a >>> 0) - (b >>> 0);
}
