import * as ip from "../wire/ipv4-address.ts";

/**
 * The address family of a socket. One of IPv6 that is bound to no address takes connections of IPv4 too (ipv6(7),
 * IPV6_V6ONLY off), and shows their addresses mapped (RFC 4291, 2.5.5.2). No packet of IPv6 is sent or received here.
 */
export type SocketFamily = "inet" | "inet6";

/** An IPv4 address as a socket of that family shows it in brackets: `10.3.0.5`, `[::ffff:10.3.0.5]`. */
export function mappedText(family: SocketFamily, address: number): string {
  const text = ip.format(address);
  return family === "inet" ? text : `[::ffff:${text}]`;
}
