import type { RunningResolver } from "../dns/embedded-resolver.ts";
import type { DriverHost } from "./driver-host.ts";

const SERVER = "127.0.0.11";
const CHAINS = [
  ["OUTPUT", "DOCKER_OUTPUT"],
  ["POSTROUTING", "DOCKER_POSTROUTING"],
] as const;

/** Leads what the container asks port 53 of 127.0.0.11 to the ports on which the server really listens (resolver_unix.go). */
export function programDns(inside: DriverHost, { udpPort, tcpPort }: RunningResolver): void {
  inside.probeIptables();
  for (const [from, chain] of CHAINS) {
    if (inside.hasRule("nat", from, `-d ${SERVER} -j ${chain}`)) inside.iptables(`-t nat -F ${chain}`);
    else {
      inside.iptables(`-t nat -N ${chain}`);
      inside.iptables(`-t nat -I ${from} -d ${SERVER} -j ${chain}`);
    }
  }
  for (const [protocol, port] of [
    ["udp", udpPort],
    ["tcp", tcpPort],
  ] as const) {
    inside.iptables(
      `-t nat -I DOCKER_OUTPUT -d ${SERVER} -p ${protocol} --dport 53 -j DNAT --to-destination ${SERVER}:${port}`,
    );
    inside.iptables(
      `-t nat -I DOCKER_POSTROUTING -s ${SERVER} -p ${protocol} --sport ${port} -j SNAT --to-source :53`,
    );
  }
}
