import type { Scheduled } from "./event-queue.ts";
import type { Nanos } from "./time.ts";
import type { Trip } from "./trip.ts";

/** What a packet can be on its way to: a network device. */
export interface Receiver {
  receive(packet: Packet): void;
}

/** Bits of {@link Packet.flags}: what the IP stack has to remember of a packet from one step to the next. */
export const PacketFlag = {
  /** It came as a broadcast of the link layer (PACKET_BROADCAST). */
  linkBroadcast: 1,
  /** It came to a group of the link layer (PACKET_MULTICAST). */
  linkMulticast: 2,
  /** It comes from elsewhere and is passed on (IPSKB_FORWARDED). */
  forwarded: 4,
  /** The sender lets it be fragmented here although it has DF (skb->ignore_df). */
  ignoreDf: 8,
  /** The sender counts on the device's MTU, whatever is known of the path (IP_PMTUDISC_PROBE). */
  probesMtu: 16,
  /** The sender knows that the neighbour is alive (MSG_CONFIRM). */
  confirms: 32,
  /** No copy of this group datagram for this host (IP_MULTICAST_LOOP off). */
  notLooped: 64,
  /** It is for a broadcast address or a group that this host listens to (RTCF_BROADCAST, RTCF_MULTICAST). */
  toGroup: 128,
  /** A hook of OUTPUT changed what its way depends on: another way is to be found (ip_route_me_harder). */
  reroute: 256,
  /** A process sent it through a socket (skb->sk). */
  fromSocket: 512,
  /** Each rule that it matches writes that down (skb->nf_trace). */
  traced: 1024,
  /** It passes a bridge whose frames netfilter handles: {@link Packet.bridgeInput} and its like hold. */
  bridged: 2048,
  /** IPVS has handled it already (skb->ipvs_property). */
  ipvs: 4096,
  /** It went up from that bridge to the stack, whose PREROUTING it had passed already (sabotage_in_done). */
  leftBridge: 8192,
  /** The kernel sent it through a socket of its own: ICMP, a reset. */
  fromKernel: 16384,
  /** It came to the address of a bridge's port, and goes up to the bridge: for this host all the same (PACKET_HOST). */
  toPort: 32768,
} as const;

/** The world-wide number of a frame; 0 is none. */
export type FrameId = number;

/**
 * A frame in flight (the kernel's sk_buff): a slot of the pool's memory and what the stack knows of it. Objects of
 * this one shape are recycled by the pool; a stage that gives a packet away must not touch it again.
 *
 * Bytes `at` to `at + length` of `view` are the frame. Headers are pushed by moving `at` back into the headroom and
 * pulled by moving it on; nothing is copied.
 */
export class Packet implements Scheduled {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Where the slot begins and ends in `view`. */
  readonly base: number;
  readonly limit: number;
  at = 0;
  length = 0;
  /** Where the IP header and what follows it begin; meaningful from IP input or output on. */
  networkAt = 0;
  transportAt = 0;
  /** The device that it came in by, or goes to next (skb->dev). */
  device: Receiver | null = null;
  next: Packet | null = null;

  /** This frame; the frame it comes from (a copy, a fragment, what it encapsulates, what it answers); the first of all. */
  id: FrameId = 0;
  parent: FrameId = 0;
  origin: FrameId = 0;

  /**
   * Where the transport header begins whose checksum is unfinished (CHECKSUM_PARTIAL: the field holds the sum of the
   * pseudo header only), or 0; and how far into that header the field lies.
   */
  checksumStart = 0;
  checksumField = 0;
  /** False when the bytes may be wrong (netem corrupt, written by a program with all its headers): receivers must check the sums. */
  trusted = true;
  /** Damaged on purpose; captures mark it. */
  corrupted = false;

  mark = 0;
  /**
   * What connection tracking knows of the packet in the namespace where it is now (skb->_nfct): its connection, whose
   * shape only `netfilter` knows, and how it belongs to it, in numbers of `netfilter/conntrack`; null and 0 for a packet
   * that nobody has tracked, or that belongs to none.
   */
  connection: object | null = null;
  connectionInfo = 0;
  /** The ports of a bridge that it came in by and goes out of; they hold while it is `bridged` (nf_bridge_info). */
  bridgeInput: Receiver | null = null;
  bridgeOutput: Receiver | null = null;
  /** Hash of the flow (skb->hash), or 0 when not computed yet. */
  hash = 0;
  /** The longest fragment of a reassembled datagram that must not be fragmented again as larger pieces, or 0. */
  fragmentMax = 0;
  /** Bits of {@link PacketFlag}. */
  flags = 0;
  /** What is known of its way from the next device on, or null. */
  trip: Trip | null = null;
  /**
   * How many legs of the trip it has gone. While it has, all else here is as it was after the first of them. Negative: as
   * many legs, but handled by the stack, which is to add the next one to the trip.
   */
  legs = 0;
  /** On a trip of a class of flows: the port in which its flow differs from the others. */
  port = 0;
  /** The IPv4 identification that it has drawn for a header that is not written yet. */
  identification = 0;
  /** When a queue with delays lets it go. */
  due: Nanos = 0;

  constructor(view: DataView, bytes: Uint8Array, base: number, limit: number) {
    this.view = view;
    this.bytes = bytes;
    this.base = base;
    this.limit = limit;
  }

  /** It arrives where it was sent to. */
  fire(): void {
    if (this.legs > 0 && this.trip!.goOn(this)) return;
    this.device!.receive(this);
  }

  staysOn(): boolean {
    return this.legs > 0 && this.trip!.staysOn(this);
  }
}
