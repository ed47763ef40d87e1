import type { IpvsConnection } from "../../ipvs/connection.ts";
import { methodName, protocolName } from "../../ipvs/connection-text.ts";
import type { IpvsDestination } from "../../ipvs/destination.ts";
import { ipvsOf } from "../../ipvs/ipvs.ts";
import { secondsLeft, stateName } from "../../ipvs/proc-ip-vs.ts";
import type { IpvsService } from "../../ipvs/service.ts";
import type { Statistics } from "../../ipvs/statistics.ts";
import { TcpState } from "../../ipvs/tcp-state.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { InNamespace, QuestionRecord } from "../operation.ts";
import { ToolError } from "../tool-error.ts";
import { serviceOfPort } from "../xtables/services.ts";
import { keyOf, type ServiceName, wordsOf } from "./service-name.ts";
import { schedulerFlagNames } from "./service-operations.ts";

/** What `ipvsadm -L` shows. */
export type IpvsView =
  | "services"
  | "connections"
  | "timeout"
  | "daemon"
  | "stats"
  | "rate"
  | "thresholds"
  | "persistent-conn"
  | "tun-info";

/** `ipvsadm -L` */
export interface IpvsShow extends InNamespace {
  readonly ask: "ipvs-show";
  readonly view: IpvsView;
  readonly service?: ServiceName;
  readonly numeric?: true;
  /** Numbers to the last digit. */
  readonly exact?: true;
  /** Of connections: with the data of persistence engines, of which there are none. */
  readonly engines?: true;
  /** In the kernel's order. */
  readonly unsorted?: true;
}

/** `ipvsadm -S` */
export interface IpvsSave extends InNamespace {
  readonly ask: "ipvs-save";
  readonly numeric?: true;
}

const viewWords: Readonly<Record<IpvsView, readonly string[]>> = {
  services: [],
  connections: ["-c"],
  timeout: ["--timeout"],
  daemon: ["--daemon"],
  stats: ["--stats"],
  rate: ["--rate"],
  thresholds: ["--thresholds"],
  "persistent-conn": ["--persistent-conn"],
  "tun-info": ["--tun-info"],
};

export const ipvsShow: QuestionRecord<IpvsShow> = {
  tool: "ipvsadm",
  words: ({ view, service, numeric, exact, engines, unsorted }) => [
    "-L",
    ...(numeric === undefined ? [] : ["-n"]),
    ...(service === undefined ? [] : wordsOf(service)),
    ...viewWords[view],
    ...(exact === undefined ? [] : ["--exact"]),
    ...(engines === undefined ? [] : ["--persistent-conn"]),
    ...(unsorted === undefined ? [] : ["--nosort"]),
  ],
  answer(question, { namespace }) {
    switch (question.view) {
      case "connections":
        return connections(namespace, question);
      case "timeout":
        return timeouts(namespace);
      case "daemon":
        return "";
      default:
        return services(namespace, question);
    }
  },
};

export const ipvsSave: QuestionRecord<IpvsSave> = {
  tool: "ipvsadm",
  words: ({ numeric }) => ["-S", ...(numeric === undefined ? [] : ["-n"])],
  answer(question, { namespace }) {
    return sorted(ipvsOf(namespace).services)
      .map((service) => saved(service, question.numeric === true))
      .join("");
  },
};

function timeouts(ns: NetworkNamespace): string {
  const { tcpTimeouts, udpTimeout } = ipvsOf(ns);
  const seconds = [tcpTimeouts[TcpState.established]!, tcpTimeouts[TcpState.finWait]!, udpTimeout];
  return `Timeout (tcp tcpfin udp): ${seconds.map((value) => value / SECOND).join(" ")}\n`;
}

/** By mark, protocol, address and port; addresses above 127.255.255.255 come first, as their difference overflows. */
function sorted(services: readonly IpvsService[]): readonly IpvsService[] {
  return [...services].sort(
    (a, b) =>
      a.fwmark - b.fwmark || a.protocol - b.protocol || (a.address - b.address) | 0 || a.port - b.port,
  );
}

