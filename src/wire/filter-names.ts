import { own } from "../base/own.ts";
import * as ethernet from "./ethernet.ts";

/** Names that filter expressions may use for numbers: protocols, ethertypes, and the services that lessons use. */

/** Numbers of the IP protocols that are keywords. */
export const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  igrp: 9,
  udp: 17,
  esp: 50,
  ah: 51,
  icmp6: 58,
  pim: 103,
  carp: 112,
  vrrp: 112,
  sctp: 132,
};

/** Ethertypes of the keywords and of `ether proto \NAME`. */
export const ETHERTYPES: Readonly<Record<string, number>> = {
  ip: ethernet.TYPE_IPV4,
  arp: ethernet.TYPE_ARP,
  rarp: ethernet.TYPE_REVERSE_ARP,
  ip6: ethernet.TYPE_IPV6,
};

/** Names in /etc/protocols that `ip proto \NAME` may use. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  egp: 8,
  igp: 9,
  udp: 17,
  ipv6: 41,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  sctp: 132,
};

/** A line of /etc/services: the port and the transports that it stands for. */
interface Service {
  readonly port: number;
  readonly transport: "tcp" | "udp" | "both";
}

const SERVICES: Readonly<Record<string, readonly [number, Service["transport"]]>> = {
  echo: [7, "both"],
  discard: [9, "both"],
  ftp: [21, "tcp"],
  ssh: [22, "tcp"],
  telnet: [23, "tcp"],
  smtp: [25, "tcp"],
  domain: [53, "both"],
  bootps: [67, "udp"],
  bootpc: [68, "udp"],
  tftp: [69, "udp"],
  http: [80, "tcp"],
  ntp: [123, "udp"],
  snmp: [161, "both"],
  bgp: [179, "tcp"],
  https: [443, "both"],
  syslog: [514, "udp"],
  mysql: [3306, "tcp"],
  postgresql: [5432, "tcp"],
  mdns: [5353, "udp"],
};

/** Null for an unknown name. */
export function protocolOf(name: string): number | null {
  return own(PROTOCOLS, name) ?? null;
}

/** Null for an unknown name. */
export function ethertypeOf(name: string): number | null {
  return own(ETHERTYPES, name) ?? null;
}

/** Null for an unknown name. */
export function serviceOf(name: string): Service | null {
  const found = own(SERVICES, name);
  return found === undefined ? null : { port: found[0], transport: found[1] };
}
