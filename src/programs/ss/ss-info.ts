import type { TcpConnection } from "../../net/tcp/connection.ts";
import { Pending } from "../../net/tcp/constants.ts";
import * as establish from "../../net/tcp/establish.ts";
import type { ShownSocket } from "../../net/tcp/socket-list.ts";
import { thresholdOf } from "../../net/tcp/socket-list.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import { general } from "../general-number.ts";

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
  return ` skmem:(r${used},rb${receive},t0,tb${send},f0,w${socket.sendQueue},o0,bl0,d0)`;
}

/** What -i tells of a connection (tcp_stats_print of iproute2 6.1). */
export function infoText(socket: ShownSocket): string {
  const c = socket.connection;
  if (c === null) return socket.timer.kind === 3 ? "" : " cubic cwnd:10";
  const now = c.now;
  const words: string[] = [c.congestion.name];
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
  if (trip > 0) words.push(`send ${rate((c.mss * 8 * c.window * 1e6) / trip)}bps`);
  const since = (at: Nanos): number => Math.floor((now - at) / MILLISECOND);
  add("lastsnd", since(c.lastSent));
  add("lastrcv", since(c.lastReceived));
  add("lastack", since(c.lastAck));
  add("delivered", c.delivered);
  add("unacked", c.sent.count);
  words.push(...repairs(c));
  add("rcv_space", Math.min(c.tuneSpace, establish.sendSpace(c)));
  add("rcv_ssthresh", c.windowThreshold);
  if (c.trip.least !== Number.POSITIVE_INFINITY) words.push(`minrtt:${general(c.trip.least / 1000)}`);
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
  if (c.pending === Pending.windowProbe) words.push(`probes:${c.probes}`);
  return words;
}

/** Bits per second: a whole number, with all its digits. */
function rate(bits: number): string {
  return Math.floor(bits).toFixed(0);
}