function sortedServers(destinations: readonly IpvsDestination[]): readonly IpvsDestination[] {
  return [...destinations].sort((a, b) => (a.address - b.address) | 0 || a.port - b.port);
}

const heads: Readonly<Record<Exclude<IpvsView, "connections" | "timeout" | "daemon">, string>> = {
  services:
    "Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n",
  stats:
    "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\n",
  rate: "Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n  -> RemoteAddress:Port\n",
  thresholds:
    "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n  -> RemoteAddress:Port\n",
  "persistent-conn":
    "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n  -> RemoteAddress:Port\n",
  "tun-info":
    "Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn\n",
};

function services(ns: NetworkNamespace, question: IpvsShow): string {
  const ipvs = ipvsOf(ns);
  ipvs.estimate();
  const head = heads[question.view as keyof typeof heads];
  const wanted = question.service;
  let list = ipvs.services;
  let text = head;
  if (wanted === undefined) text = `IP Virtual Server version 1.2.1 (size=4096)\n${head}`;
  else {
    const key = keyOf(wanted);
    const service = ipvs.exact(key.protocol, key.address, key.port, key.fwmark);
    if (service === null) throw new ToolError("No such service", 1);
    list = [service];
  }
  if (question.unsorted === undefined) list = sorted(list);
  for (const service of list) text += serviceLines(service, question);
  return text;
}

function serviceLines(service: IpvsService, question: IpvsShow): string {
  const numeric = question.numeric === true;
  const servers =
    question.unsorted === undefined ? sortedServers(service.destinations) : service.destinations;
  const name = nameOf(service, numeric);
  const protocol = protocolText(service);
  const isCounted = question.view === "stats" || question.view === "rate";
  let text = isCounted
    ? `${name.padEnd(33)}${counted(service.statistics, question)}\n`
    : `${name}${flagsText(service)}\n`;
  for (const server of servers) {
    const plain = numeric || service.fwmark !== 0;
    const address = `  -> ${addressText(server.address, server.port, protocol, plain)}`;
    text += isCounted
      ? `${address.padEnd(33)}${counted(server.statistics, question)}\n`
      : `${address.padEnd(33)} ${serverCells(server, question.view)}\n`;
  }
  return text;
}

function protocolText(service: IpvsService): "tcp" | "udp" | "sctp" {
  return service.protocol === 17 ? "udp" : service.protocol === 132 ? "sctp" : "tcp";
}

function nameOf(service: IpvsService, numeric: boolean): string {
  if (service.fwmark !== 0) return `FWM  ${service.fwmark}`;
  const protocol = protocolText(service);
  return `${protocol.toUpperCase().padEnd(4)} ${addressText(service.address, service.port, protocol, numeric)}`;
}

function addressText(address: number, port: number, protocol: string, numeric: boolean): string {
  const host =
    !numeric && ip.isLoopback(address) && address === ip.LOOPBACK ? "localhost" : ip.format(address);
  const name = numeric ? null : serviceOfPort(port, protocol === "udp" ? "udp" : "tcp");
  return `${host}:${name ?? port}`;
}

function flagNames(service: IpvsService): string[] {
  const names = schedulerFlagNames[service.scheduler.name] ?? [];
  const known = names.length > 0;
  // Of a scheduler whose flags have names the others are not told.
  return service.schedulerFlags.flatMap((set, i) =>
    set ? (names[i] ?? (known ? [] : `flag-${i + 1}`)) : [],
  );
}

function flagsText(service: IpvsService): string {
  const flags = flagNames(service);
  let text = ` ${service.scheduler.name}`;
  if (service.schedulerFlags.includes(true)) text += ` (${flags.join(",")})`;
  if (service.persistence !== 0) {
    text += ` persistent ${service.persistence}`;
    if (service.netmask !== ip.BROADCAST) text += ` mask ${ip.format(service.netmask)}`;
  }
  return service.onePacket ? `${text} ops` : text;
}

