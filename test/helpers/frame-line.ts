import * as arp from "../../src/wire/arp.ts";
import * as ethernet from "../../src/wire/ethernet.ts";
import * as icmp from "../../src/wire/icmp.ts";
import * as ipv4 from "../../src/wire/ipv4.ts";
import * as ip from "../../src/wire/ipv4-address.ts";
import * as mac from "../../src/wire/mac.ts";
import * as udp from "../../src/wire/udp.ts";
import * as vxlan from "../../src/wire/vxlan.ts";

/** A frame in the words of the recordings of the real kernel. Identifiers and VXLAN source ports are left out. */
export function frameLine(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { dst, src, type } = ethernet.parse(view, 0, bytes.length)!;
  const body =
    type === ethernet.TYPE_ARP
      ? arpLine(view, ethernet.HEADER_LEN)
      : ipLine(view, ethernet.HEADER_LEN, bytes.subarray(ethernet.HEADER_LEN));
  return `${mac.format(src.hi, src.lo)} > ${mac.format(dst.hi, dst.lo)} len ${bytes.length}: ${body}`;
}

function arpLine(view: DataView, at: number): string {
  const sender = ip.format(arp.senderIp(view, at));
  if (arp.operation(view, at) === arp.REQUEST)
    return `arp who-has ${ip.format(arp.targetIp(view, at))} tell ${sender}`;
  return `arp reply ${sender} is-at ${mac.format(arp.senderHi(view, at), arp.senderLo(view, at))}`;
}

function ipLine(view: DataView, at: number, bytes: Uint8Array): string {
  const header = ipv4.parse(view, at, bytes.length)!;
  const tos = header.tos === 0 ? "" : ` tos 0x${header.tos.toString(16)}`;
  const df = header.dontFragment ? " DF" : "";
  const body = at + ipv4.HEADER_LEN;
  const text = `${ip.format(header.src)} > ${ip.format(header.dst)} ttl ${header.ttl}${df}${tos}`;
  if (header.protocol === ipv4.PROTO_ICMP) return `${text} ${icmpLine(view, body, header.payloadLength)}`;
  if (header.protocol !== ipv4.PROTO_UDP) return `${text} proto ${header.protocol}`;
  const port = udp.dstPort(view, body);
  const length = udp.length(view, body);
  if (port !== vxlan.PORT) return `${text} udp ${port} len ${length}`;
  const inner = bytes.subarray(ipv4.HEADER_LEN + udp.HEADER_LEN + vxlan.HEADER_LEN);
  const vni = vxlan.vni(view, body + udp.HEADER_LEN);
  return `${text} udp hash>4789 len ${length} vxlan vni ${vni} flags 0x08 { ${frameLine(inner)} }`;
}

function icmpLine(view: DataView, at: number, length: number): string {
  switch (icmp.type(view, at)) {
    case icmp.ECHO_REQUEST:
      return `icmp echo-request seq ${icmp.sequence(view, at)} data ${length - 8}`;
    case icmp.ECHO_REPLY:
      return `icmp echo-reply seq ${icmp.sequence(view, at)} data ${length - 8}`;
    default:
      return `icmp type ${icmp.type(view, at)} code ${icmp.code(view, at)} mtu ${icmp.mtu(view, at)}`;
  }
}
