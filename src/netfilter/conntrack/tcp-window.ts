import { before } from "../../net/tcp/sequence.ts";
import * as tcp from "../../wire/tcp.ts";
import { type TcpEnd, TcpFlag, TcpKind, TcpState, type TcpTracking } from "./tcp-state.ts";

/** What the window says of a segment. */
export const WindowVerdict = { accept: 0, ignore: 1, invalid: 2 } as const;
export type WindowVerdict = (typeof WindowVerdict)[keyof typeof WindowVerdict];

/** An acknowledgment may be this much older than the newest data, at least. */
const MAX_ACK_WINDOW = 66000;
const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_WINDOW_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_SACK = 5;
const MAX_SCALE = 14;

/** The sequence number behind a segment of `length` bytes at `at`, header included. */
export function segmentEnd(view: DataView, at: number, length: number): number {
  const flags = tcp.flags(view, at);
  const payload = length - tcp.headerLength(view, at);
  const extra = ((flags & tcp.SYN) !== 0 ? 1 : 0) + ((flags & tcp.FIN) !== 0 ? 1 : 0);
  return (tcp.sequence(view, at) + payload + extra) | 0;
}

/** Learns from a SYN's options whether this end scales its window and takes selective acknowledgments. */
export function learnOptions(view: DataView, at: number, end: TcpEnd): void {
  let next = at + tcp.HEADER_LEN;
  const stop = at + tcp.headerLength(view, at);
  if (next === stop) return;
  end.scale = 0;
  end.flags &= TcpFlag.beLiberal;
  while (next < stop) {
    const kind = view.getUint8(next);
    if (kind === OPTION_END) return;
    if (kind === OPTION_NOP) {
      next++;
      continue;
    }
    if (next + 1 >= stop) return;
    const size = view.getUint8(next + 1);
    if (size < 2 || next + size > stop) return;
    if (kind === OPTION_SACK_PERMITTED && size === 2) end.flags |= TcpFlag.sackPermitted;
    else if (kind === OPTION_WINDOW_SCALE && size === 3) {
      end.scale = Math.min(view.getUint8(next + 2), MAX_SCALE);
      end.flags |= TcpFlag.windowScale;
    }
    next += size;
  }
}

/** The highest right edge of the SACK blocks, or `ack` when that is higher. */
function highestSack(view: DataView, at: number, ack: number): number {
  let highest = ack;
  let next = at + tcp.HEADER_LEN;
  const stop = at + tcp.headerLength(view, at);
  while (next < stop) {
    const kind = view.getUint8(next);
    if (kind === OPTION_END) return highest;
    if (kind === OPTION_NOP) {
      next++;
      continue;
    }
    if (next + 1 >= stop) return highest;
    const size = view.getUint8(next + 1);
    if (size < 2 || next + size > stop) return highest;
    if (kind === OPTION_SACK && size >= 10 && (size - 2) % 8 === 0) {
      for (let edge = next + 6; edge < next + size; edge += 8) {
        const right = view.getInt32(edge);
        if (before(highest, right)) highest = right;
      }
      return highest;
    }
    next += size;
  }
  return highest;
}

/** Begins to watch an end with its SYN or SYN+ACK. Both ends must want window scaling, or neither has it (RFC 7323). */
function begin(
  view: DataView,
  at: number,
  sender: TcpEnd,
  receiver: TcpEnd,
  end: number,
  reply: boolean,
): void {
  sender.end = end;
  sender.maxEnd = end;
  sender.maxWindow = tcp.window(view, at) || 1;
  learnOptions(view, at, sender);
  if (reply && (sender.flags & receiver.flags & TcpFlag.windowScale) === 0) {
    sender.scale = 0;
    receiver.scale = 0;
  }
}

/** How far behind the newest data an acknowledgment of this end may lie. */
function ackWindow(sender: TcpEnd): number {
  return sender.maxWindow > MAX_ACK_WINDOW ? sender.maxWindow : MAX_ACK_WINDOW;
}

/**
 * Whether a segment lies in the window, and what it tells of both ends (tcp_in_window; Guido van Rooij, "Real Stateful
 * TCP Packet Filtering in IP Filter"). Four bounds: no data beyond what the receiver offered; none that it has long had;
 * no acknowledgment of data that was never sent; none that is much too old. `liberal` accepts what is out of bounds.
 */
