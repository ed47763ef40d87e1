import type { Scheduled } from "./event-queue.ts";
import type { Nanos } from "./time.ts";

/** What a packet can be on its way to: a network device. */
export interface Receiver {
  receive(packet: Packet): void;
}

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
  /** False when the bytes may be damaged (netem corrupt, injected from outside): receivers must check the sums. */
  trusted = true;
  /** Damaged on purpose; captures mark it. */
  corrupted = false;

  mark = 0;
  /** Hash of the flow (skb->hash), or 0 when not computed yet. */
  hash = 0;
  /** The longest fragment of a reassembled datagram that must not be fragmented again as larger pieces, or 0. */
  fragmentMax = 0;
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
    this.device!.receive(this);
  }
}
