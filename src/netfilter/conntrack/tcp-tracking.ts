import { before } from "../../net/tcp/sequence.ts";
import type { Packet } from "../../sim/packet.ts";
import { SECOND } from "../../sim/time.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcp from "../../wire/tcp.ts";
import { type Connection, ConnectionChange, isReply, Status } from "./connection.ts";
import { RETRANS, UNACKNOWLEDGED } from "./conntrack-settings.ts";
import { Outcome } from "./outcome.ts";
import {
  IGNORED,
  INVALID,
  kindOf,
  nextState,
  TcpEnd,
  TcpFlag,
  TcpKind,
  TcpState,
  TcpTracking,
} from "./tcp-state.ts";
import { checkWindow, learnOptions, segmentEnd, WindowVerdict } from "./tcp-window.ts";

/** Flags that say what a segment is for; the others may be set or not. */
const MEANING = tcp.FIN | tcp.SYN | tcp.RST | tcp.ACK | tcp.URG;
const VALID_FLAGS: ReadonlySet<number> = new Set([
  tcp.SYN,
  tcp.SYN | tcp.URG,
  tcp.SYN | tcp.ACK,
  tcp.RST,
  tcp.RST | tcp.ACK,
  tcp.FIN | tcp.ACK,
  tcp.FIN | tcp.ACK | tcp.URG,
  tcp.ACK,
  tcp.ACK | tcp.URG,
]);
const validFlags: Uint8Array = Uint8Array.from({ length: 64 }, (_, flags) =>
  VALID_FLAGS.has(flags) ? 1 : 0,
);

/** Follows a segment through the states of its connection (nf_conntrack_tcp_packet). */
export function trackTcp(connection: Connection, packet: Packet, info: number, prerouting: boolean): Outcome {
  const view = packet.view;
  const at = packet.transportAt;
  const length = packet.at + packet.length - at;
  if (!tcp.fits(view, at, length)) return Outcome.invalid;
  const settings = connection.conntrack.settings;
  if (prerouting && !packet.trusted && settings.checksum !== 0 && !hasRightChecksum(packet, length))
    return Outcome.invalid;
  const flags = tcp.flags(view, at);
  if (validFlags[flags & MEANING] === 0) return Outcome.invalid;
  const kind = kindOf(flags);
  if ((connection.status & Status.confirmed) === 0 && !begin(connection, kind, view, at, length))
    return Outcome.invalid;

  const tracking = connection.tcp!;
  const reply = isReply(info);
  const oldState = tracking.state;
  let newState = nextState(reply, kind, oldState);
  let checked = false;
  switch (newState) {
    case TcpState.SYN_SENT:
      if (oldState < TcpState.TIME_WAIT) break;
      if (mayReopen(tracking, reply))
        return connection.conntrack.kill(connection) ? Outcome.repeat : Outcome.drop;
      letThrough(tracking, reply, kind, oldState, view, at, length);
      return Outcome.accept;
    case IGNORED:
      if (!answersIgnoredSyn(tracking, reply, kind, tcp.acknowledgment(view, at))) {
        letThrough(tracking, reply, kind, oldState, view, at, length);
        return Outcome.accept;
      }
      newState = TcpState.SYN_RECV;
      synchronise(tracking, reply);
      return finish(connection, packet, info, tracking, reply, kind, TcpState.SYN_SENT, newState, false);
    case INVALID:
      return Outcome.invalid;
    case TcpState.TIME_WAIT:
      if (
        oldState === TcpState.LAST_ACK &&
        kind === TcpKind.ack &&
        tracking.lastReply !== reply &&
        tracking.lastKind === TcpKind.syn &&
        (tracking.lastFlags & TcpFlag.expectsChallenge) !== 0
      ) {
        // It challenges a SYN (RFC 5961) and does not acknowledge the last FIN.
        tracking.lastFlags &= ~TcpFlag.expectsChallenge;
        return Outcome.accept;
      }
      break;
    case TcpState.SYN_SENT2:
      tracking.lastFlags |= TcpFlag.simultaneousOpen;
      break;
    case TcpState.SYN_RECV:
      if (reply && kind === TcpKind.ack && (tracking.lastFlags & TcpFlag.simultaneousOpen) !== 0)
        newState = TcpState.ESTABLISHED;
      break;
    case TcpState.CLOSE: {
      if (kind !== TcpKind.rst) break;
      const reset = judgeReset(connection, tracking, reply, oldState, view, at);
      if (reset === Reset.invalid) return Outcome.invalid;
      if (reset === Reset.doubtful) newState = oldState;
      const mayBeHalfOpen = reset === Reset.unknown || reset === Reset.doubtful;
      checked =
        reset === Reset.sure || (mayBeHalfOpen && endsHalfOpen(connection, tracking, oldState, view, at));
      break;
    }
  }
  return finish(connection, packet, info, tracking, reply, kind, oldState, newState, checked);
}

