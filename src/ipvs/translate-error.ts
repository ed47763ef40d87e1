import { setAddress } from "../net/rewrite-addresses.ts";
import { finishChecksum } from "../sim/finish-checksum.ts";
import type { Packet } from "../sim/packet.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";

/** Where the ports lie in a TCP or UDP header. */
const SRC_PORT = 0;
const DST_PORT = 2;

/**
 * Translates an ICMP error and the packet that it quotes (ip_vs_nat_icmp): towards the client the error's source and the
 * quoted destination become the virtual address; else the error's destination and the quoted source the real one. The
 * quoted transport checksum stays as it was.
 */
export function translateError(packet: Packet, toClient: boolean, address: number, port: number): void {
  const { view, networkAt: at } = packet;
  finishChecksum(packet);
  const message = at + ipv4.headerLength(view, at);
  const quoted = message + icmp.HEADER_LEN;
  setAddress(view, at, toClient, address);
  setAddress(view, quoted, !toClient, address);
  view.setUint16(quoted + ipv4.headerLength(view, quoted) + (toClient ? DST_PORT : SRC_PORT), port);
  icmp.fillChecksum(view, message, packet.at + packet.length - message);
}
