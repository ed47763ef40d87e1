import type { PortRange, UdpInfo } from "../../netfilter/match-ports.ts";
import { type ServiceProtocol, serviceOfPort } from "./services.ts";

/** `spt:80 dpts:!1:2` of a list. */
export function listedPorts(info: UdpInfo, protocol: ServiceProtocol, numeric: boolean): string {
  const port = (value: number): string => (numeric ? null : serviceOfPort(value, protocol)) ?? `${value}`;
  const text = (name: string, ports: PortRange | undefined, not: true | undefined): string => {
    if (ports === undefined) return "";
    const [from, to] = ports;
    const sign = not ? "!" : "";
    return from === to ? ` ${name}:${sign}${port(from)}` : ` ${name}s:${sign}${port(from)}:${port(to)}`;
  };
  return text("spt", info.sport, info.notSport) + text("dpt", info.dport, info.notDport);
}

/** `--sport 80 ! --dport 1:2` of a saved rule. */
export function savedPorts(info: UdpInfo): string[] {
  const text = (name: string, ports: PortRange | undefined, not: true | undefined): string[] => {
    if (ports === undefined) return [];
    const [from, to] = ports;
    return [`${not ? "! " : ""}--${name} ${from === to ? from : `${from}:${to}`}`];
  };
  return [...text("sport", info.sport, info.notSport), ...text("dport", info.dport, info.notDport)];
}

/** The ports of a rule, without those that ask nothing. */
export function portsInfo(
  sport: PortRange | undefined,
  notSport: boolean,
  dport: PortRange | undefined,
  notDport: boolean,
): Omit<UdpInfo, "name"> {
  const asks = (ports: PortRange | undefined, not: boolean): boolean =>
    ports !== undefined && (ports[0] !== 0 || ports[1] !== 65535 || not);
  return {
    ...(asks(sport, notSport) ? { sport: sport! } : {}),
    ...(asks(sport, notSport) && notSport ? { notSport: true as const } : {}),
    ...(asks(dport, notDport) ? { dport: dport! } : {}),
    ...(asks(dport, notDport) && notDport ? { notDport: true as const } : {}),
  };
}
