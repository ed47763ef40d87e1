import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { hex, littleEndian } from "./proc-hex.ts";
import { RawSocket } from "./raw-socket.ts";
import { RouteTable } from "./route-kind.ts";
import type { SnmpCounters } from "./snmp.ts";
import { sockstat, sockstat6, unix } from "./sock-stat.ts";
import { netstat, snmp as tcpSnmp } from "./tcp/proc-counters.ts";
import { tcp, tcp6 } from "./tcp/proc-tcp.ts";

/** Files of /proc/net as text: each is a function of a namespace (net/ipv4/*.c, net/core/net-procfs.c). */
export const procNet: Readonly<Record<string, (ns: NetworkNamespace) => string>> = {
  arp,
  dev,
  igmp,
  netstat,
  raw,
  route,
  snmp,
  sockstat,
  sockstat6,
  tcp,
  tcp6,
  udp,
  unix,
};

/** Lines that the kernel fills up with blanks to a fixed width (seq_setwidth, seq_pad). */
function padded(lines: readonly string[]): string {
  return lines.map((line) => `${line.padEnd(127)}\n`).join("");
}

export function arp(ns: NetworkNamespace): string {
  const head = "IP address       HW type     Flags       HW address            Mask     Device\n";
  const line = (address: number, flags: number, lladdr: string, device: string): string =>
    `${ip.format(address).padEnd(16)} 0x1         0x${flags.toString(16).padEnd(10)}${lladdr}     *        ${device}\n`;
  const lines = ns.neighbours
    .list()
    .filter((n) => n.state !== "NOARP")
    .map((n) =>
      line(
        n.address,
        n.state === "PERMANENT" ? 6 : n.valid ? 2 : 0,
        n.valid ? mac.format(n.macHi, n.macLo) : mac.format(0, 0),
        n.device.name,
      ),
    );
  const proxies = ns.neighbours.proxies
    .list()
    .map((p) => line(p.address, 0xc, mac.format(0, 0), p.device === null ? "*" : p.device.name));
  return head + lines.join("") + proxies.join("");
}

export function route(ns: NetworkNamespace): string {
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  const routes = ns.fib.table(RouteTable.main).list();
  const lines = routes
    .filter((r) => r.type !== "broadcast" && r.type !== "multicast")
    .map((r) => {
      const rejects = r.error !== null && r.type !== "blackhole" && r.type !== "throw";
      const flags = (rejects ? 0x200 : 0) | (r.gateway !== 0 ? 2 : 0) | (r.prefixLength === 32 ? 4 : 0) | 1;
      const name = r.device === null ? "*" : r.device.name;
      const mask = littleEndian(ip.netmask(r.prefixLength));
      return `${name}\t${littleEndian(r.dst)}\t${littleEndian(r.gateway)}\t${hex(flags, 4)}\t0\t0\t${r.metric}\t${mask}\t0\t0\t0`;
    });
  return padded([head, ...lines]);
}

export function dev(ns: NetworkNamespace): string {
  const head =
    "Inter-|   Receive                                                |  Transmit\n" +
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
  const pad = (value: number, width: number): string => String(value).padStart(width);
  const lines = ns.devices.map((device) => {
    const c = device.counters;
    const rx = `${pad(c.rxBytes, 7)} ${pad(c.rxPackets, 7)} ${pad(c.rxErrors, 4)} ${pad(c.rxDropped, 4)}    0     0          0 ${pad(c.multicast, 9)}`;
    const tx = `${pad(c.txBytes, 8)} ${pad(c.txPackets, 7)} ${pad(c.txErrors, 4)} ${pad(c.txDropped, 4)}    0     0 ${pad(c.carrierErrors, 7)}          0`;
    return `${device.name.padStart(6)}: ${rx} ${tx}\n`;
  });
  return head + lines.join("");
}

/** One line of /proc/net/udp or raw. `slot` is the hash bucket, `inode` the socket's number. */
function socketLine(
  slot: number,
  local: string,
  remote: string,
  connected: boolean,
  waiting: number,
  inode: number,
  drops: number,
): string {
  const state = connected ? "01" : "07";
  const queues = `00000000:${hex(waiting, 8)}`;
  const rest = `00:00000000 00000000     0        0 ${inode} 2 0000000000000000 ${drops}`;
  return `${slot}: ${local} ${remote} ${state} ${queues} ${rest}`;
}

const SOCKET_COLUMNS =
  "sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";
/** Sockets have no inodes here; they are numbered from a number as large as a real machine's. */
const FIRST_INODE = 20000;
const UDP_BUCKETS = 16384;

export function udp(ns: NetworkNamespace): string {
  const lines = ns.sockets
    .listUdp()
    .map((socket, i) => ({ socket, inode: FIRST_INODE + i, slot: socket.localPort & (UDP_BUCKETS - 1) }))
    .sort((a, b) => a.slot - b.slot)
    .map(({ socket, inode, slot }) =>
      socketLine(
        slot,
        `${littleEndian(socket.localAddress)}:${hex(socket.localPort, 4)}`,
        `${littleEndian(socket.remoteAddress)}:${hex(socket.remotePort, 4)}`,
        socket.remotePort !== 0,
        socket.waiting,
        inode,
        socket.drops,
      ),
    );
  return padded([`   ${SOCKET_COLUMNS}`, ...lines.map((line) => alignSlot(line, 5))]);
}

