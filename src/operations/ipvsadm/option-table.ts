import type { PoptOption } from "./popt.ts";

/** The first option says what is to be done. */
export const COMMANDS: readonly PoptOption[] = [
  { long: "add-service", short: "A" },
  { long: "edit-service", short: "E" },
  { long: "delete-service", short: "D" },
  { long: "clear", short: "C" },
  { long: "list", short: "L" },
  { long: "list", short: "l" },
  { long: "zero", short: "Z" },
  { long: "add-server", short: "a" },
  { long: "edit-server", short: "e" },
  { long: "delete-server", short: "d" },
  { long: "restore", short: "R" },
  { long: "save", short: "S" },
  { long: "set" },
  { long: "start-daemon", argument: "required" },
  { long: "stop-daemon", argument: "required" },
  { long: "help", short: "h" },
  { long: "version", short: "v" },
];

export const OPTIONS: readonly PoptOption[] = [
  { long: "tcp-service", short: "t", argument: "required" },
  { long: "udp-service", short: "u", argument: "required" },
  { long: "sctp-service", argument: "required" },
  { long: "fwmark-service", short: "f", argument: "required" },
  { long: "scheduler", short: "s", argument: "required" },
  { long: "persistent", short: "p", argument: "optional" },
  { long: "netmask", short: "M", argument: "required" },
  { long: "real-server", short: "r", argument: "required" },
  { long: "masquerading", short: "m" },
  { long: "ipip", short: "i" },
  { long: "gatewaying", short: "g" },
  { long: "weight", short: "w", argument: "required" },
  { long: "u-threshold", short: "x", argument: "required" },
  { long: "l-threshold", short: "y", argument: "required" },
  { long: "numeric", short: "n" },
  { long: "connection", short: "c" },
  { long: "mcast-interface", argument: "required" },
  { long: "syncid", argument: "required" },
  { long: "sync-maxlen", argument: "required" },
  { long: "mcast-group", argument: "required" },
  { long: "mcast-port", argument: "required" },
  { long: "mcast-ttl", argument: "required" },
  { long: "timeout" },
  { long: "daemon" },
  { long: "stats" },
  { long: "rate" },
  { long: "thresholds" },
  { long: "persistent-conn" },
  { long: "tun-info" },
  { long: "nosort" },
  { long: "sort" },
  { long: "exact" },
  { long: "ipv6", short: "6" },
  { long: "ops", short: "o" },
  { long: "pe", argument: "required" },
  { long: "sched-flags", short: "b", argument: "required" },
  { long: "tun-type", argument: "required" },
  { long: "tun-port", argument: "required" },
  { long: "tun-nocsum" },
  { long: "tun-csum" },
  { long: "tun-remcsum" },
];

/** Options in the order in which `ipvsadm` checks whether they fit the command; several share one name. */
export const CHECKED = [
  "numeric",
  "connection",
  "service-address",
  "scheduler",
  "persistent",
  "netmask",
  "real-server",
  "forwarding-method",
  "weight",
  "mcast-interface",
  "timeout",
  "daemon",
  "stats",
  "rate",
  "thresholds",
  "persistent-conn",
  "nosort",
  "syncid",
  "exact",
  "ops",
  "pe",
  "u-threshold",
  "l-threshold",
  "tun-info",
  "tun-type",
  "tun-port",
  "tun-nocsum",
  "tun-csum",
  "tun-remcsum",
  "sched-flags",
  "sync-maxlen",
  "mcast-group",
  "mcast-port",
  "mcast-ttl",
] as const;
export type CheckedOption = (typeof CHECKED)[number];

/** What an option is called where it is checked. */
export function checkedName(long: string): CheckedOption | null {
  if (/^(tcp|udp|sctp|fwmark)-service$/.test(long)) return "service-address";
  if (long === "masquerading" || long === "ipip" || long === "gatewaying") return "forwarding-method";
  return (CHECKED as readonly string[]).includes(long) ? (long as CheckedOption) : null;
}

interface Rule {
  /** As messages name the command. */
  readonly name: string;
  readonly required: readonly CheckedOption[];
  readonly allowed: readonly CheckedOption[];
}

const service: readonly CheckedOption[] = ["scheduler", "persistent", "netmask", "ops", "pe", "sched-flags"];
const server: readonly CheckedOption[] = [
  "forwarding-method",
  "weight",
  "u-threshold",
  "l-threshold",
  "tun-type",
  "tun-port",
  "tun-nocsum",
  "tun-csum",
  "tun-remcsum",
];
const listing: readonly CheckedOption[] = [
  "numeric",
  "connection",
  "service-address",
  "timeout",
  "daemon",
  "stats",
  "rate",
  "thresholds",
  "persistent-conn",
  "nosort",
  "syncid",
  "exact",
  "tun-info",
];
const daemon: readonly CheckedOption[] = [
  "mcast-interface",
  "syncid",
  "sync-maxlen",
  "mcast-group",
  "mcast-port",
  "mcast-ttl",
];

/** What each command must and may have. */
export const RULES: Readonly<Record<string, Rule>> = {
  "add-service": { name: "add-service", required: ["service-address"], allowed: service },
  "edit-service": { name: "edit-service", required: ["service-address"], allowed: service },
  "delete-service": { name: "delete-service", required: ["service-address"], allowed: [] },
  clear: { name: "flush", required: [], allowed: [] },
  "add-server": { name: "add-server", required: ["service-address", "real-server"], allowed: server },
  "edit-server": { name: "edit-server", required: ["service-address", "real-server"], allowed: server },
  "delete-server": { name: "delete-server", required: ["service-address", "real-server"], allowed: [] },
  list: { name: "list", required: [], allowed: listing },
  zero: { name: "zero", required: [], allowed: ["service-address"] },
  restore: { name: "restore", required: [], allowed: [] },
  save: { name: "save", required: [], allowed: ["numeric"] },
  set: { name: "set", required: [], allowed: [] },
  "start-daemon": { name: "start-daemon", required: [], allowed: daemon },
  "stop-daemon": { name: "stop-daemon", required: [], allowed: ["syncid"] },
};
