import * as ip from "../wire/ipv4-address.ts";

/** An address with a mask, which need not be a prefix. Both int32. */
interface MaskedAddress {
  readonly address: number;
  readonly mask: number;
}

/** Reads `10.0.0.0/8`, `10.0.0.1` and `10.0.0.0/255.0.255.0`; null for anything else. */
export function parseMasked(text: string): MaskedAddress | null {
  const slash = text.indexOf("/");
  if (slash < 0 || !text.includes(".", slash)) {
    const prefix = ip.parsePrefix(text);
    return prefix === null ? null : { address: prefix.address, mask: ip.netmask(prefix.length) };
  }
  const address = ip.parse(text.slice(0, slash));
  const mask = ip.parse(text.slice(slash + 1));
  return address === null || mask === null ? null : { address, mask };
}
