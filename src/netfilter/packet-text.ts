import type { NetDevice } from "../net/net-device.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import * as tcp from "../wire/tcp.ts";

/** What a log line tells beyond the usual (XT_LOG_*). */
export const LogFlag = { tcpSequence: 1, tcpOptions: 2, ipOptions: 4, uid: 8, macDecode: 32 } as const;

/** A packet as the kernel writes it in its log (net/netfilter/nf_log_syslog.c). */
export function packetText(
  prefix: string,
  packet: Packet,
  input: NetDevice | null,
  output: NetDevice | null,
  flags: number,
): string {
  const bridged = (packet.flags & PacketFlag.bridged) !== 0;
  const physIn = bridged ? (packet.bridgeInput as NetDevice | null) : null;
  const physOut = bridged ? (packet.bridgeOutput as NetDevice | null) : null;
  const end = packet.at + packet.length;
  return (
    `${prefix}IN=${input?.name ?? ""} OUT=${output?.name ?? ""} ` +
    (physIn !== null && physIn !== input ? `PHYSIN=${physIn.name} ` : "") +
    (physOut !== null && physOut !== output ? `PHYSOUT=${physOut.name} ` : "") +
    (input === null ? "" : linkText(packet, input, flags)) +
    ipText(packet.view, packet.networkAt, end, flags, true) +
    uidText(packet, flags) +
    (packet.mark === 0 ? "" : `MARK=0x${(packet.mark >>> 0).toString(16)} `)
  );
}

function uidText(packet: Packet, flags: number): string {
  const tells = (flags & LogFlag.uid) !== 0 && (packet.flags & PacketFlag.fromSocket) !== 0;
  return tells ? "UID=0 GID=0 " : "";
}

function linkText(packet: Packet, input: NetDevice, flags: number): string {
  const { view } = packet;
  const at = packet.networkAt - ethernet.HEADER_LEN;
  if ((flags & LogFlag.macDecode) !== 0 && !input.loopback) {
    const src = mac.format(ethernet.srcHi(view, at), ethernet.srcLo(view, at));
    const dst = mac.format(ethernet.dstHi(view, at), ethernet.dstLo(view, at));
    return `MACSRC=${src} MACDST=${dst} MACPROTO=${ethernet.type(view, at).toString(16).padStart(4, "0")} `;
  }
  return `MAC=${hexBytes(view, at, packet.networkAt, ":")} `;
}

function hexBytes(view: DataView, from: number, to: number, between: string): string {
  const bytes: string[] = [];
  for (let at = from; at < to; at++) bytes.push(view.getUint8(at).toString(16).padStart(2, "0"));
  return bytes.join(between);
}

function hex2(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;
}

function ipText(view: DataView, at: number, end: number, flags: number, outermost: boolean): string {
  if (end - at < ipv4.HEADER_LEN) return "TRUNCATED";
  const tos = ipv4.tos(view, at);
  const bits = ipv4.flagsOffset(view, at);
  const offset = bits & ipv4.OFFSET_MASK;
  const header = ipv4.headerLength(view, at);
  const text =
    `SRC=${ip.format(ipv4.src(view, at))} DST=${ip.format(ipv4.dst(view, at))} ` +
    `LEN=${ipv4.totalLength(view, at)} TOS=${hex2(tos & 0x1e)} PREC=${hex2(tos & 0xe0)} ` +
    `TTL=${ipv4.ttl(view, at)} ID=${ipv4.id(view, at)} ` +
    ((bits & 0x8000) !== 0 ? "CE " : "") +
    ((bits & ipv4.DONT_FRAGMENT) !== 0 ? "DF " : "") +
    ((bits & ipv4.MORE_FRAGMENTS) !== 0 ? "MF " : "") +
    (offset === 0 ? "" : `FRAG:${offset} `);
  const options =
    (flags & LogFlag.ipOptions) !== 0 && header > ipv4.HEADER_LEN
      ? `OPT (${hexBytes(view, at + ipv4.HEADER_LEN, at + header, "").toUpperCase()}) `
      : "";
  const inside = at + header;
  return text + options + protocolText(view, at, inside, end, offset !== 0, flags, outermost);
}

