import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { socketCounts } from "../../net/sock-stat.ts";

/** What `ss -s` prints: numbers of /proc/net/sockstat and snmp. */
export function summary(ns: NetworkNamespace): string {
  const n = socketCounts(ns);
  const closed = n.allocated - (n.tcp + n.tcp6 - n.timeWaits);
  const row = (name: string, all: number, four: number, six: number): string =>
    `${name}\t  ${String(all).padEnd(9)} ${String(four).padEnd(9)} ${String(six).padEnd(9)}\n`;
  const four = n.raw + n.udp + n.tcp;
  const six = n.udp6 + n.tcp6;
  return (
    `Total: ${n.used}\n` +
    `TCP:   ${n.allocated + n.timeWaits} (estab ${ns.tcp.established}, closed ${closed}, orphaned ${n.orphans}, timewait ${n.timeWaits})\n\n` +
    "Transport Total     IP        IPv6\n" +
    row("RAW", n.raw, n.raw, 0) +
    row("UDP", n.udp + n.udp6, n.udp, n.udp6) +
    row("TCP", n.tcp + n.tcp6, n.tcp, n.tcp6) +
    row("INET", four + six, four, six) +
    `${row("FRAG", 0, 0, 0)}\n`
  );
}
