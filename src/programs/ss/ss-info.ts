import type { TcpConnection } from "../../net/tcp/connection.ts";
import type { ShownSocket } from "../../net/tcp/socket-list.ts";
import { thresholdOf } from "../../net/tcp/socket-list.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import { general } from "../general-number.ts";

const PAGE = 4096;

/** A time as ss prints a timer's (print_ms_timer). */
function timerTime(nanos: Nanos): string {
  let millis = Math.max(0, Math.floor(nanos / MILLISECOND));
  let seconds = Math.floor(millis / 1000);
  const minutes = Math.floor(seconds / 60);
  seconds %= 60;
  millis %= 1000;
  let text = "";
  if (minutes > 0) {
    millis = 0;
    text += `${minutes}min`;
    if (minutes > 9) seconds = 0;
  }
  if (seconds > 0) {
    if (seconds > 9) millis = 0;
    text += `${seconds}${millis > 0 ? "." : "sec"}`;
  }
  if (millis > 0) text += `${String(millis).padStart(3, "0")}ms`;
  return text;
}

const TIMERS: readonly string[] = ["off", "on", "keepalive", "timewait", "persist"];

/** ` timer:(on,200ms,0)`, or nothing. */
export function timerText(socket: ShownSocket): string {
  const { kind, left, retransmits } = socket.timer;
  return kind === 0 ? "" : ` timer:(${TIMERS[kind]},${timerTime(left)},${retransmits})`;
}

/** ` skmem:(...)`: the sizes of the buffers and what lies in them. */
export function memoryText(socket: ShownSocket): string {
  const c = socket.connection;
  const receive = c === null ? 131072 : c.receiveLimit;
  const send = c === null ? 16384 : c.sendLimit;
  const used = c === null ? 0 : c.receiveUsed;
  // What is set aside for it comes in pages.
  const free = (PAGE - (used % PAGE)) % PAGE;
  const waiting = c === null ? 0 : socket.sendQueue;
  return ` skmem:(r${used},rb${receive},t0,tb${send},f${free},w${waiting},o0,bl0,d0)`;
}

/** What -i tells of a connection (tcp_stats_print of iproute2 6.1); -o adds what was agreed on at its beginning. */
export function infoText(socket: ShownSocket, withOptions: boolean): string {
  const c = socket.connection;
  if (c === null) return socket.timer.kind === 3 ? "" : " cubic cwnd:10";
  const now = c.now;
  const words: string[] = [];
  if (withOptions && c.timestampsOk) words.push("ts");
  if (withOptions && c.sackOk) words.push("sack");
  words.push(c.congestion.name);
  const add = (name: string, value: number): void => {
    if (value !== 0) words.push(`${name}:${value}`);
  };
  if (c.windowScalingOk) words.push(`wscale:${c.sendScale},${c.receiveScale}`);
  add("rto", c.timeout);
  if (c.backoff > 0) add("backoff", c.backoff);
  if (c.trip.smoothed8 !== 0)
    words.push(`rtt:${general(c.trip.smoothed8 / 8000)}/${general(c.trip.deviation4 / 4000)}`);
  if (c.ackDelay !== 0) words.push(`ato:${Math.round(c.ackDelay / MILLISECOND)}`);
  add("mss", c.mss);
  add("pmtu", c.pathMtu === 0 ? c.way.mtu : c.pathMtu);
  add("rcvmss", c.receivedMss);
  add("advmss", c.advertisedMss);
  add("cwnd", c.window);
  const threshold = thresholdOf(c);
  if (threshold !== null) words.push(`ssthresh:${threshold}`);
  add("bytes_sent", c.bytesSent);
  add("bytes_retrans", c.bytesRetransmitted);
  add("bytes_acked", c.bytesAcked);
  add("bytes_received", c.bytesReceived);
  add("segs_out", c.segmentsOut);
  add("segs_in", c.segmentsIn);
  add("data_segs_out", c.dataSegmentsOut);
  add("data_segs_in", c.dataSegmentsIn);
  const trip = c.trip.smoothed8 / 8;
  const bits = trip > 0 ? (c.mss * 8 * c.window * 1e6) / trip : 0;
  if (bits > 0) words.push(`send ${rate(bits)}bps`);
  const since = (at: Nanos): number => Math.floor((now - at) / MILLISECOND);
  add("lastsnd", since(c.lastSent));
  add("lastrcv", since(c.lastReceived));
  add("lastack", since(c.lastAck));
  if (bits > 0) words.push(`pacing_rate ${rate(pacing(c, trip))}bps`);
  add("delivered", c.delivered);
  if (c.busyTime > 0 || c.busySince >= 0) words.push(`busy:${busyMillis(c)}ms`);
  add("unacked", c.sent.count);
  words.push(...repairs(c));
  if (c.receiveTrip > 0) words.push(`rcv_rtt:${general(c.receiveTrip / MILLISECOND)}`);
  add("rcv_space", c.tuneSpace);
  add("rcv_ssthresh", c.windowThreshold);
  add("notsent", c.unsent);
  if (c.trip.least !== Number.POSITIVE_INFINITY) words.push(`minrtt:${general(c.trip.least / 1000)}`);
  add("rcv_ooopack", c.segmentsAhead);
  add("snd_wnd", c.sendWindow);
  return ` ${words.join(" ")}`;
}

function repairs(c: TcpConnection): string[] {
  const words: string[] = [];
  if (c.retransmittedOut > 0 || c.totalRetransmits > 0)
    words.push(`retrans:${c.retransmittedOut}/${c.totalRetransmits}`);
  if (c.lostOut > 0) words.push(`lost:${c.lostOut}`);
  if (c.sackedOut > 0) words.push(`sacked:${c.sackedOut}`);
  if (c.duplicatesSeen > 0) words.push(`dsack_dups:${c.duplicatesSeen}`);
  if (c.reordering !== 3) words.push(`reordering:${c.reordering}`);
  if (c.reorderingSeen > 0) words.push(`reord_seen:${c.reorderingSeen}`);
  return words;
}

/** At which rate the connection would pace itself, in bits per second; `trip` in microseconds (tcp_update_pacing_rate). */
function pacing(c: TcpConnection, trip: number): number {
  const percent = c.window < c.threshold >> 1 ? 200 : 120;
  const segments = Math.max(c.window, c.sent.count);
  return 8 * Math.floor((c.mss * 10_000 * percent * segments) / trip);
}

/** For how long something has been under way or waiting. */
function busyMillis(c: TcpConnection): number {
  return Math.floor((c.busyTime + (c.busySince < 0 ? 0 : c.now - c.busySince)) / MILLISECOND);
}

/** Bits per second: a whole number, with all its digits. */
function rate(bits: number): string {
  return Math.floor(bits).toFixed(0);
}
