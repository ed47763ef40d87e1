import type { Packet } from "../sim/packet.ts";

/**
 * What others need of a namespace's connection tracking (nf_conntrack), by which its room registers as `ns.conntrack`.
 * Addresses are int32; everything is about the tracked connection that a packet belongs to at this moment.
 */
export interface ConntrackAccess {
  /** The packet belongs to a connection that is tracked (nf_ct_get). */
  isTracked(packet: Packet): boolean;
  /** Its connection has been confirmed: a packet of it left this namespace or was delivered before. */
  isConfirmed(packet: Packet): boolean;
  /** From here on the packet is UNTRACKED. */
  untrack(packet: Packet): void;
  /**
   * The packet is the first of a connection, not confirmed yet, in its original direction: answers will come from there
   * (nf_conntrack_alter_reply). Otherwise nothing changes.
   */
  alterReplySource(packet: Packet, address: number, port: number): void;
  /** Ends a connection that is known by one of its tuples, as if its time were over (nf_ct_kill). */
  kill(protocol: number, src: number, srcPort: number, dst: number, dstPort: number): void;
}
