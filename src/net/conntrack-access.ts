import type { Packet } from "../sim/packet.ts";

/**
 * What others need of a namespace's connection tracking (nf_conntrack), by which its room registers as `ns.conntrack`.
 * Addresses are int32; everything is about the tracked connection that a packet belongs to at this moment.
 */
export interface ConntrackAccess {
  /** How many connections there are. */
  readonly count: number;
  /** The packet is against the direction of the one that made its connection; null when it has none (nf_ct_get). */
  isReply(packet: Packet): boolean | null;
  /** Its connection has been confirmed: a packet of it left this namespace or was delivered before. */
  isConfirmed(packet: Packet): boolean;
  /**
   * What this host says about a packet is RELATED to the packet's connection, against its direction, and is not tracked
   * anew (nf_ct_attach).
   */
  attach(answer: Packet, packet: Packet): void;
  /** The packet's connection of TCP is closed from here on, by whoever refuses the packet (nf_ct_set_closing). */
  close(packet: Packet): void;
  /** A packet with a connection is UNTRACKED from here on (ip_vs_notrack). */
  untrack(packet: Packet): void;
  /**
   * The packet is the first of a connection, not confirmed yet, in its original direction: answers will come from there
   * (nf_conntrack_alter_reply). Otherwise nothing changes.
   */
  alterReplySource(packet: Packet, address: number, port: number): void;
  /** Ends the connection whose first packet went so, as if its time were over (nf_ct_kill). */
  kill(protocol: number, src: number, srcPort: number, dst: number, dstPort: number): void;
}
