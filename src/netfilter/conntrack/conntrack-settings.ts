/** Timeouts of TCP in seconds by state, as in {@link TcpState}; `retrans` and `unacknowledged` come after the states. */
const TCP_TIMEOUTS = [120, 120, 60, 432000, 120, 60, 30, 120, 10, 120, 300, 300] as const;
/** Places in {@link ConntrackSettings.tcp} behind the states. */
export const RETRANS = 10;
export const UNACKNOWLEDGED = 11;

/** net.netfilter.nf_conntrack_* of one namespace; times are whole seconds (nf_conntrack-sysctl.rst). */
export class ConntrackSettings {
  acct = 0;
  checksum = 1;
  events = 2;
  timestamp = 0;
  log_invalid = 0;
  generic_timeout = 600;
  icmp_timeout = 30;
  udp_timeout = 30;
  udp_timeout_stream = 120;
  gre_timeout = 30;
  gre_timeout_stream = 180;
  readonly tcp: number[] = [...TCP_TIMEOUTS];
  tcp_be_liberal = 0;
  tcp_loose = 1;
  tcp_max_retrans = 3;
  tcp_ignore_invalid_rst = 0;
}

/** nf_conntrack_buckets and nf_conntrack_max are the host's: its other namespaces read them only. */
export class ConntrackLimits {
  buckets = 262144;
  /** 0: as many as there may be. */
  max = 262144;
  expectMax = 4096;
  /** The number of the connection that was made last. */
  lastId = 0;

  /** How many connections there may be, or Infinity (nf_conntrack_core.c: a maximum of 0 is none). */
  get most(): number {
    return this.max === 0 ? Number.POSITIVE_INFINITY : this.max;
  }
}

const limits: WeakMap<object, ConntrackLimits> = new WeakMap();

/** Those of a host. */
export function limitsOf(host: object): ConntrackLimits {
  let found = limits.get(host);
  if (found === undefined) {
    found = new ConntrackLimits();
    limits.set(host, found);
  }
  return found;
}
