/** The names of IP protocols, as tcpdump prints them with `-v`. */
const NAMES: Readonly<Record<number, string>> = {
  0: "Options",
  1: "ICMP",
  2: "IGMP",
  4: "IPIP",
  6: "TCP",
  8: "EGP",
  9: "IGRP",
  17: "UDP",
  33: "DCCP",
  41: "IPv6",
  43: "Routing",
  44: "Fragment",
  46: "RSVP",
  47: "GRE",
  50: "ESP",
  51: "AH",
  55: "Mobile IP",
  58: "ICMPv6",
  62: "Mobile IP (old)",
  88: "EIGRP",
  89: "OSPF",
  103: "PIM",
  108: "Compressed IP",
  112: "VRRP",
  113: "PGM",
  132: "SCTP",
  135: "Mobility",
  143: "Ethernet",
};

/** Null for a protocol without a name. */
export function nameOf(protocol: number): string | null {
  return NAMES[protocol] ?? null;
}

/** True for TCP, UDP, SCTP and DCCP, which print the addresses together with their ports. */
export function printsOwnAddresses(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === 132 || protocol === 33;
}
