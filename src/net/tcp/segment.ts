import type { Packet } from "../../sim/packet.ts";
import * as tcp from "../../wire/tcp.ts";
import * as options from "../../wire/tcp-options.ts";

const MAX_SACKS = 4;
/** The four bytes with which a segment that carries timestamps alone begins its options. */
const ALIGNED_TIMESTAMPS = (options.NOP << 24) | (options.NOP << 16) | (options.TIMESTAMPS << 8) | 10;

/**
 * A segment that has arrived, taken apart (struct tcphdr, tcp_skb_cb and tcp_options_received in one). There is one of
 * these for each namespace: a segment is dealt with before the next one comes.
 */
export class Segment {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the TCP header begins. */
  at = 0;
  src = 0;
  dst = 0;
  srcPort = 0;
  dstPort = 0;
  /** Int32, as all sequence numbers here. */
  sequence = 0;
  acknowledgment = 0;
  flags = 0;
  /** As it stands on the wire, not scaled. */
  window = 0;
  /** Where the payload begins, and how long it is. */
  dataAt = 0;
  dataLength = 0;
  /** The sequence number behind the segment: SYN and FIN count one each (SEG.SEQ + SEG.LEN). */
  end = 0;
  hasTimestamps = false;
  timestamp = 0;
  echo = 0;
  sacks = 0;
  readonly sackLeft: Int32Array = new Int32Array(MAX_SACKS);
  readonly sackRight: Int32Array = new Int32Array(MAX_SACKS);
  /** What only a SYN may carry: 0 for no MSS, -1 for no window scale. */
  mss = 0;
  windowScale = -1;
  sackPermitted = false;

  /** Reads a TCP segment of `length` bytes at `packet.transportAt`; its header fits. */
  read(packet: Packet, src: number, dst: number, length: number): void {
    const view = packet.view;
    const at = packet.transportAt;
    const header = tcp.headerLength(view, at);
    const flags = tcp.flags(view, at);
    this.view = view;
    this.at = at;
    this.src = src;
    this.dst = dst;
    this.srcPort = tcp.srcPort(view, at);
    this.dstPort = tcp.dstPort(view, at);
    this.sequence = tcp.sequence(view, at);
    this.acknowledgment = tcp.acknowledgment(view, at);
    this.flags = flags;
    this.window = tcp.window(view, at);
    this.dataAt = at + header;
    this.dataLength = length - header;
    this.end = (this.sequence + this.dataLength + (flags & tcp.FIN) + ((flags & tcp.SYN) >>> 1)) | 0;
    this.hasTimestamps = false;
    this.sacks = 0;
    if (header === tcp.HEADER_LEN) {
      if ((flags & tcp.SYN) !== 0) this.#withoutOptions();
      return;
    }
    if (header === tcp.HEADER_LEN + 12 && view.getInt32(at + tcp.HEADER_LEN) === ALIGNED_TIMESTAMPS) {
      this.#readTimestamps(at + tcp.HEADER_LEN + 4);
      if ((flags & tcp.SYN) !== 0) this.#withoutOptions();
    } else this.#readOptions(at + tcp.HEADER_LEN, this.dataAt, (flags & tcp.SYN) !== 0);
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  #withoutOptions(): void {
    this.mss = 0;
    this.windowScale = -1;
    this.sackPermitted = false;
  }

  #readTimestamps(at: number): void {
    this.hasTimestamps = true;
    this.timestamp = this.view.getInt32(at);
    this.echo = this.view.getInt32(at + 4);
  }

  /** tcp_parse_options: what is malformed ends the list, and what went before it counts. */
  #readOptions(at: number, end: number, isSyn: boolean): void {
    this.#withoutOptions();
    const view = this.view;
    while (at < end) {
      const kind = view.getUint8(at);
      if (kind === options.END) return;
      if (kind === options.NOP) {
        at++;
        continue;
      }
      if (at + 2 > end) return;
      const size = view.getUint8(at + 1);
      if (size < 2 || at + size > end) return;
      if (kind === options.TIMESTAMPS && size === 10) this.#readTimestamps(at + 2);
      else if (kind === options.SACK && size >= 10 && (size - 2) % 8 === 0) this.#readSacks(at + 2, size - 2);
      else if (isSyn) this.#readSynOption(kind, at, size);
      at += size;
    }
  }

  #readSynOption(kind: number, at: number, size: number): void {
    const view = this.view;
    if (kind === options.MSS && size === 4) this.mss = view.getUint16(at + 2);
    else if (kind === options.WINDOW_SCALE && size === 3)
      this.windowScale = Math.min(14, view.getUint8(at + 2));
    else if (kind === options.SACK_PERMITTED && size === 2) this.sackPermitted = true;
  }

  #readSacks(at: number, length: number): void {
    this.sacks = Math.min(MAX_SACKS, length / 8);
    for (let i = 0; i < this.sacks; i++) {
      this.sackLeft[i] = this.view.getInt32(at + 8 * i);
      this.sackRight[i] = this.view.getInt32(at + 8 * i + 4);
    }
  }
}
