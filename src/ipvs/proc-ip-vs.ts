import type { NetworkNamespace } from "../net/network-namespace.ts";
import { hex } from "../net/proc-hex.ts";
import { SECOND } from "../sim/time.ts";
import * as ipv4 from "../wire/ipv4.ts";
import type { IpvsConnection } from "./connection.ts";
import { methodName, protocolName } from "./connection-text.ts";
import { ipvsOf } from "./ipvs.ts";
import type { IpvsService } from "./service.ts";
import { TEMPLATE_ASSURED } from "./set-state.ts";
import type { Counts } from "./statistics.ts";
import { tcpStateName } from "./tcp-state.ts";

/** /proc/net/ip_vs*: each file is a function of a namespace (net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_conn.c). */
export const files: Readonly<Record<string, (ns: NetworkNamespace) => string>> = {
  ip_vs: services,
  ip_vs_app: () => "prot port    usecnt name\n",
  ip_vs_conn: connections,
  ip_vs_conn_sync: connectionsBySource,
  ip_vs_stats: statistics,
  ip_vs_stats_percpu: statisticsPerCpu,
};

/** Ticks of a second, in which the kernel tells how long a client stays; as distributions mostly build it (CONFIG_HZ). */
const HZ = 250;

const VERSION = "IP Virtual Server version 1.2.1 (size=4096)\n";

function services(ns: NetworkNamespace): string {
  const head = `${VERSION}Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n`;
  return head + ipvsOf(ns).services.map(serviceLines).join("");
}

function serviceLines(service: IpvsService): string {
  const address = `${hex(service.address, 8)}:${hex(service.port, 4)}`;
  const name = service.scheduler.name;
  const ops = service.onePacket ? "ops " : "";
  const head =
    service.fwmark === 0
      ? `${protocolName(service.protocol)}  ${address} ${name} ${ops} `
      : `FWM  ${hex(service.fwmark, 8)} ${name} ${ops}`;
  const { persistence, netmask } = service;
  const persistent = persistence === 0 ? "\n" : `persistent ${persistence * HZ} ${hex(netmask, 8)}\n`;
  const lines = service.destinations.map((d) => {
    const cells = [
      methodName(d.method).padEnd(7),
      String(d.weight).padEnd(6),
      String(d.activeConnections).padEnd(10),
      String(d.inactiveConnections).padEnd(10),
    ];
    return `  -> ${hex(d.address, 8)}:${hex(d.port, 4)}      ${cells.join(" ")}\n`;
  });
  return head + persistent + lines.join("");
}

/** The name of a connection's state (ip_vs_state_name). */
export function stateName(connection: IpvsConnection): string {
  if (connection.isTemplate) return (connection.state & TEMPLATE_ASSURED) !== 0 ? "ASSURED" : "NONE";
  return connection.protocol === ipv4.PROTO_TCP
    ? tcpStateName(connection.state)
    : connection.protocol === ipv4.PROTO_UDP
      ? "UDP"
      : "NONE";
}

/** Whole seconds until a connection ends. */
export function secondsLeft(ns: NetworkNamespace, connection: IpvsConnection): number {
  return Math.max(0, Math.floor((connection.expires - ns.world.now) / SECOND));
}

function addresses(c: IpvsConnection): string {
  const pair = (address: number, port: number): string => `${hex(address, 8)} ${hex(port, 4)}`;
  return `${protocolName(c.protocol).padEnd(3)} ${pair(c.clientAddress, c.clientPort)} ${pair(c.virtualAddress, c.virtualPort)} ${pair(c.address, c.port)}`;
}

function connections(ns: NetworkNamespace): string {
  const head = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
  const lines = [...ipvsOf(ns).connections.list()].map(
    (c) => `${addresses(c)} ${stateName(c).padEnd(11)} ${String(secondsLeft(ns, c)).padStart(7)}\n`,
  );
  return head + lines.join("");
}

function connectionsBySource(ns: NetworkNamespace): string {
  const head = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires\n";
  const lines = [...ipvsOf(ns).connections.list()].map(
    (c) => `${addresses(c)} ${stateName(c).padEnd(11)} LOCAL  ${String(secondsLeft(ns, c)).padStart(7)}\n`,
  );
  return head + lines.join("");
}

function hexCells(counts: Counts): string {
  const x = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width);
  return `${x(counts.connections, 8)} ${x(counts.inPackets, 8)} ${x(counts.outPackets, 8)} ${x(counts.inBytes, 16)} ${x(counts.outBytes, 16)}`;
}

function statistics(ns: NetworkNamespace): string {
  const ipvs = ipvsOf(ns);
  ipvs.estimate();
  return (
    "   Total Incoming Outgoing         Incoming         Outgoing\n" +
    "   Conns  Packets  Packets            Bytes            Bytes\n" +
    `${hexCells(ipvs.statistics.shown)}\n\n` +
    " Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n" +
    `${hexCells(ipvs.statistics.perSecond)}\n`
  );
}

function statisticsPerCpu(ns: NetworkNamespace): string {
  const ipvs = ipvsOf(ns);
  ipvs.estimate();
  return (
    "       Total Incoming Outgoing         Incoming         Outgoing\n" +
    "CPU    Conns  Packets  Packets            Bytes            Bytes\n" +
    `  0 ${hexCells(ipvs.statistics.shown)}\n` +
    `  ~ ${hexCells(ipvs.statistics.shown)}\n\n` +
    "     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n" +
    `    ${hexCells(ipvs.statistics.perSecond)}\n`
  );
}
