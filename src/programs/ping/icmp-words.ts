import * as icmp from "../../wire/icmp.ts";
import * as ip from "../../wire/ipv4-address.ts";

const unreachable: readonly string[] = [
  "Destination Net Unreachable",
  "Destination Host Unreachable",
  "Destination Protocol Unreachable",
  "Destination Port Unreachable",
  "Frag needed and DF set",
  "Source Route Failed",
  "Destination Net Unknown",
  "Destination Host Unknown",
  "Source Host Isolated",
  "Destination Net Prohibited",
  "Destination Host Prohibited",
  "Destination Net Unreachable for Type of Service",
  "Destination Host Unreachable for Type of Service",
  "Packet filtered",
  "Precedence Violation",
  "Precedence Cutoff",
];
const redirect: readonly string[] = [
  "Redirect Network",
  "Redirect Host",
  "Redirect Type of Service and Network",
  "Redirect Type of Service and Host",
];
const exceeded: readonly string[] = ["Time to live exceeded", "Frag reassembly time exceeded"];

/** An ICMP error in ping's words. `info` is the MTU, gateway or pointer that it carries. */
export function icmpWords(type: number, code: number, info: number): string {
  switch (type) {
    case icmp.DESTINATION_UNREACHABLE:
      if (code === icmp.FRAGMENTATION_NEEDED) return `${unreachable[code]} (mtu = ${info})`;
      return unreachable[code] ?? `Dest Unreachable, Bad Code: ${code}`;
    case icmp.SOURCE_QUENCH:
      return "Source Quench";
    case icmp.REDIRECT:
      return `${redirect[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${ip.format(info)})`;
    case icmp.TIME_EXCEEDED:
      return exceeded[code] ?? `Time exceeded, Bad Code: ${code}`;
    case icmp.PARAMETER_PROBLEM:
      return `Parameter problem: pointer = ${info}`;
    default:
      return `Bad ICMP type: ${type}`;
  }
}
