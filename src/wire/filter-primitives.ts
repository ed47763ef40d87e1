/** From the words of one question to the question, with libpcap's refusals of what makes no sense. */
import { own } from "../base/own.ts";
import * as ethernet from "./ethernet.ts";
import type { Direction, Filter, Place } from "./filter.ts";
import { FilterError } from "./filter-lexer.ts";
import * as names from "./filter-names.ts";

/** The qualifiers in front of an address, a port or a number; null where none was given. */
export interface Qualifiers {
  /** `ip`, `arp`, `tcp` ...; `link` for `ether` and its synonyms. */
  readonly protocol: string | null;
  readonly direction: Direction | null;
  readonly type: "host" | "net" | "port" | "portrange" | "proto" | "gateway" | null;
}

/** TCP, UDP, SCTP: the protocols with ports, and what bare `port` means. */
const WITH_PORTS = [6, 17, 132];

export function and(left: Filter, right: Filter): Filter {
  return { kind: "and", left, right };
}

export function or(left: Filter, right: Filter): Filter {
  return { kind: "or", left, right };
}

/** A host or network by its IPv4 address; the address has no bits outside the mask. */
export function host(q: Qualifiers, address: number, mask: number, place: Place): Filter {
  const direction = q.direction ?? "either";
  const one = (type: number): Filter => ({ kind: "host", type, direction, address, mask, place });
  const what = q.type === "net" ? "net" : "host";
  switch (q.protocol) {
    case null:
      return or(or(one(ethernet.TYPE_IPV4), one(ethernet.TYPE_ARP)), one(ethernet.TYPE_REVERSE_ARP));
    case "ip":
    case "arp":
    case "rarp":
      return one(names.ETHERTYPES[q.protocol]!);
    case "link":
      throw new FilterError(`link-layer modifier applied to ${what}`);
    case "ip6":
      throw new FilterError("'ip6' modifier applied to ip host");
    default:
      throw new FilterError(`'${q.protocol}' modifier applied to ${what}`);
  }
}

/** Ports `from` to `to`; `transport` limits a name to the protocol that it stands for. */
export function ports(
  q: Qualifiers,
  from: number,
  to: number,
  place: Place,
  transport: number | null = null,
): Filter {
  const given = q.protocol === null ? transport : (names.IP_PROTOCOLS[q.protocol] ?? null);
  const direction = q.direction ?? "either";
  const protocols = given === null ? WITH_PORTS : [given];
  const one = (version: 4 | 6): Filter => ({
    kind: "port",
    version,
    protocols,
    direction,
    from: Math.min(from, to),
    to: Math.max(from, to),
    place,
  });
  return or(one(4), one(6));
}

/** `port` and `portrange` go with tcp, udp, sctp, or nothing. */
export function checkPortQualifier(q: Qualifiers): void {
  if (q.protocol === null || q.protocol === "tcp" || q.protocol === "udp" || q.protocol === "sctp") return;
  throw new FilterError(`illegal qualifier of '${q.type}'`);
}

export function checkPort(port: number): void {
  if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
}

/** `ip proto N`, `ether proto N`, `proto N`. */
export function protocolNumber(q: Qualifiers, number: number, place: Place): Filter {
  if (q.direction !== null) throw new FilterError("direction applied to 'proto'");
  const one = (version: 4 | 6): Filter => ({ kind: "protocol", version, protocol: number, place });
  switch (q.protocol) {
    case null:
      return or(one(4), one(6));
    case "link":
      return { kind: "ethertype", type: number, place };
    case "ip":
      return one(4);
    case "ip6":
      return one(6);
    case "arp":
    case "rarp":
      throw new FilterError(`${q.protocol} does not encapsulate another protocol`);
    default:
      throw new FilterError(`'${q.protocol} proto' is bogus`);
  }
}

/** A protocol's keyword alone: `tcp`, `arp`, `ip6` ... */
export function abbreviation(name: string, place: Place): Filter {
  const type = own(names.ETHERTYPES, name);
  if (type !== undefined) return { kind: "ethertype", type, place };
  const protocol = own(names.IP_PROTOCOLS, name);
  if (protocol === undefined) throw new FilterError("link layer applied in wrong context");
  const one = (version: 4 | 6): Filter => ({ kind: "protocol", version, protocol, place });
  if (name === "icmp6") return one(6);
  if (["icmp", "igmp", "igrp", "vrrp", "carp"].includes(name)) return one(4);
  return or(one(4), one(6));
}

/** `broadcast`, `ether broadcast`, `ip broadcast`; `netmask` is that of the interface, 0 when reading a file. */
export function broadcast(protocol: string | null, netmask: number, place: Place): Filter {
  if (protocol === null || protocol === "link") {
    return { kind: "ether-host", direction: "dst", hi: 0xffff, lo: -1, place };
  }
  if (protocol === "ip") return { kind: "ip-broadcast", hostMask: ~netmask, place };
  throw new FilterError("only link-layer/IP broadcast filters supported");
}

/** `multicast`, `ether multicast`, `ip multicast`, `ip6 multicast`. */
export function multicast(protocol: string | null, place: Place): Filter {
  if (protocol === null || protocol === "link") return { kind: "ether-group", place };
  if (protocol === "ip") return { kind: "ip-multicast", place };
  if (protocol === "ip6") {
    const left = {
      kind: "load",
      from: "network",
      guard: { kind: "ethertype", type: ethernet.TYPE_IPV6, place },
      index: { kind: "number", value: 24 },
      size: 1,
      place,
    } as const;
    return { kind: "compare", relation: "=", left, right: { kind: "number", value: 255 } };
  }
  throw new FilterError(
    "link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel",
  );
}
