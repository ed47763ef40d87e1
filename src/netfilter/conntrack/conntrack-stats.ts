/** What happened in the table of a namespace: a line of `conntrack -S` and of /proc/net/stat/nf_conntrack. */
export class ConntrackStats {
  /** Tuples that NAT wanted and that were taken. */
  found = 0;
  /** Packets that belong to no connection. */
  invalid = 0;
  insert = 0;
  /** Connections that lost a clash when they were confirmed. */
  insertFailed = 0;
  drop = 0;
  earlyDrop = 0;
  /** ICMP messages that could not be understood. */
  error = 0;
  /** Clashes of two unconfirmed connections without a loss. */
  clashResolve = 0;
}
