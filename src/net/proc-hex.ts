/** Numbers as files of /proc/net print them (`%X`, padded). */
export function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(digits, "0");
}

/** An address (int32) as a little-endian machine prints its bytes. */
export function littleEndian(address: number): string {
  const a = address >>> 0;
  return hex(((a & 255) << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24), 8);
}
