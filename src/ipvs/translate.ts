import { finishChecksum } from "../sim/finish-checksum.ts";
import type { Packet } from "../sim/packet.ts";
import * as checksum from "../wire/checksum.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";

/** Where the ports lie in a TCP or UDP header. */
const SRC_PORT = 0;
const DST_PORT = 2;

/** Gives a packet another source, and its checksums what follows from that. */
export function translateSource(packet: Packet, address: number, port: number): void {
  translate(packet, ipv4.SRC, SRC_PORT, address, port);
}

export function translateDestination(packet: Packet, address: number, port: number): void {
  translate(packet, ipv4.DST, DST_PORT, address, port);
}

function translate(packet: Packet, field: number, portField: number, address: number, port: number): void {
  const { view, networkAt: at } = packet;
  const before = view.getInt32(at + field);
  const transport = at + ipv4.headerLength(view, at);
  const portBefore = view.getUint16(transport + portField);
  setAddress(view, at, field, address);
  view.setUint16(transport + portField, port);
  const isUdp = ipv4.protocol(view, at) === ipv4.PROTO_UDP;
  const sumAt = transport + (isUdp ? udp.CHECKSUM : tcp.CHECKSUM);
  const sum = view.getUint16(sumAt);
  if (packet.checksumStart === transport) {
    // Unfinished: the field holds the sum of the pseudo header, in which there is no port.
    view.setUint16(sumAt, ~checksum.update32(~sum & 0xffff, before, address) & 0xffff);
  } else if (sum !== 0 || !isUdp) {
    const updated = checksum.update16(checksum.update32(sum, before, address), portBefore, port);
    view.setUint16(sumAt, updated === 0 && isUdp ? 0xffff : updated);
  }
}

/**
 * Translates an ICMP error and the packet that it quotes (ip_vs_nat_icmp): towards the client the error's source and the
 * quoted destination become the virtual address; else the error's destination and the quoted source the real one.
 */
export function translateError(packet: Packet, toClient: boolean, address: number, port: number): void {
  const { view, networkAt: at } = packet;
  finishChecksum(packet);
  const message = at + ipv4.headerLength(view, at);
  const quoted = message + icmp.HEADER_LEN;
  setAddress(view, at, toClient ? ipv4.SRC : ipv4.DST, address);
  setAddress(view, quoted, toClient ? ipv4.DST : ipv4.SRC, address);
  view.setUint16(quoted + ipv4.headerLength(view, quoted) + (toClient ? DST_PORT : SRC_PORT), port);
  icmp.fillChecksum(view, message, packet.at + packet.length - message);
}

/** Writes an address of the IPv4 header at `at`, and mends its checksum. */
function setAddress(view: DataView, at: number, field: number, address: number): void {
  const before = view.getInt32(at + field);
  view.setInt32(at + field, address);
  ipv4.setChecksum(view, at, checksum.update32(ipv4.checksum(view, at), before, address));
}
