/** From an IP header to the protocol that it carries. */
import { printIcmp } from "./describe-icmp.ts";
import { printIgmp } from "./describe-igmp.ts";
import { printIpv4 } from "./describe-ipv4.ts";
import { printIpv6 } from "./describe-ipv6.ts";
import { printTcp } from "./describe-tcp.ts";
import { printUdp } from "./describe-udp.ts";
import type { Printer } from "./printer.ts";

/** What an IP header says of its payload. */
export interface Payload {
  readonly at: number;
  readonly length: number;
  readonly version: 4 | 6;
  readonly protocol: number;
  /** More fragments follow: the payload is not whole. */
  readonly fragmented: boolean;
  /** Where the IP header stands. */
  readonly header: number;
}

export function printTransport(p: Printer, payload: Payload): void {
  const { at, length, version, protocol } = payload;
  switch (protocol) {
    case 1:
      if (version === 4) printIcmp(p, at, length, payload.fragmented);
      else p.print("[ICMP requires IPv4] (invalid)");
      return;
    case 2:
      if (version === 4) printIgmp(p, at, length);
      else p.print("[IGMP requires IPv4] (invalid)");
      return;
    case 4:
      printIpv4(p, at, length);
      return;
    case 6:
      printTcp(p, payload);
      return;
    case 17:
      printUdp(p, payload);
      return;
    case 41:
      printIpv6(p, at, length);
      return;
    case 58:
      if (version === 6) p.print(`ICMP6, length ${length}`);
      else p.print("[ICMPv6 requires IPv6] (invalid)");
      return;
    case 59:
      p.print("no next header");
      return;
    case 77:
      p.print(` nd ${length}`);
      return;
    case 143:
      if (version === 4) {
        p.print("[Ethernet requires IPv6] (invalid)");
        return;
      }
      break;
  }
  p.print(` ip-proto-${protocol} ${length}`);
}

/** The sum of the pseudo header for the payload, as its checksum wants it. */
export function pseudoHeaderSum(p: Printer, payload: Payload, dst: number): number {
  const protocol = payload.protocol;
  if (payload.version === 4) {
    const src = p.u32(payload.header + 12);
    return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + payload.length;
  }
  let total = protocol + payload.length;
  for (let i = 8; i < 40; i += 2) total += p.u16(payload.header + i);
  return total;
}

/** `10.3.0.2` or `fe80::1` of the source and destination. */
export function addressesOf(p: Printer, payload: Payload): { readonly src: string; readonly dst: string } {
  const header = payload.header;
  return payload.version === 4
    ? { src: p.ipv4(header + 12), dst: p.ipv4(header + 16) }
    : { src: p.ipv6(header + 8), dst: p.ipv6(header + 24) };
}