/** The segment counts unless the window says otherwise: the state changes and the connection lives on. */
function finish(
  connection: Connection,
  packet: Packet,
  info: number,
  tracking: TcpTracking,
  reply: boolean,
  kind: number,
  oldState: number,
  newState: number,
  checked: boolean,
): Outcome {
  const { settings } = connection.conntrack;
  if (!checked) {
    const at = packet.transportAt;
    const length = packet.at + packet.length - at;
    const liberal = settings.tcp_be_liberal !== 0;
    const verdict = checkWindow(tracking, reply, kind, packet.view, at, length, liberal);
    if (verdict === WindowVerdict.ignore) return Outcome.accept;
    if (verdict === WindowVerdict.invalid) {
      hasten(connection, tracking, reply, kind);
      return Outcome.invalid;
    }
  }
  tracking.lastKind = kind;
  tracking.lastReply = reply;
  tracking.state = newState;
  if (oldState !== newState) {
    connection.changes |= ConnectionChange.protocol;
    if (newState === TcpState.FIN_WAIT) tracking.end(reply).flags |= TcpFlag.closeInit;
  }
  const timeouts = settings.tcp;
  let timeout = timeoutOf(tracking, kind, newState, timeouts, settings.tcp_max_retrans);
  const { status } = connection;
  if ((status & Status.seenReply) === 0) {
    if (kind === TcpKind.rst) {
      // The only answer is a refusal: there is no connection.
      connection.conntrack.killWith(connection, info, packet);
      return Outcome.accept;
    }
    if (kind === TcpKind.syn && oldState === TcpState.SYN_SENT) return Outcome.accept;
    // Picked up in the middle, and nobody has answered yet.
    if (newState === TcpState.ESTABLISHED) timeout = Math.min(timeout, timeouts[UNACKNOWLEDGED]!);
  } else if (
    (status & Status.assured) === 0 &&
    newState === TcpState.ESTABLISHED &&
    (oldState === TcpState.SYN_RECV || oldState === TcpState.ESTABLISHED)
  ) {
    connection.status |= Status.assured;
    connection.changes |= ConnectionChange.assured;
  }
  connection.conntrack.refresh(connection, info, packet, timeout);
  return Outcome.accept;
}

function timeoutOf(
  tracking: TcpTracking,
  kind: number,
  state: number,
  timeouts: readonly number[],
  maxRetrans: number,
): number {
  const usual = timeouts[state]!;
  const retrans = timeouts[RETRANS]!;
  const unacknowledged = timeouts[UNACKNOWLEDGED]!;
  if (tracking.retransmissions >= maxRetrans && usual > retrans) return retrans;
  if (kind === TcpKind.rst) return timeouts[TcpState.CLOSE]!;
  const waits = ((tracking.original.flags | tracking.reply.flags) & TcpFlag.dataUnacknowledged) !== 0;
  if (waits && usual > unacknowledged) return unacknowledged;
  return tracking.lastWindow === 0 && usual > retrans ? retrans : usual;
}