function protocolText(
  view: DataView,
  ipAt: number,
  at: number,
  end: number,
  fragment: boolean,
  flags: number,
  outermost: boolean,
): string {
  const protocol = ipv4.protocol(view, ipAt);
  const left = end - at;
  const incomplete = `INCOMPLETE [${left} bytes] `;
  switch (protocol) {
    case ipv4.PROTO_TCP:
      if (fragment) return "PROTO=TCP ";
      return `PROTO=TCP ${left < tcp.HEADER_LEN ? incomplete : tcpText(view, at, left, flags)}`;
    case ipv4.PROTO_UDP:
      if (fragment) return "PROTO=UDP ";
      if (left < 8) return `PROTO=UDP ${incomplete}`;
      return `PROTO=UDP SPT=${view.getUint16(at)} DPT=${view.getUint16(at + 2)} LEN=${view.getUint16(at + 4)} `;
    case ipv4.PROTO_ICMP:
      if (fragment) return "PROTO=ICMP ";
      return `PROTO=ICMP ${left < 8 ? incomplete : icmpText(view, at, end, flags, outermost)}`;
    default:
      return `PROTO=${protocol} `;
  }
}

const TCP_FLAGS: readonly (readonly [string, number])[] = [
  ["CWR", tcp.CWR],
  ["ECE", tcp.ECE],
  ["URG", tcp.URG],
  ["ACK", tcp.ACK],
  ["PSH", tcp.PSH],
  ["RST", tcp.RST],
  ["SYN", tcp.SYN],
  ["FIN", tcp.FIN],
];

function tcpText(view: DataView, at: number, left: number, flags: number): string {
  const set = tcp.flags(view, at);
  const header = tcp.headerLength(view, at);
  const options = (flags & LogFlag.tcpOptions) !== 0 && header > tcp.HEADER_LEN && header <= left;
  return (
    `SPT=${tcp.srcPort(view, at)} DPT=${tcp.dstPort(view, at)} ` +
    ((flags & LogFlag.tcpSequence) === 0
      ? ""
      : `SEQ=${tcp.sequence(view, at) >>> 0} ACK=${tcp.acknowledgment(view, at) >>> 0} `) +
    `WINDOW=${tcp.window(view, at)} RES=0x${((view.getUint8(at + 12) & 15) << 2).toString(16).padStart(2, "0")} ` +
    TCP_FLAGS.map(([name, bit]) => ((set & bit) === 0 ? "" : `${name} `)).join("") +
    `URGP=${tcp.urgent(view, at)} ` +
    (options ? `OPT (${hexBytes(view, at + tcp.HEADER_LEN, at + header, "").toUpperCase()}) ` : "")
  );
}

function icmpText(view: DataView, at: number, end: number, flags: number, outermost: boolean): string {
  const type = view.getUint8(at);
  const code = view.getUint8(at + 1);
  const head = `TYPE=${type} CODE=${code} `;
  const quoted = outermost ? `[${ipText(view, at + 8, end, flags, false)}] ` : "";
  switch (type) {
    case 0:
    case 8:
      return `${head}ID=${view.getUint16(at + 4)} SEQ=${view.getUint16(at + 6)} `;
    case 12:
      return `${head}PARAMETER=${view.getUint8(at + 4)} `;
    case 5:
      return `${head}GATEWAY=${ip.format(view.getInt32(at + 4))} ${quoted}`;
    case 3:
      return `${head}${quoted}${code === 4 ? `MTU=${view.getUint16(at + 6)} ` : ""}`;
    case 4:
    case 11:
      return head + quoted;
    default:
      return head;
  }
}
