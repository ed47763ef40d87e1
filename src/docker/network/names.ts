import type { Prng } from "../../base/prng.ts";
import * as ip from "../../wire/ipv4-address.ts";

/** `veth` and seven hexadecimal digits. */
export function vethName(prng: Prng): string {
  return `veth${prng.next().toString(16).padStart(8, "0").slice(0, 7)}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** The MAC address that goes with an IPv4 address (int32): `02:42` and its four bytes. */
export function macFromAddress(address: number): string {
  return `02:42:${[24, 16, 8, 0].map((shift) => hex((address >>> shift) & 255)).join(":")}`;
}

/** The MAC address of a bridge: `02:42` and four bytes of chance. */
export function randomBridgeMac(prng: Prng): string {
  return macFromAddress(prng.next());
}

/** `10.1.0.1/16` with the broadcast address that the engine gives beside it. */
export function addressWords(prefix: ip.Prefix): { readonly address: string; readonly broadcast: string } {
  return {
    address: ip.formatPrefix(prefix.address, prefix.length),
    broadcast: ip.format(ip.broadcast(prefix.address, prefix.length)),
  };
}
