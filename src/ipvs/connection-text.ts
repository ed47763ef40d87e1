import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { IpvsConnection } from "./connection.ts";
import type { ForwardMethod } from "./connection-flags.ts";
import type { IpvsDestination } from "./destination.ts";
import type { IpvsService, ServiceKey } from "./service.ts";

/** `TCP`, `UDP`, or `IP` for a template of a mark's service. */
export function protocolName(protocol: number): string {
  if (protocol === ipv4.PROTO_TCP) return "TCP";
  return protocol === ipv4.PROTO_UDP ? "UDP" : "IP";
}

const methodNames: readonly string[] = ["Masq", "Local", "Tunnel", "Route", "Bypass"];

export function methodName(method: ForwardMethod): string {
  return methodNames[method]!;
}

function at(address: number, port: number): string {
  return `${ip.format(address)}:${port}`;
}

/** `TCP  10.0.0.1:80` or `FWM  256` */
function serviceName(service: ServiceKey): string {
  if (service.fwmark !== 0) return `FWM  ${service.fwmark}`;
  return `${protocolName(service.protocol)}  ${at(service.address, service.port)}`;
}

/** As the listing has it. */
export function serviceText(service: IpvsService): string {
  const persistent = service.persistence === 0 ? "" : ` persistent ${service.persistence}`;
  const ops = service.onePacket ? " ops" : "";
  return `${serviceName(service)} ${service.scheduler.name}${persistent}${ops}`;
}

export function destinationText(service: ServiceKey, d: IpvsDestination): string {
  return `${serviceName(service)} -> ${at(d.address, d.port)} ${methodName(d.method)} weight ${d.weight}`;
}

/** `TCP 172.10.0.100:40000 > 172.18.0.2:8080 -> 10.0.0.7:8080 Masq` */
export function connectionText(c: IpvsConnection): string {
  const client = at(c.clientAddress, c.clientPort);
  const asked = at(c.virtualAddress, c.virtualPort);
  const template = c.isTemplate ? " template" : "";
  return `${protocolName(c.protocol)} ${client} > ${asked} -> ${at(c.address, c.port)} ${methodName(c.method)}${template}`;
}
