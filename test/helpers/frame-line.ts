import * as arp from "../../src/wire/arp.ts";
import * as checksum from "../../src/wire/checksum.ts";
import * as ethernet from "../../src/wire/ethernet.ts";
import * as icmp from "../../src/wire/icmp.ts";
import * as igmp from "../../src/wire/igmp.ts";
import * as ipv4 from "../../src/wire/ipv4.ts";
import * as ip from "../../src/wire/ipv4-address.ts";
import * as mac from "../../src/wire/mac.ts";
import * as tcp from "../../src/wire/tcp.ts";
import type { TcpOption } from "../../src/wire/tcp-options.ts";
import * as udp from "../../src/wire/udp.ts";
import * as vxlan from "../../src/wire/vxlan.ts";

const ICMP_NAMES: Readonly<Record<string, string>> = {
  "0/0": "echo-reply",
  "3/0": "net-unreachable",
  "3/1": "host-unreachable",
  "3/2": "protocol-unreachable",
  "3/3": "port-unreachable",
  "3/4": "frag-needed",
  "3/9": "net-prohibited",
  "3/10": "host-prohibited",
  "3/13": "admin-prohibited",
  "5/0": "redirect-net",
  "5/1": "redirect-host",
  "8/0": "echo-request",
  "11/0": "ttl-exceeded",
  "11/1": "reassembly-time-exceeded",
};

function isEphemeral(port: number): boolean {
  return port >= 32768 && port <= 60999 && !(port >= 33434 && port < 33474);
}

/** Names for what is random: each value has one name wherever it appears. Sequence numbers count from a stream's first. */
export class FrameNames {
  readonly #names: Map<string, string> = new Map();
  readonly #counts: Map<string, number> = new Map();
  readonly #streams: Map<string, number> = new Map();
  readonly #isChance: (port: number) => boolean;

  /** `isChance`: whether a port was drawn; those that Linux takes by itself (32768 to 60999, traceroute's aside) unless given. */
  constructor(isChance: (port: number) => boolean = isEphemeral) {
    this.#isChance = isChance;
  }

  /** Identifier of an echo: id1, id2 ... */
  echo(identifier: number): string {
    return this.#name("id", String(identifier));
  }

  /** A port; those of chance are eph1, eph2 ... */
  port(port: number): string {
    return this.#isChance(port) ? this.#name("eph", String(port)) : String(port);
  }

  /** A datagram that was cut: f1, f2 ... */
  fragment(datagram: string): string {
    return this.#name("f", datagram);
  }

