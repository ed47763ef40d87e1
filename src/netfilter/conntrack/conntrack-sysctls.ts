import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { SysctlDefinition } from "../../net/sysctl-definitions.ts";
import { number, stored } from "../../net/sysctl-value.ts";
import type { Conntrack } from "./conntrack.ts";
import { conntrackOf } from "./conntrack-hooks.ts";
import { type ConntrackSettings, RETRANS, UNACKNOWLEDGED } from "./conntrack-settings.ts";
import { TcpState } from "./tcp-state.ts";

const PREFIX = "net/netfilter/nf_conntrack_";
/** Seconds are kept in ticks of 4 ms (HZ=250): INT_MAX of them. */
const MAX_SECONDS = 8589934;
const INT_MAX = 0x7fffffff;

type NumberKey = {
  [K in keyof ConntrackSettings]: ConntrackSettings[K] extends number ? K : never;
}[keyof ConntrackSettings];

function setting(name: NumberKey, min: number, max: number): SysctlDefinition {
  return number(
    PREFIX + name,
    min,
    max,
    (ns) => conntrackOf(ns).settings[name],
    (ns, value) => {
      const { settings, unseen } = conntrackOf(ns);
      settings[name] = value;
      // All of them are kept as long as the settings say.
      unseen.showAll();
    },
  );
}

const flags: readonly (readonly [NumberKey, number])[] = [
  ["acct", 1],
  ["checksum", 1],
  ["events", 2],
  ["timestamp", 1],
  ["log_invalid", 255],
  ["tcp_be_liberal", 1],
  ["tcp_loose", 1],
  ["tcp_max_retrans", 255],
  ["tcp_ignore_invalid_rst", 1],
];

const timeouts: readonly NumberKey[] = [
  "generic_timeout",
  "icmp_timeout",
  "udp_timeout",
  "udp_timeout_stream",
  "gre_timeout",
  "gre_timeout_stream",
];

/** Timeouts of TCP by the state that they are of. */
const tcpTimeouts: readonly (readonly [string, number])[] = [
  ["syn_sent", TcpState.SYN_SENT],
  ["syn_recv", TcpState.SYN_RECV],
  ["established", TcpState.ESTABLISHED],
  ["fin_wait", TcpState.FIN_WAIT],
  ["close_wait", TcpState.CLOSE_WAIT],
  ["last_ack", TcpState.LAST_ACK],
  ["time_wait", TcpState.TIME_WAIT],
  ["close", TcpState.CLOSE],
  ["max_retrans", RETRANS],
  ["unacknowledged", UNACKNOWLEDGED],
];

/** [name behind nf_conntrack_, value]: of protocols that are not simulated. */
const others: readonly (readonly [string, string])[] = [
  ["frag6_high_thresh", "4194304"],
  ["frag6_low_thresh", "3145728"],
  ["frag6_timeout", "60"],
  ["icmpv6_timeout", "30"],
  ["sctp_timeout_closed", "10"],
  ["sctp_timeout_cookie_echoed", "3"],
  ["sctp_timeout_cookie_wait", "3"],
  ["sctp_timeout_established", "210"],
  ["sctp_timeout_heartbeat_sent", "30"],
  ["sctp_timeout_shutdown_ack_sent", "3"],
  ["sctp_timeout_shutdown_recd", "3"],
  ["sctp_timeout_shutdown_sent", "3"],
];

/** What belongs to the host as a whole: only its own namespace may write it. */
function limit(
  path: string,
  read: (conntrack: Conntrack) => number,
  write: (conntrack: Conntrack, value: number) => void,
): SysctlDefinition {
  const all = number(
    path,
    0,
    INT_MAX,
    (ns) => read(conntrackOf(ns)),
    (ns, value) => write(conntrackOf(ns), value),
  );
  return { ...all, set: (ns, text, star) => ns.name === "" && all.set!(ns, text, star) };
}

function maximum(path: string): SysctlDefinition {
  return limit(
    path,
    ({ limits }) => limits.max,
    ({ limits }, value) => {
      limits.max = value;
    },
  );
}

/** net.netfilter.nf_conntrack_* (Documentation/networking/nf_conntrack-sysctl.rst). */
export function conntrackSysctls(): SysctlDefinition[] {
  const readOnly = (name: string, get: (ns: NetworkNamespace) => number): SysctlDefinition => ({
    path: PREFIX + name,
    get: (ns) => String(get(ns)),
    set: null,
  });
  return [
    ...flags.map(([name, max]) => setting(name, 0, max)),
    ...timeouts.map((name) => setting(name, -MAX_SECONDS, MAX_SECONDS)),
    ...tcpTimeouts.map(([name, state]) =>
      number(
        `${PREFIX}tcp_timeout_${name}`,
        -MAX_SECONDS,
        MAX_SECONDS,
        (ns) => conntrackOf(ns).settings.tcp[state]!,
        (ns, value) => {
          conntrackOf(ns).settings.tcp[state] = value;
        },
      ),
    ),
    ...others.map(([name, value]) => stored(PREFIX + name, value)),
    readOnly("count", (ns) => conntrackOf(ns).count),
    limit(
      `${PREFIX}buckets`,
      ({ limits }) => limits.buckets,
      ({ limits }, value) => {
        // The kernel makes it a power of two in any case where it makes a table of pages.
        limits.buckets = 2 ** Math.ceil(Math.log2(Math.max(value, 1024)));
      },
    ),
    limit(
      `${PREFIX}expect_max`,
      ({ limits }) => limits.expectMax,
      ({ limits }, value) => {
        limits.expectMax = value;
      },
    ),
    maximum(`${PREFIX}max`),
  ];
}
