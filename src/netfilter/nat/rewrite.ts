import type { Packet } from "../../sim/packet.ts";
import * as checksums from "../../wire/checksum.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcp from "../../wire/tcp.ts";
import * as udp from "../../wire/udp.ts";
import { icmpOpposite } from "../conntrack/icmp-types.ts";

const IP_CHECKSUM = 10;
const IP_SRC = 12;
const IP_DST = 16;
const TCP_CHECKSUM = 16;
const UDP_CHECKSUM = 6;
const ICMP_CHECKSUM = 2;
const ICMP_ID = 4;

/**
 * Gives the packet whose IP header is at `ip` another source or destination, and mends its checksums incrementally
 * (nf_nat_manip_pkt). `port` is -1 where ports stay as they are; ICMP has its identifier there. The bytes end at `end`:
 * a packet that an ICMP error quotes may be cut off. A transport checksum that is unfinished stays so.
 */
export function rewrite(
  packet: Packet,
  ip: number,
  end: number,
  source: boolean,
  address: number,
  port: number,
): void {
  const { view } = packet;
  const addressAt = ip + (source ? IP_SRC : IP_DST);
  const before = view.getInt32(addressAt);
  const protocol = ipv4.protocol(view, ip);
  const transport = ip + ipv4.headerLength(view, ip);
  if (before !== address) {
    view.setInt32(addressAt, address);
    view.setUint16(ip + IP_CHECKSUM, checksums.update32(view.getUint16(ip + IP_CHECKSUM), before, address));
  }
  if (ipv4.fragmentOffset(view, ip) !== 0) return;
  switch (protocol) {
    case ipv4.PROTO_TCP: {
      const hasChecksum = transport + tcp.HEADER_LEN <= end;
      rewritePorts(packet, transport, hasChecksum ? TCP_CHECKSUM : -1, source, before, address, port);
      return;
    }
    case ipv4.PROTO_UDP: {
      const hasChecksum =
        transport + udp.HEADER_LEN <= end &&
        (udp.checksum(view, transport) !== 0 || packet.checksumStart === transport);
      rewritePorts(packet, transport, hasChecksum ? UDP_CHECKSUM : -1, source, before, address, port);
      if (hasChecksum && packet.checksumStart !== transport && udp.checksum(view, transport) === 0)
        udp.setChecksum(view, transport, 0xffff);
      return;
    }
    case ipv4.PROTO_ICMP:
      rewriteIdentifier(view, transport, port);
  }
}

function rewritePorts(
  packet: Packet,
  transport: number,
  field: number,
  source: boolean,
  before: number,
  address: number,
  port: number,
): void {
  const { view } = packet;
  const portAt = transport + (source ? 0 : 2);
  const portBefore = view.getUint16(portAt);
  if (port >= 0) view.setUint16(portAt, port);
  if (field < 0) return;
  const at = transport + field;
  const sum = view.getUint16(at);
  if (packet.checksumStart === transport) {
    // The field holds the sum of the pseudo header, not its complement; ports are summed up when it is finished.
    view.setUint16(at, ~checksums.update32(~sum & 0xffff, before, address) & 0xffff);
    return;
  }
  let mended = before === address ? sum : checksums.update32(sum, before, address);
  if (port >= 0 && port !== portBefore) mended = checksums.update16(mended, portBefore, port);
  view.setUint16(at, mended);
}

function rewriteIdentifier(view: DataView, transport: number, identifier: number): void {
  if (identifier < 0 || icmpOpposite(icmp.type(view, transport)) < 0) return;
  const before = view.getUint16(transport + ICMP_ID);
  if (before === identifier) return;
  view.setUint16(transport + ICMP_ID, identifier);
  const sum = view.getUint16(transport + ICMP_CHECKSUM);
  view.setUint16(transport + ICMP_CHECKSUM, checksums.update16(sum, before, identifier));
}