  /** A sequence number, from the first that this stream showed; null for one of a stream that began earlier. */
  sequence(stream: string, value: number, first: boolean): number | null {
    if (first && !this.#streams.has(stream)) this.#streams.set(stream, value);
    const start = this.#streams.get(stream);
    return start === undefined ? null : (value - start) >>> 0;
  }

  #name(prefix: string, value: string): string {
    const key = `${prefix} ${value}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      const count = (this.#counts.get(prefix) ?? 0) + 1;
      this.#counts.set(prefix, count);
      name = `${prefix}${count}`;
      this.#names.set(key, name);
    }
    return name;
  }
}

/**
 * A frame in the words of the recordings of the real kernel. What is random has a name. Without names, identifiers of
 * echoes are left out and checksums, which are unfinished between virtual devices, are not looked at. A VXLAN source
 * port is always `hash`.
 */
export function frameLine(bytes: Uint8Array, names: FrameNames | null = null): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < ethernet.HEADER_LEN) return `cut short to ${bytes.length} bytes`;
  let at = ethernet.HEADER_LEN;
  let type = ethernet.type(view, 0);
  let vlan = "";
  if (type === ethernet.TYPE_VLAN) {
    vlan = ` vlan ${ethernet.vlanId(view, 0)}`;
    type = ethernet.innerType(view, 0);
    at += ethernet.TAG_LEN;
  }
  const src = mac.format(ethernet.srcHi(view, 0), ethernet.srcLo(view, 0));
  const dst = mac.format(ethernet.dstHi(view, 0), ethernet.dstLo(view, 0));
  return `${src} > ${dst}${vlan} len ${bytes.length}: ${bodyLine(type, bytes.subarray(at), names)}`;
}

function bodyLine(type: number, bytes: Uint8Array, names: FrameNames | null): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === ethernet.TYPE_ARP) return arpLine(view, bytes.length);
  if (type === ethernet.TYPE_IPV4) return ipLine(bytes, names, false);
  return type === ethernet.TYPE_IPV6 ? "ipv6" : `0x${type.toString(16).padStart(4, "0")}`;
}

function arpLine(view: DataView, length: number): string {
  const repr = arp.parse(view, 0, length);
  if (repr === null) return "arp malformed";
  const sender = ip.format(repr.senderIp);
  if (repr.operation !== arp.REQUEST)
    return `arp reply ${sender} is-at ${mac.format(repr.senderMac.hi, repr.senderMac.lo)}`;
  const { hi, lo } = repr.targetMac;
  const asked = hi === 0 && lo === 0 ? "" : ` (tha ${mac.format(hi, lo)})`;
  return `arp who-has ${ip.format(repr.targetIp)} tell ${sender}${asked}`;
}

/** `quoted`: inside an ICMP error, where a packet may be cut short and its checksums do not matter. */
function ipLine(bytes: Uint8Array, names: FrameNames | null, quoted: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < ipv4.HEADER_LEN) return "truncated";
  const src = ip.format(ipv4.src(view, 0));
  const dst = ip.format(ipv4.dst(view, 0));
  const tos = ipv4.tos(view, 0);
  const offset = ipv4.fragmentOffset(view, 0);
  const more = ipv4.moreFragments(view, 0);
  const protocol = ipv4.protocol(view, 0);
  const words = [`${src} > ${dst} ttl ${ipv4.ttl(view, 0)}`];
  if (ipv4.dontFragment(view, 0)) words.push("DF");
  if (tos !== 0) words.push(`tos 0x${tos.toString(16)}`);
  if (ipv4.isFragment(view, 0)) {
    const name = names?.fragment(`${src} ${dst} ${protocol} ${ipv4.id(view, 0)}`) ?? "id";
    words.push(`frag(${name} offset ${offset}${more ? " more" : ""})`);
  }
  const header = ipv4.headerLength(view, 0);
  const payload = bytes.subarray(header, quoted ? bytes.length : ipv4.totalLength(view, 0));
  if (offset > 0) words.push(`proto ${protocolName(protocol)} payload ${payload.length}`);
  else {
    const whole = names !== null && !quoted && !more;
    words.push(transportLine(protocol, payload, { src, dst, view, whole, more, names }));
  }
  if (names !== null && !checksum.isValid(view, 0, header)) words.push("badIpChecksum");
  return words.join(" ");
}

interface Around {
  readonly src: string;
  readonly dst: string;
  /** Of the IPv4 header. */
  readonly view: DataView;
  /** Neither a part nor quoted nor unfinished: a checksum can be checked. */
  readonly whole: boolean;
  readonly more: boolean;
  readonly names: FrameNames | null;
}

function protocolName(protocol: number): string {
  return { 1: "icmp", 6: "tcp", 17: "udp" }[protocol] ?? String(protocol);
}

function transportLine(protocol: number, payload: Uint8Array, around: Around): string {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (protocol === ipv4.PROTO_IGMP) return `proto igmp ${igmpLine(view)}`;
  const enough = payload.length >= 8;
  if (protocol === ipv4.PROTO_ICMP && enough) return icmpLine(payload, view, around);
  if (protocol === ipv4.PROTO_UDP && enough) return udpLine(payload, view, around);
  if (protocol === ipv4.PROTO_TCP && payload.length >= tcp.HEADER_LEN) return tcpLine(payload, view, around);
  return `proto ${protocolName(protocol)} payload ${payload.length}`;
}

function icmpLine(payload: Uint8Array, view: DataView, { whole, names }: Around): string {
  const type = icmp.type(view, 0);
  const kind = `${type}/${icmp.code(view, 0)}`;
  const words = [`icmp ${ICMP_NAMES[kind] ?? kind}`];
  if (type === icmp.ECHO_REQUEST || type === icmp.ECHO_REPLY) {
    if (names !== null) words.push(names.echo(icmp.identifier(view, 0)));
    words.push(`seq ${icmp.sequence(view, 0)} data ${payload.length - icmp.HEADER_LEN}`);
  } else {
    if (kind === "3/4") words.push(`mtu ${icmp.mtu(view, 0)}`);
    if (type === icmp.REDIRECT) words.push(`gw ${ip.format(icmp.gateway(view, 0))}`);
    const quote = payload.subarray(icmp.HEADER_LEN);
    words.push(`[quotes ${quote.length} bytes: ${ipLine(quote, names, true)}]`);
  }
  if (whole && !checksum.isValid(view, 0, payload.length)) words.push("badIcmpChecksum");
  return words.join(" ");
}

function udpLine(payload: Uint8Array, view: DataView, around: Around): string {
  const { names, whole, more } = around;
  const dst = udp.dstPort(view, 0);
  const tunnel = dst === vxlan.PORT;
  const port = (value: number): string => names?.port(value) ?? String(value);
  const ports =
    names === null && !tunnel ? port(dst) : `${tunnel ? "hash" : port(udp.srcPort(view, 0))}>${port(dst)}`;
  const words = [`udp ${ports} len ${udp.length(view, 0)}`];
  if (whole && udp.checksum(view, 0) === 0) words.push("nocsum");
  else if (whole && !udp.isChecksumValid(view, 0, ipv4.src(around.view, 0), ipv4.dst(around.view, 0)))
    words.push("badUdpChecksum");
  const inner = payload.subarray(udp.HEADER_LEN + vxlan.HEADER_LEN);
  if (tunnel && !more && inner.length > 0) {
    const header = udp.HEADER_LEN;
    const flags = vxlan.flags(view, header).toString(16).padStart(2, "0");
    words.push(`vxlan vni ${vxlan.vni(view, header)} flags 0x${flags} { ${frameLine(inner, names)} }`);
  }
  return words.join(" ");
}

const TCP_FLAGS: readonly (readonly [number, string])[] = [
  [tcp.SYN, "S"],
  [tcp.FIN, "F"],
  [tcp.RST, "R"],
  [tcp.PSH, "P"],
  [tcp.ACK, "."],
  [tcp.URG, "U"],
  [tcp.ECE, "E"],
  [tcp.CWR, "C"],
];

function tcpLine(payload: Uint8Array, view: DataView, around: Around): string {
  const { src, dst, names, whole } = around;
  const repr = tcp.parse(view, 0, payload.length);
  if (repr === null) return "tcp malformed";
  const port = (value: number): string => names?.port(value) ?? String(value);
  const flags = TCP_FLAGS.filter(([bit]) => (repr.flags & bit) !== 0).map(([, letter]) => letter);
  const there = `${src} ${repr.srcPort} ${dst} ${repr.dstPort}`;
  const back = `${dst} ${repr.dstPort} ${src} ${repr.srcPort}`;
  const sequence = names?.sequence(there, repr.sequence, (repr.flags & tcp.SYN) !== 0) ?? "-";
  const acknowledges = (repr.flags & tcp.ACK) !== 0;
  const ack = acknowledges ? (names?.sequence(back, repr.acknowledgment, false) ?? "unknown-stream") : "-";
  const words = [
    `tcp ${port(repr.srcPort)}>${port(repr.dstPort)} [${flags.join("")}] seq ${sequence} ack ${ack}`,
    `payload ${payload.length - tcp.headerLength(view, 0)} win ${repr.window}`,
  ];
  if (repr.options.length > 0) words.push(`<${repr.options.map(optionWord).join(",")}>`);
  const [from, to] = [ipv4.src(around.view, 0), ipv4.dst(around.view, 0)];
  if (whole && !tcp.isChecksumValid(view, 0, payload.length, from, to)) words.push("badTcpChecksum");
  return words.join(" ");
}

function optionWord(option: TcpOption): string {
  switch (option.kind) {
    case "mss":
      return `mss ${option.value}`;
    case "window-scale":
      return `wscale ${option.shift}`;
    case "sack-permitted":
      return "sackOK";
    case "timestamps":
      return "TS";
    case "other":
      return `opt${option.number}`;
    default:
      return option.kind;
  }
}

/** A report of version 3 as the recordings print it: each record's type and group. */
function igmpLine(view: DataView): string {
  const type = igmp.type(view, 0);
  const records: string[] = [];
  if (type === igmp.V3_REPORT) {
    for (let at = igmp.HEADER_LEN; at + 8 <= view.byteLength; at += 8)
      records.push(`[${view.getUint8(at)}, '${ip.format(view.getInt32(at + 4))}']`);
  }
  return `0x${type.toString(16)} ${records.length === 0 ? ip.format(igmp.group(view, 0)) : `[${records.join(", ")}]`}`;
}
