/** Services that people meet, as /etc/services names them (IANA): port, name, and whether UDP and TCP have it. */
const services: readonly (readonly [number, string, "tcp" | "udp" | "both"])[] = [
  [7, "echo", "both"],
  [9, "discard", "both"],
  [13, "daytime", "both"],
  [21, "ftp", "tcp"],
  [22, "ssh", "tcp"],
  [23, "telnet", "tcp"],
  [25, "smtp", "tcp"],
  [53, "domain", "both"],
  [67, "bootps", "udp"],
  [68, "bootpc", "udp"],
  [69, "tftp", "udp"],
  [80, "http", "tcp"],
  [110, "pop3", "tcp"],
  [123, "ntp", "udp"],
  [143, "imap2", "tcp"],
  [161, "snmp", "both"],
  [179, "bgp", "tcp"],
  [389, "ldap", "both"],
  [443, "https", "both"],
  [514, "syslog", "udp"],
  [3306, "mysql", "tcp"],
  [4789, "vxlan", "udp"],
  [6000, "x11", "tcp"],
  [5432, "postgresql", "tcp"],
  [6379, "redis", "tcp"],
  [8080, "http-alt", "both"],
];

/** The name of a port, or null. */
export function serviceName(port: number, protocol: "tcp" | "udp"): string | null {
  const found = services.find(([number, , of]) => number === port && (of === protocol || of === "both"));
  return found === undefined ? null : found[1];
}

/** The port of a name, or null. */
export function servicePort(name: string, protocol: "tcp" | "udp"): number | null {
  const found = services.find(([, known, of]) => known === name && (of === protocol || of === "both"));
  return found === undefined ? null : found[0];
}