export function checkWindow(
  tracking: TcpTracking,
  reply: boolean,
  kind: number,
  view: DataView,
  at: number,
  length: number,
  liberal: boolean,
): WindowVerdict {
  const sender = tracking.end(reply);
  const receiver = tracking.end(!reply);
  const flags = tcp.flags(view, at);
  const isSyn = (flags & tcp.SYN) !== 0;
  const hasAck = (flags & tcp.ACK) !== 0;
  const raw = tcp.window(view, at);
  let sequence = tcp.sequence(view, at);
  let ack = tcp.acknowledgment(view, at);
  let end = segmentEnd(view, at, length);
  let sack = (receiver.flags & TcpFlag.sackPermitted) !== 0 ? highestSack(view, at, ack) : ack;

  if (sender.maxWindow === 0) {
    if (isSyn) {
      begin(view, at, sender, receiver, end, reply);
      if (!hasAck) return WindowVerdict.accept; // a simultaneous open
    } else pickUp(sender, receiver, end, sack, raw);
  } else if (
    isSyn &&
    before(sender.end, end) &&
    (tracking.state === TcpState.SYN_SENT || tracking.state === TcpState.SYN_RECV)
  ) {
    // The sender starts anew, with other numbers and perhaps other options.
    begin(view, at, sender, receiver, end, reply);
    if (reply && !hasAck) return WindowVerdict.accept;
  }

  // Without an acknowledgment, or with the zero of some old stacks' RST, it acknowledges what there is.
  if (!hasAck || ((flags & tcp.RST) !== 0 && ack === 0)) {
    ack = receiver.end;
    sack = ack;
  }
  if ((flags & tcp.RST) !== 0 && sequence === 0 && tracking.state === TcpState.SYN_SENT) {
    // A RST that answers a SYN has no number of its own.
    sequence = sender.end;
    end = sequence;
  }

  const verdict = bounds(sender, receiver, sequence, end, sack);
  if (verdict !== WindowVerdict.accept && !liberal && (sender.flags & TcpFlag.beLiberal) === 0)
    return verdict;
  if (verdict !== WindowVerdict.accept) return WindowVerdict.accept;

  const window = isSyn ? raw : raw << sender.scale;
  learn(sender, receiver, end, ack, sack, window, hasAck);
  if (kind === TcpKind.ack) countRetransmission(tracking, reply, sequence, ack, end, raw);
  return WindowVerdict.accept;
}

/** The connection was under way before anybody watched: what this segment says is taken for right. */
function pickUp(sender: TcpEnd, receiver: TcpEnd, end: number, sack: number, raw: number): void {
  sender.end = end;
  sender.maxWindow = raw << sender.scale || 1;
  sender.maxEnd = (end + sender.maxWindow) | 0;
  if (receiver.maxWindow === 0) {
    receiver.end = sack;
    receiver.maxEnd = sack;
  } else if (sack === ((receiver.end + 1) | 0)) receiver.end = sack; // the answer to a keepalive
}

function bounds(
  sender: TcpEnd,
  receiver: TcpEnd,
  sequence: number,
  end: number,
  sack: number,
): WindowVerdict {
  const oldest = (sender.end - receiver.maxWindow - 1) | 0;
  const oldestAck = (receiver.end - ackWindow(sender) - 1) | 0;
  if (!before(sequence, (sender.maxEnd + 1) | 0)) {
    const over = (end - sender.maxEnd + 1) >>> 0;
    const isOnlyTooMuch =
      receiver.maxWindow !== 0 &&
      before(oldest, end) &&
      before(oldestAck, sack) &&
      over <= receiver.maxWindow &&
      before(sack, (receiver.end + 1) | 0);
    if (!isOnlyTooMuch) return WindowVerdict.invalid;
    // More than was offered: the receiver may take it all the same, and then acknowledges it.
    sender.end = end;
    sender.flags |= TcpFlag.dataUnacknowledged;
    return WindowVerdict.ignore;
  }
  if (!before(sack, (receiver.end + 1) | 0)) return WindowVerdict.invalid;
  if (receiver.maxWindow !== 0 && !before(oldest, end)) return WindowVerdict.ignore;
  return before(oldestAck, sack) ? WindowVerdict.accept : WindowVerdict.ignore;
}

/** What an acceptable segment tells of both ends. */
function learn(
  sender: TcpEnd,
  receiver: TcpEnd,
  end: number,
  ack: number,
  sack: number,
  window: number,
  hasAck: boolean,
): void {
  const offered = window + ((sack - ack) | 0);
  if (sender.maxWindow < offered) sender.maxWindow = offered;
  if (before(sender.end, end)) {
    sender.end = end;
    sender.flags |= TcpFlag.dataUnacknowledged;
  }
  if (hasAck && ((sender.flags & TcpFlag.maxAckSet) === 0 || before(sender.maxAck, ack))) {
    sender.maxAck = ack;
    sender.flags |= TcpFlag.maxAckSet;
  }
  if (receiver.maxWindow !== 0 && before(sender.maxEnd, end)) receiver.maxWindow += (end - sender.maxEnd) | 0;
  const limit = (sack + window) | 0;
  if (before((receiver.maxEnd - 1) | 0, limit)) receiver.maxEnd = window === 0 ? (limit + 1) | 0 : limit;
  if (ack === receiver.end) receiver.flags &= ~TcpFlag.dataUnacknowledged;
}

function countRetransmission(
  tracking: TcpTracking,
  reply: boolean,
  sequence: number,
  ack: number,
  end: number,
  raw: number,
): void {
  if (
    tracking.lastReply === reply &&
    tracking.lastSequence === sequence &&
    tracking.lastAck === ack &&
    tracking.lastEnd === end &&
    tracking.lastWindow === raw
  ) {
    tracking.retransmissions++;
    return;
  }
  tracking.lastReply = reply;
  tracking.lastSequence = sequence;
  tracking.lastAck = ack;
  tracking.lastEnd = end;
  tracking.lastWindow = raw;
  tracking.retransmissions = 0;
}