/** The first segment of a connection; false when none may begin like this (tcp_new). */
function begin(connection: Connection, kind: number, view: DataView, at: number, length: number): boolean {
  const state = nextState(false, kind, TcpState.NONE);
  if (state >= IGNORED) return false;
  if (state !== TcpState.SYN_SENT && connection.conntrack.settings.tcp_loose === 0) return false;
  const tracking = new TcpTracking();
  const { original } = tracking;
  original.end = segmentEnd(view, at, length);
  original.maxWindow = tcp.window(view, at) || 1;
  original.maxEnd = original.end;
  if (state === TcpState.SYN_SENT) learnOptions(view, at, original);
  else {
    // Nobody saw the options: window scaling makes all bounds unsure.
    original.maxEnd = (original.end + original.maxWindow) | 0;
    original.flags = TcpFlag.sackPermitted | TcpFlag.beLiberal;
    tracking.reply.flags = original.flags;
  }
  connection.tcp = tracking;
  return true;
}

/** A SYN on a connection that was closed or reset makes a new one. */
function mayReopen(tracking: TcpTracking, reply: boolean): boolean {
  const closed = ((tracking.original.flags | tracking.reply.flags) & TcpFlag.closeInit) !== 0;
  return closed || (tracking.lastReply === reply && tracking.lastKind === TcpKind.rst);
}

/** This SYN+ACK takes a SYN that we let through without believing it: both ends know better than we. */
function answersIgnoredSyn(tracking: TcpTracking, reply: boolean, kind: number, ack: number): boolean {
  return (
    kind === TcpKind.synAck &&
    tracking.lastKind === TcpKind.syn &&
    tracking.lastReply !== reply &&
    ack === tracking.lastEnd
  );
}

/** Believes the SYN that was let through. */
function synchronise(tracking: TcpTracking, reply: boolean): void {
  const other = tracking.end(tracking.lastReply);
  other.end = tracking.lastEnd;
  other.maxEnd = tracking.lastEnd;
  other.maxWindow = tracking.lastWindow === 0 ? 1 : tracking.lastWindow;
  other.scale = tracking.lastScale;
  tracking.lastFlags &= ~TcpFlag.expectsChallenge;
  other.flags = tracking.lastFlags;
  tracking.end(reply).reset();
}

const seen = new TcpEnd();

/** A segment that may be right or wrong passes; it is remembered for what may answer it. */
function letThrough(
  tracking: TcpTracking,
  reply: boolean,
  kind: number,
  state: number,
  view: DataView,
  at: number,
  length: number,
): void {
  tracking.lastKind = kind;
  tracking.lastReply = reply;
  tracking.lastSequence = tcp.sequence(view, at);
  tracking.lastEnd = segmentEnd(view, at, length);
  tracking.lastWindow = tcp.window(view, at);
  if (kind === TcpKind.syn && !reply) {
    seen.flags = 0;
    seen.scale = 0;
    learnOptions(view, at, seen);
    tracking.lastFlags = seen.flags & (TcpFlag.windowScale | TcpFlag.sackPermitted);
    tracking.lastScale = seen.scale;
    if (state === TcpState.LAST_ACK) tracking.lastFlags |= TcpFlag.expectsChallenge;
  }
  if (state === TcpState.SYN_SENT && kind === TcpKind.ack && reply)
    tracking.lastAck = tcp.acknowledgment(view, at);
}

/**
 * What a RST means: it closes if the window allows it; it closes for sure; nothing is known of its number; it may not
 * close; it is no part of this connection.
 */
const Reset = { usual: 0, sure: 1, unknown: 2, doubtful: 3, invalid: 4 } as const;
type Reset = (typeof Reset)[keyof typeof Reset];