export function raw(ns: NetworkNamespace): string {
  const sockets = ns.sockets.listRaw().filter((s): s is RawSocket => s instanceof RawSocket);
  const lines = sockets.map((socket, i) =>
    alignSlot(
      socketLine(
        socket.protocol,
        `${littleEndian(socket.localAddress)}:${hex(socket.protocol, 4)}`,
        `${littleEndian(socket.remoteAddress)}:0000`,
        socket.remoteAddress !== 0,
        socket.waiting,
        FIRST_INODE + 10000 + i,
        socket.drops,
      ),
      4,
    ),
  );
  return [`  ${SOCKET_COLUMNS}`, ...lines].map((line) => `${line}\n`).join("");
}

function alignSlot(line: string, width: number): string {
  return " ".repeat(Math.max(0, width - line.indexOf(":"))) + line;
}

function igmp(ns: NetworkNamespace): string {
  const lines = ["Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter"];
  for (const device of ns.devices) {
    const groups = [...device.ipv4.groups].reverse();
    if (device.up) groups.push([ip.ALL_SYSTEMS, 1]);
    const count = String(groups.length).padStart(5);
    lines.push(`${device.ifindex}\t${device.name.padEnd(10)}: ${count}      V3`);
    for (const [group, users] of groups)
      lines.push(`\t\t\t\t${littleEndian(group)} ${String(users).padStart(5)} 0:00000000\t\t0`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function pair(name: string, fields: readonly (readonly [string, number])[]): string {
  const names = fields.map(([field]) => field).join(" ");
  return `${name}: ${names}\n${name}: ${fields.map(([, value]) => value).join(" ")}\n`;
}

const icmpTypes: readonly (readonly [string, number])[] = [
  ["DestUnreachs", 3],
  ["TimeExcds", 11],
  ["ParmProbs", 12],
  ["SrcQuenchs", 4],
  ["Redirects", 5],
  ["Echos", 8],
  ["EchoReps", 0],
  ["Timestamps", 13],
  ["TimestampReps", 14],
  ["AddrMasks", 17],
  ["AddrMaskReps", 18],
];

function icmpLines(s: SnmpCounters): string {
  const sum = (map: ReadonlyMap<number, number>): number => [...map.values()].reduce((a, b) => a + b, 0);
  const byName = (prefix: string, map: ReadonlyMap<number, number>): (readonly [string, number])[] =>
    icmpTypes.map(([name, type]) => [prefix + name, map.get(type) ?? 0] as const);
  const byType = (prefix: string, map: ReadonlyMap<number, number>): (readonly [string, number])[] =>
    [...map].sort(([a], [b]) => a - b).map(([type, value]) => [`${prefix}Type${type}`, value] as const);
  const main = pair("Icmp", [
    ["InMsgs", s.icmpInMsgs],
    ["InErrors", s.icmpInErrors],
    ["InCsumErrors", s.icmpInCsumErrors],
    ...byName("In", s.icmpIn),
    ["OutMsgs", sum(s.icmpOut)],
    ["OutErrors", s.icmpOutErrors],
    ["OutRateLimitGlobal", s.icmpOutRateLimitGlobal],
    ["OutRateLimitHost", s.icmpOutRateLimitHost],
    ...byName("Out", s.icmpOut),
  ]);
  const types = [...byType("In", s.icmpIn), ...byType("Out", s.icmpOut)];
  return main + (types.length === 0 ? "" : pair("IcmpMsg", types));
}

export function snmp(ns: NetworkNamespace): string {
  const s = ns.snmp;
  const udpFields: readonly (readonly [string, number])[] = [
    ["InDatagrams", s.udpInDatagrams],
    ["NoPorts", s.udpNoPorts],
    ["InErrors", s.udpInErrors],
    ["OutDatagrams", s.udpOutDatagrams],
    ["RcvbufErrors", s.udpRcvbufErrors],
    ["SndbufErrors", 0],
    ["InCsumErrors", s.udpInCsumErrors],
    ["IgnoredMulti", s.udpIgnoredMulti],
    ["MemErrors", 0],
  ];
  const ipFields: readonly (readonly [string, number])[] = [
    ["Forwarding", ns.ipv4.allConf.forwarding !== 0 ? 1 : 2],
    ["DefaultTTL", ns.ipv4.ip_default_ttl],
    ["InReceives", s.inReceives],
    ["InHdrErrors", s.inHdrErrors],
    ["InAddrErrors", s.inAddrErrors],
    ["ForwDatagrams", s.forwDatagrams],
    ["InUnknownProtos", s.inUnknownProtos],
    ["InDiscards", 0],
    ["InDelivers", s.inDelivers],
    ["OutRequests", s.outRequests],
    ["OutDiscards", 0],
    ["OutNoRoutes", s.outNoRoutes],
    ["ReasmTimeout", s.reasmTimeout],
    ["ReasmReqds", s.reasmReqds],
    ["ReasmOKs", s.reasmOks],
    ["ReasmFails", s.reasmFails],
    ["FragOKs", s.fragOks],
    ["FragFails", s.fragFails],
    ["FragCreates", s.fragCreates],
    ["OutTransmits", s.outTransmits],
  ];
  const lite = pair(
    "UdpLite",
    udpFields.map(([name]) => [name, 0] as const),
  );
  return pair("Ip", ipFields) + icmpLines(s) + tcpSnmp(ns) + pair("Udp", udpFields) + lite;
}
