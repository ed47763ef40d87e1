import type { Nanos } from "../../sim/time.ts";
import type { Errno } from "../kernel-error.ts";
import type { TcpConnection } from "./connection.ts";
import * as output from "./output.ts";
import { TcpState } from "./state.ts";
import * as timeLimits from "./time-limits.ts";
import { TIME_WAIT, TimeWait } from "./time-wait.ts";
import * as write from "./write.ts";

/** Puts a connection into the tables under its four numbers. */
export function hash(c: TcpConnection): void {
  c.ns.tcp.connections.add(c);
  c.isHashed = true;
}

/** Takes it out of the tables; it keeps its port while a program that bound it holds it. */
function unhash(c: TcpConnection): void {
  const { tcp } = c.ns;
  if (c.isHashed) {
    c.isHashed = false;
    tcp.connections.remove(c);
  }
  if (c.isBound && (c.orphan || !c.socket?.boundByName)) {
    c.isBound = false;
    tcp.ports.remove(c);
  }
}

/** The connection has ended: nothing is sent or taken any more (tcp_done). */
export function done(c: TcpConnection): void {
  if (c.state === TcpState.CLOSE) return;
  const { counters } = c.ns.tcp;
  if (c.state === TcpState.SYN_SENT || c.state === TcpState.SYN_RECV) counters.AttemptFails++;
  else if (c.state === TcpState.ESTABLISHED || c.state === TcpState.CLOSE_WAIT) counters.EstabResets++;
  c.state = TcpState.CLOSE;
  c.cancelTimers();
  unhash(c);
  c.sent.clear();
  c.sendBuffer.clear();
  if (c.orphan) c.receiveBuffer.clear();
  c.receiveShut = true;
  wake(c);
}

/** Ends with an error that the program hears of. */
export function fail(c: TcpConnection, error: Errno): void {
  c.error = error;
  done(c);
}

/** The other end does not answer any more (tcp_write_err). */
export function timedOut(c: TcpConnection): void {
  c.ns.tcp.counters.TCPAbortOnTimeout++;
  fail(c, c.softError ?? "ETIMEDOUT");
}

/** The other end has reset the connection (tcp_reset). */
export function reset(c: TcpConnection): void {
  if (c.state === TcpState.CLOSE) return;
  switch (c.state) {
    case TcpState.SYN_SENT:
      fail(c, "ECONNREFUSED");
      return;
    case TcpState.CLOSE_WAIT:
      fail(c, "EPIPE");
      return;
    default:
      fail(c, "ECONNRESET");
  }
}

/** What remains is to answer late segments (tcp_time_wait); the connection itself is done. */
export function timeWait(c: TcpConnection, state: TcpState, duration: Nanos): void {
  const { tcp } = c.ns;
  if (tcp.timeWaits < tcp.settings.tcp_max_tw_buckets) {
    const explicit = tcp.ports.isExplicit(c.localPort);
    unhash(c);
    new TimeWait(c, state, state === TcpState.TIME_WAIT ? TIME_WAIT : duration, explicit);
  } else tcp.counters.TCPTimeWaitOverflow++;
  done(c);
}

/** The program is told that something has changed. */
export function wake(c: TcpConnection): void {
  const { socket } = c;
  if (socket === null) return;
  socket.wakeReader();
  socket.wakeWriter();
}

/** Queues the FIN behind the last octet and sends what may be sent (tcp_send_fin). */
function sendFin(c: TcpConnection): void {
  c.finQueued = true;
  write.pushAll(c);
}

/** The program sends no more: CLOSE of RFC 9293 for the sending half (tcp_shutdown, tcp_close_state). */
export function shutdownSend(c: TcpConnection): void {
  switch (c.state) {
    case TcpState.ESTABLISHED:
    case TcpState.SYN_RECV:
      c.state = TcpState.FIN_WAIT1;
      sendFin(c);
      return;
    case TcpState.CLOSE_WAIT:
      c.state = TcpState.LAST_ACK;
      sendFin(c);
      return;
    default:
  }
}

/** The program has closed its socket (tcp_close). */
export function close(c: TcpConnection): void {
  c.receiveShut = true;
  const unread = (c.receiveNext - c.readNext - (c.finReceived ? 1 : 0)) | 0;
  c.orphan = true;
  c.socket = null;
  const { counters } = c.ns.tcp;
  if (c.state === TcpState.CLOSE || c.state === TcpState.SYN_SENT) {
    c.state = TcpState.CLOSE;
    c.cancelTimers();
    unhash(c);
    c.receiveBuffer.clear();
    return;
  }
  if (unread > 0 || c.abortOnClose) {
    // What the other end sent was not read: it must not believe that it was (RFC 2525, 2.17).
    if (unread > 0) counters.TCPAbortOnClose++;
    else counters.TCPAbortOnData++;
    output.sendReset(c);
    done(c);
    return;
  }
  shutdownSend(c);
  c.receiveBuffer.clear();
  if ((c.state as TcpState) === TcpState.FIN_WAIT2) waitForFin(c);
}

/** Both halves are closed here, and the other end's FIN is awaited, but not for ever. */
function waitForFin(c: TcpConnection): void {
  const time = timeLimits.finTime(c);
  if (time > TIME_WAIT) c.armKeepTimer(time - TIME_WAIT);
  else timeWait(c, TcpState.FIN_WAIT2, time);
}
