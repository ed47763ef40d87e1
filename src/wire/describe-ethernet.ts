/** The text of an Ethernet frame, alone or inside VXLAN. */
import { printArp } from "./describe-arp.ts";
import { printIpv4 } from "./describe-ipv4.ts";
import { printIpv6 } from "./describe-ipv6.ts";
import { printLlc } from "./describe-llc.ts";
import * as ethernet from "./ethernet.ts";
import * as ethertypes from "./ethertypes.ts";
import { hex, type Printer } from "./printer.ts";

const LENGTH_MAX = 1500;

function typeText(p: Printer, type: number): string {
  if (p.options.quiet) return ethertypes.nameOf(type) ?? `Unknown Ethertype (0x${hex(type, 4)})`;
  return `ethertype ${ethertypes.nameOf(type) ?? "Unknown"} (0x${hex(type, 4)})`;
}

/** `vlan 10, p 0` with `, DEI` where the bit stands. */
export function tagText(control: number): string {
  return `vlan ${control & 0xfff}, p ${control >>> 13}${(control & 0x1000) !== 0 ? ", DEI" : ""}`;
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x9100 || type === 0x9200 || type === 0x88a8;
}

/** Prints what an ethertype announces; false when nobody here understands the type. */
export function printByType(p: Printer, type: number, at: number, length: number): boolean {
  switch (type) {
    case ethernet.TYPE_IPV4:
      printIpv4(p, at, length);
      return true;
    case ethernet.TYPE_IPV6:
      printIpv6(p, at, length);
      return true;
    case ethernet.TYPE_ARP:
    case ethernet.TYPE_REVERSE_ARP:
      printArp(p, at, length);
      return true;
    default:
      return false;
  }
}

/** `length` is the frame's length on the wire, `captured` how much of it is there. */
export function printEthernet(p: Printer, at: number, length: number, captured: number): void {
  p.protocol = "ether";
  if (length < captured) {
    p.print(`[length ${length} < caplen ${captured}]`);
    p.invalid();
    return;
  }
  if (captured < ethernet.HEADER_LEN) {
    p.truncated();
    return;
  }
  const link = p.options.linkHeader;
  const addresses = `${p.mac(at + 6)} > ${p.mac(at)}, `;
  if (link) p.print(addresses);
  let type = p.u16(at + 12);
  let next = at + ethernet.HEADER_LEN;
  let separator = `, length ${length}: `;
  while (isTag(type)) {
    if (at + captured < next + ethernet.TAG_LEN) {
      p.protocol = "vlan";
      p.truncated();
      return;
    }
    if (link) {
      p.print(`${typeText(p, type)}${separator}${tagText(p.u16(next))}, `);
      separator = ", ";
    }
    type = p.u16(next + 2);
    next += ethernet.TAG_LEN;
  }
  const left = length - (next - at);
  if (type <= LENGTH_MAX) {
    const payload = Math.min(type, left);
    p.end = Math.min(p.end, next + payload);
    if (link) p.print(separator === ", " ? "802.3" : `802.3, length ${payload}: `);
    printLlc(p, next, payload, addresses);
    return;
  }
  if (link) p.print(typeText(p, type) + separator);
  if (printByType(p, type, next, left)) return;
  if (!link) p.print(`${addresses}${typeText(p, type)}, length ${length}: `);
  p.dumpUnknown(next, captured - (next - at));
}
