import { IPv4CidrRange, Validator } from "ip-num";
import type { InterfaceAddress } from "../lab/topology.ts";

/** An address, or why the text is none: one sentence and a hint. */
type ReadAddress =
  | { readonly ok: true; readonly address: InterfaceAddress }
  | { readonly ok: false; readonly message: string; readonly hint: string };

function no(message: string, hint = ""): ReadAddress {
  return { ok: false, message, hint };
}

function isDottedQuad(text: string): boolean {
  // ip-num takes short forms such as 10.1 as well; inet_pton, and so `ip`, does not.
  return text.split(".").length === 4 && /^[\d.]+$/.test(text) && Validator.isValidIPv4String(text)[0];
}

/** Reads `172.10.0.15` (which means /24) or `172.10.0.15/16`: an address that a host's card can have. */
export function readInterfaceAddress(text: string): ReadAddress {
  const [quad, length, ...rest] = text.split("/");
  if (quad === undefined || rest.length > 0 || !isDottedQuad(quad)) {
    return no(`"${text}" is not an IPv4 address`, "four numbers from 0 to 255, such as 172.10.0.15");
  }
  if (length !== undefined && (!/^\d{1,2}$/.test(length) || Number(length) < 1 || Number(length) > 32)) {
    return no(`"/${length}" is not a prefix length`, "1 to 32");
  }
  const prefixLength = length === undefined ? 24 : Number(length);
  const first = Number(quad.split(".")[0]);
  if (first === 0 || first === 127 || first >= 224) {
    return no(
      `${quad} cannot be the address of a card`,
      "it is reserved for loopback, multicast or other uses",
    );
  }
  if (prefixLength <= 30) {
    const range = IPv4CidrRange.fromCidr(`${quad}/${prefixLength}`);
    for (const [edge, what] of [
      [range.getFirst(), "network"],
      [range.getLast(), "broadcast"],
    ] as const) {
      if (edge.toString() === quad)
        return no(`${quad} is the ${what} address of ${range.getFirst()}/${prefixLength}`);
    }
  }
  return { ok: true, address: { address: quad, prefixLength } };
}

/** True when `address` lies in the network of `card`. */
export function isInNetwork(address: string, card: InterfaceAddress): boolean {
  const range = IPv4CidrRange.fromCidr(`${card.address}/${card.prefixLength}`);
  return range.contains(IPv4CidrRange.fromCidr(`${address}/32`));
}
