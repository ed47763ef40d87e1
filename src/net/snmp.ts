/** Counters of a namespace's IPv4 stack, as /proc/net/snmp shows them (RFC 2011, RFC 2013). */
export class SnmpCounters {
  inReceives = 0;
  inHdrErrors = 0;
  inAddrErrors = 0;
  forwDatagrams = 0;
  inUnknownProtos = 0;
  inDelivers = 0;
  outRequests = 0;
  outTransmits = 0;
  outNoRoutes = 0;
  inNoRoutes = 0;
  reasmTimeout = 0;
  reasmReqds = 0;
  reasmOks = 0;
  reasmFails = 0;
  fragOks = 0;
  fragFails = 0;
  fragCreates = 0;
  icmpInErrors = 0;
  icmpInCsumErrors = 0;
  icmpOutErrors = 0;
  icmpOutRateLimitGlobal = 0;
  icmpOutRateLimitHost = 0;
  /** Messages by type. */
  readonly icmpIn: Map<number, number> = new Map();
  readonly icmpOut: Map<number, number> = new Map();
  udpInDatagrams = 0;
  udpNoPorts = 0;
  udpInErrors = 0;
  udpOutDatagrams = 0;
  udpRcvbufErrors = 0;
  udpInCsumErrors = 0;
  udpIgnoredMulti = 0;
}

/** Counts one more of a kind. */
export function count(map: Map<number, number>, kind: number): void {
  map.set(kind, (map.get(kind) ?? 0) + 1);
}
