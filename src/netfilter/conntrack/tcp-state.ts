import * as tcp from "../../wire/tcp.ts";

/** States of a TCP connection as the middle sees them (enum tcp_conntrack). */
export const TcpState = {
  NONE: 0,
  SYN_SENT: 1,
  SYN_RECV: 2,
  ESTABLISHED: 3,
  FIN_WAIT: 4,
  CLOSE_WAIT: 5,
  LAST_ACK: 6,
  TIME_WAIT: 7,
  CLOSE: 8,
  /** Both sides have sent a SYN (simultaneous open). */
  SYN_SENT2: 9,
} as const;

/** Their names, as `conntrack -L` and /proc/net/nf_conntrack print them. */
export const TCP_STATE_NAMES: readonly string[] = Object.keys(TcpState);

/** What may come of a segment besides a state: it does not count, or it cannot belong to the connection. */
export const IGNORED = 10;
export const INVALID = 11;

/** Kinds of segments, by their flags. */
export const TcpKind = { syn: 0, synAck: 1, fin: 2, ack: 3, rst: 4, none: 5 } as const;
const KINDS = 6;

/**
 * The state after a segment, for each state before it in the order of {@link TcpState}. A row is a kind of segment in
 * the order of {@link TcpKind}; letters are the first ones of states (`L`: LAST_ACK, `T`: TIME_WAIT, `C`: CLOSE, `W`:
 * CLOSE_WAIT), `-` is ignored, `x` is invalid. Facts of nf_conntrack_proto_tcp.c, tcp_conntracks.
 */
const ORIGINAL = ["SS-----SS2", "xxRxxxxxxR", "xxFFLLLTCx", "ExEEWWTTCx", "xCCCCCCCCC", "xxxxxxxxxx"];
const REPLY = ["x2xxxxxSx2", "xR-------R", "xxFFLLLTCx", "x-REWWTTC-", "xCCCCCCCCC", "xxxxxxxxxx"];
const LETTERS = "NSREFWLTC2-x";

const transitions: Uint8Array = Uint8Array.from(
  [...ORIGINAL, ...REPLY].flatMap((row) => [...row].map((letter) => LETTERS.indexOf(letter))),
);

/** The state after a segment of this kind, {@link IGNORED} or {@link INVALID}. */
export function nextState(reply: boolean, kind: number, state: number): number {
  return transitions[((reply ? KINDS : 0) + kind) * 10 + state]!;
}

export function kindOf(flags: number): number {
  if ((flags & tcp.RST) !== 0) return TcpKind.rst;
  if ((flags & tcp.SYN) !== 0) return (flags & tcp.ACK) !== 0 ? TcpKind.synAck : TcpKind.syn;
  if ((flags & tcp.FIN) !== 0) return TcpKind.fin;
  return (flags & tcp.ACK) !== 0 ? TcpKind.ack : TcpKind.none;
}

/** Bits of {@link TcpEnd.flags} (IP_CT_TCP_FLAG_*), in the kernel's numbers. */
export const TcpFlag = {
  windowScale: 1,
  sackPermitted: 2,
  closeInit: 4,
  beLiberal: 8,
  dataUnacknowledged: 16,
  maxAckSet: 32,
  /** Of {@link TcpTracking.lastFlags}: an ACK may be the challenge of a SYN that was let through (RFC 5961). */
  expectsChallenge: 64,
  simultaneousOpen: 128,
} as const;

/** What was seen of one end's window (struct ip_ct_tcp_state). Sequence numbers are int32 and wrap. */
export class TcpEnd {
  /** Behind the last byte that it sent. */
  end = 0;
  /** Behind the last byte that the other end lets it send. */
  maxEnd = 0;
  /** The largest window that it offered; 0: nothing was seen of it. */
  maxWindow = 0;
  /** The highest acknowledgment that it sent. */
  maxAck = 0;
  scale = 0;
  flags = 0;

  /** As at the start, but a connection that was picked up in the middle stays liberal. */
  reset(): void {
    this.end = 0;
    this.maxEnd = 0;
    this.maxWindow = 0;
    this.maxAck = 0;
    this.scale = 0;
    this.flags &= TcpFlag.beLiberal;
  }
}

/** What connection tracking knows of a TCP connection (struct ip_ct_tcp). */
export class TcpTracking {
  readonly original: TcpEnd = new TcpEnd();
  readonly reply: TcpEnd = new TcpEnd();
  state = 0;
  /** The last segment that counted, or that was let through without counting. */
  lastReply = false;
  lastKind: number = TcpKind.none;
  lastSequence = 0;
  lastAck = 0;
  lastEnd = 0;
  lastWindow = 0;
  lastScale = 0;
  lastFlags = 0;
  /** How often in a row the same segment came. */
  retransmissions = 0;

  end(reply: boolean): TcpEnd {
    return reply ? this.reply : this.original;
  }
}
