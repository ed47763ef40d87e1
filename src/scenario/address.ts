import type { InterfaceAddress } from "../lab/topology.ts";
import * as ip from "../wire/ipv4-address.ts";

/** An address, or why the text is none: one sentence and a hint. */
type ReadAddress =
  | { readonly ok: true; readonly address: InterfaceAddress }
  | { readonly ok: false; readonly message: string; readonly hint: string };

function no(message: string, hint = ""): ReadAddress {
  return { ok: false, message, hint };
}

/** Reads `172.10.0.15` (which means /24) or `172.10.0.15/16`: an address that a host's card can have. */
export function readInterfaceAddress(text: string): ReadAddress {
  const [quad = "", length, ...rest] = text.split("/");
  const address = ip.parse(quad);
  if (address === null || rest.length > 0) {
    return no(`"${text}" is not an IPv4 address`, "four numbers from 0 to 255, such as 172.10.0.15");
  }
  if (length !== undefined && (!/^\d{1,2}$/.test(length) || Number(length) < 1 || Number(length) > 32)) {
    return no(`"/${length}" is not a prefix length`, "1 to 32");
  }
  const prefixLength = length === undefined ? 24 : Number(length);
  const first = address >>> 24;
  if (first === 0 || first === 127 || first >= 224) {
    return no(
      `${quad} cannot be the address of a card`,
      "it is reserved for loopback, multicast or other uses",
    );
  }
  if (prefixLength <= 30) {
    const network = ip.network(address, prefixLength);
    const what =
      address === network ? "network" : address === ip.broadcast(address, prefixLength) ? "broadcast" : null;
    if (what !== null)
      return no(`${quad} is the ${what} address of ${ip.formatPrefix(network, prefixLength)}`);
  }
  return { ok: true, address: { address: quad, prefixLength } };
}

/** True when `address` lies in the network of `card`. */
export function isInNetwork(address: string, card: InterfaceAddress): boolean {
  return ip.contains(ip.parse(card.address)!, card.prefixLength, ip.parse(address)!);
}