function judgeReset(
  connection: Connection,
  tracking: TcpTracking,
  reply: boolean,
  state: number,
  view: DataView,
  at: number,
): Reset {
  // A connection that is closing may be in use again already: nothing that is known of it counts.
  if (isClosing(state)) return Reset.sure;
  const receiver = tracking.end(!reply);
  if ((receiver.flags & TcpFlag.maxAckSet) === 0 || tracking.lastKind === TcpKind.syn) return Reset.unknown;
  const sequence = tcp.sequence(view, at);
  const established = state === TcpState.ESTABLISHED && (connection.status & Status.assured) !== 0;
  if (sequence === 0 && !established) return Reset.usual;
  if (before(sequence, receiver.maxAck) && connection.conntrack.settings.tcp_ignore_invalid_rst === 0)
    return Reset.invalid;
  if (!established || sequence === receiver.maxAck) return Reset.usual;
  const follows =
    tracking.lastKind === TcpKind.ack && tracking.lastReply === reply && sequence === tracking.lastEnd;
  // Not exactly where the receiver is: it may be challenged (RFC 5961), and then the connection lives on.
  return follows ? Reset.usual : Reset.doubtful;
}

/** States of connections that go away by themselves soon, and may be dropped early (tcp_can_early_drop). */
export function isClosing(state: number): boolean {
  return state >= TcpState.FIN_WAIT && state <= TcpState.CLOSE;
}

/** A RST for a SYN or an ACK that was let through: we hold a connection that its ends do not have. */
function endsHalfOpen(
  connection: Connection,
  tracking: TcpTracking,
  state: number,
  view: DataView,
  at: number,
): boolean {
  const { status } = connection;
  const { lastKind } = tracking;
  const afterSyn = (status & Status.seenReply) !== 0 && lastKind === TcpKind.syn;
  const afterAck = (status & Status.assured) === 0 && lastKind === TcpKind.ack;
  if ((afterSyn || afterAck) && tcp.acknowledgment(view, at) === tracking.lastEnd) return true;
  return (
    state === TcpState.SYN_SENT &&
    lastKind === TcpKind.ack &&
    tracking.lastReply &&
    tcp.sequence(view, at) === tracking.lastAck
  );
}

/** A FIN or RST out of the window in both directions: the connection is dead, only we do not see it (nf_tcp_handle_invalid). */
function hasten(connection: Connection, tracking: TcpTracking, reply: boolean, kind: number): void {
  if ((connection.status & (Status.assured | Status.fixedTimeout)) !== Status.assured) return;
  if (kind !== TcpKind.rst && kind !== TcpKind.fin) return;
  const { lastKind } = tracking;
  if (tracking.lastReply === reply || (lastKind !== TcpKind.fin && lastKind !== TcpKind.rst)) {
    tracking.lastKind = kind;
    tracking.lastReply = reply;
    return;
  }
  const { conntrack } = connection;
  const left = connection.deadline - conntrack.world.now;
  const timeout = conntrack.settings.tcp[UNACKNOWLEDGED]! * SECOND;
  if (left >= 120 * SECOND && left > timeout) connection.deadline = conntrack.world.now + timeout;
}

/** It is as if a RST had been seen (nf_conntrack_tcp_set_closing). */
export function closeAtOnce(connection: Connection, tracking: TcpTracking): void {
  const was = tracking.state;
  tracking.state = TcpState.CLOSE;
  if (was === TcpState.CLOSE || (connection.status & Status.fixedTimeout) !== 0) return;
  const { settings, world } = connection.conntrack;
  const timeout = settings.tcp[TcpState.CLOSE]! * SECOND;
  connection.deadline = connection.confirmed ? world.now + timeout : timeout;
  connection.changes |= ConnectionChange.protocol;
}

function hasRightChecksum(packet: Packet, length: number): boolean {
  const { view, networkAt, transportAt } = packet;
  return tcp.isChecksumValid(view, transportAt, length, ipv4.src(view, networkAt), ipv4.dst(view, networkAt));
}
