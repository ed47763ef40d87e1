import type { Packet } from "../sim/packet.ts";
import * as checksums from "../wire/checksum.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";

/**
 * Gives the packet whose IP header is at `ip` another source or destination, and mends its checksums incrementally
 * (nf_nat_manip_pkt, and IPVS alike). `port` is -1 where ports stay as they are; ICMP has its identifier there. The bytes
 * end at `end`: a packet that an ICMP error quotes may be cut off. A transport checksum that is unfinished stays so.
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
  const before = source ? ipv4.src(view, ip) : ipv4.dst(view, ip);
  const transport = ip + ipv4.headerLength(view, ip);
  if (before !== address) setAddress(view, ip, source, address);
  if (ipv4.fragmentOffset(view, ip) !== 0) return;
  switch (ipv4.protocol(view, ip)) {
    case ipv4.PROTO_TCP: {
      const hasChecksum = transport + tcp.HEADER_LEN <= end;
      rewritePorts(packet, transport, hasChecksum ? tcp.CHECKSUM : -1, source, before, address, port);
      return;
    }
    case ipv4.PROTO_UDP: {
      const hasChecksum =
        transport + udp.HEADER_LEN <= end &&
        (udp.checksum(view, transport) !== 0 || packet.checksumStart === transport);
      rewritePorts(packet, transport, hasChecksum ? udp.CHECKSUM : -1, source, before, address, port);
      if (hasChecksum && packet.checksumStart !== transport && udp.checksum(view, transport) === 0)
        udp.setChecksum(view, transport, 0xffff);
      return;
    }
    case ipv4.PROTO_ICMP:
      if (port >= 0 && icmp.oppositeType(icmp.type(view, transport)) >= 0)
        icmp.changeIdentifier(view, transport, port);
  }
}

/** Writes the source or destination of the IPv4 header at `ip`, and mends the header's own checksum. */
export function setAddress(view: DataView, ip: number, source: boolean, address: number): void {
  const at = ip + (source ? ipv4.SRC : ipv4.DST);
  const before = view.getInt32(at);
  view.setInt32(at, address);
  ipv4.setChecksum(view, ip, checksums.update32(ipv4.checksum(view, ip), before, address));
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
  // Both TCP and UDP begin with their ports.
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
