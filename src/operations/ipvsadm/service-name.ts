import type { ServiceKey } from "../../ipvs/service.ts";
import * as ip from "../../wire/ipv4-address.ts";

/** A virtual service as an operation names it: by protocol, address and port, or by its firewall mark. */
export interface ServiceName {
  readonly protocol?: "tcp" | "udp" | "sctp";
  readonly address?: string;
  readonly port?: number;
  readonly fwmark?: number;
}

const numbers = { tcp: 6, udp: 17, sctp: 132 } as const;
const options = { tcp: "-t", udp: "-u", sctp: "--sctp-service" } as const;

export function keyOf(name: ServiceName): ServiceKey {
  return {
    protocol: numbers[name.protocol ?? "tcp"],
    address: ip.parse(name.address ?? "0.0.0.0")!,
    port: name.port ?? 0,
    fwmark: name.fwmark ?? 0,
  };
}

/** `-t 10.0.0.1:80` or `-f 256` */
export function wordsOf(name: ServiceName): readonly string[] {
  if (name.fwmark !== undefined) return ["-f", String(name.fwmark)];
  return [options[name.protocol ?? "tcp"], `${name.address}:${name.port}`];
}
