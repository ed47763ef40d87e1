/** The link-local address of a MAC address: fe80::/64 with a modified EUI-64 (RFC 4291, section 2.5.1), as text. */
export function linkLocal(hi: number, lo: number): string {
  const groups = [
    (hi ^ 0x0200) & 0xffff,
    (((lo >>> 24) & 255) << 8) | 0xff,
    0xfe00 | ((lo >>> 16) & 255),
    lo & 0xffff,
  ];
  // The first group with its bit turned is zero only for 02:00; one group of zeros is not worth a second "::".
  return `fe80::${groups
    .map((group) => group.toString(16))
    .join(":")
    .replace(/^0:/, "")}`;
}
