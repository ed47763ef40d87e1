import type { Packet } from "../sim/packet.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/**
 * What a packet leaves behind when it crosses to another device: its connection, and its mark where it enters another
 * namespace (skb_scrub_packet). Only worth calling when it has one of them.
 */
export function scrub(packet: Packet, from: NetworkNamespace, to: NetworkNamespace): void {
  packet.connection = null;
  packet.connectionInfo = 0;
  if (from !== to) packet.mark = 0;
}