function serverCells(d: IpvsDestination, view: IpvsView): string {
  const pad = (value: number | string, width: number): string => String(value).padEnd(width);
  const counts = [pad(d.activeConnections, 10), pad(d.inactiveConnections, 10)];
  switch (view) {
    case "thresholds":
      return [pad(d.upperThreshold, 10), pad(d.lowerThreshold, 10), ...counts].join(" ");
    case "persistent-conn":
      return [pad(d.weight, 9), pad(d.persistentConnections, 11), ...counts].join(" ");
    case "tun-info": {
      const tunnel = methodName(d.method) === "Tunnel" ? "ipip" : "n/a";
      return [pad(methodName(d.method), 7), pad(tunnel, 13), pad(d.weight, 6), ...counts].join(" ");
    }
    default:
      return [pad(methodName(d.method), 7), pad(d.weight, 6), ...counts].join(" ");
  }
}

function counted(statistics: Statistics, { view, exact }: IpvsShow): string {
  const counts = view === "rate" ? statistics.perSecond : statistics.shown;
  const { connections: conns, inPackets, outPackets, inBytes, outBytes } = counts;
  return [conns, inPackets, outPackets, inBytes, outBytes]
    .map((value) => large(value, exact === true))
    .join("");
}

/** A number in eight columns, large ones in K, M, G or T. */
function large(value: number, exact: boolean): string {
  if (exact) return String(value).padStart(9);
  if (value < 100_000_000) return String(value).padStart(9);
  const [unit, divisor] =
    value < 100_000_000_000 ? ["K", 1e3] : value < 100_000_000_000_000 ? ["M", 1e6] : ["G", 1e9];
  return `${String(Math.floor(value / (divisor as number))).padStart(8)}${unit}`;
}

function connections(ns: NetworkNamespace, { numeric, engines }: IpvsShow): string {
  const columns = "pro expire state       source             virtual            destination";
  const more = engines ? "        pe name          pe_data" : "";
  const head = `IPVS connection entries\n${columns}${more}\n`;
  const line = (c: IpvsConnection): string => {
    const seconds = secondsLeft(ns, c);
    const expire = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const name = protocolName(c.protocol);
    const protocol = name.toLowerCase();
    const show = (address: number, port: number): string =>
      addressText(address, port, protocol, numeric === true).padEnd(18);
    const cells = [name.padEnd(3), expire.padEnd(6), stateName(c).padEnd(11)];
    const ends = [
      show(c.clientAddress, c.clientPort),
      show(c.virtualAddress, c.virtualPort),
      addressText(c.address, c.port, protocol, numeric === true),
    ];
    return `${[...cells, ...ends].join(" ")}\n`;
  };
  return head + [...ipvsOf(ns).connections.list()].map(line).join("");
}

function saved(service: IpvsService, numeric: boolean): string {
  const protocol = protocolText(service);
  const option = { tcp: "-t", udp: "-u", sctp: "--sctp-service" }[protocol];
  const name =
    service.fwmark !== 0
      ? `-f ${service.fwmark}`
      : `${option} ${addressText(service.address, service.port, protocol, numeric)}`;
  let text = `-A ${name} -s ${service.scheduler.name}`;
  if (service.persistence !== 0) {
    text += ` -p ${service.persistence}`;
    if (service.netmask !== ip.BROADCAST) text += ` -M ${ip.format(service.netmask)}`;
  }
  if (service.onePacket) text += " -o";
  const flags = flagNames(service);
  if (service.schedulerFlags.includes(true)) text += ` -b ${flags.join(",")}`;
  text += "\n";
  for (const d of sortedServers(service.destinations)) {
    const server = addressText(d.address, d.port, protocol, numeric || service.fwmark !== 0);
    const method = methodName(d.method);
    const letter = method === "Masq" ? "-m" : method === "Tunnel" ? "-i" : "-g";
    const tunnel = letter === "-i" ? " --tun-type ipip" : "";
    text += `-a ${name} -r ${server} ${letter} -w ${d.weight}${tunnel}\n`;
  }
  return text;
}
