import { unsigned } from "../words.ts";
import { XtProblem } from "./xt-problem.ts";

/** The names of protocols as /etc/protocols of Debian has them. */
const PROTOCOLS = `
ip:0 hopopt:0 icmp:1 igmp:2 ggp:3 ipencap:4 st:5 tcp:6 egp:8 igp:9 pup:12 udp:17 hmp:20 xns-idp:22
rdp:27 iso-tp4:29 dccp:33 xtp:36 ddp:37 idpr-cmtp:38 ipv6:41 ipv6-route:43 ipv6-frag:44 idrp:45
rsvp:46 gre:47 esp:50 ah:51 skip:57 ipv6-icmp:58 ipv6-nonxt:59 ipv6-opts:60 rspf:73 vmtp:81 eigrp:88
ospf:89 ax.25:93 ipip:94 etherip:97 encap:98 pim:103 ipcomp:108 vrrp:112 l2tp:115 isis:124 sctp:132
fc:133 mobility-header:135 udplite:136 mpls-in-ip:137 manet:138 hip:139 shim6:140 wesp:141 rohc:142
ethernet:143 mptcp:262
`;

const byName: Map<string, number> = new Map();
const byNumber: Map<number, string> = new Map();
for (const [, name, number] of PROTOCOLS.matchAll(/(\S+?):(\d+)/g)) {
  byName.set(name!, Number(number));
  if (!byNumber.has(Number(number))) byNumber.set(Number(number), name!);
}

/** The names that iptables itself knows (xtables_chain_protos); the first of a number is the one that it prints. */
const OWN: readonly (readonly [string, number])[] = [
  ["tcp", 6],
  ["sctp", 132],
  ["udp", 17],
  ["udplite", 136],
  ["icmp", 1],
  ["icmpv6", 58],
  ["ipv6-icmp", 58],
  ["esp", 50],
  ["ah", 51],
  ["ipv6-mh", 135],
  ["mh", 135],
  ["all", 0],
];

/** Reads a protocol's number or name (xtables_parse_protocol). @throws {XtProblem} */
export function parseProtocol(text: string): number {
  const number = unsigned(text, 255);
  if (number !== null) return number;
  const known = text === "all" ? 0 : (byName.get(text) ?? OWN.find(([name]) => name === text)?.[1]);
  if (known === undefined) throw new XtProblem(`unknown protocol "${text}" specified`);
  return known;
}

/** The name in saved rules; null: the number is printed. */
export function savedProtocol(protocol: number): string | null {
  return protocol === 0 ? null : listedProtocol(protocol);
}

/** The name in lists; null: the number is printed. */
export function listedProtocol(protocol: number): string | null {
  if (protocol === 0) return "all";
  return byNumber.get(protocol) ?? OWN.find(([, number]) => number === protocol)?.[0] ?? null;
}
