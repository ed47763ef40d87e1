import * as ip from "../../wire/ipv4-address.ts";

/** An address with four parts in its canonical form, or null (inet_pton). */
export function ipOrNull(text: string): string | null {
  const address = ip.parse(text);
  return address === null ? null : ip.format(address);
}
