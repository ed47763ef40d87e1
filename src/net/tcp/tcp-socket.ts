import { WaitQueue } from "../../sim/wait-queue.ts";
import { type Errno, KernelError } from "../kernel-error.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import * as acks from "./acks.ts";
import * as activeOpen from "./active-open.ts";
import { TcpConnection } from "./connection.ts";
import * as establish from "./establish.ts";
import * as lifecycle from "./lifecycle.ts";
import * as receiveWindow from "./receive-window.ts";
import { after, distance } from "./sequence.ts";
import { maySend, TcpState } from "./state.ts";
import * as timers from "./timers.ts";
import * as write from "./write.ts";

/** What {@link TcpSocket.receive} answers at the end of the stream. */
const END_OF_STREAM: Uint8Array = new Uint8Array(0);

/**
 * A TCP socket as a program has it (tcp(7)), non-blocking: what cannot be done now is said so, and the program waits for
 * a signal. A client in a program (a generator, see sim/process.ts):
 *
 *     const socket = new TcpSocket(namespace);
 *     socket.connect(address, port);                      // the SYN is out; throws when there is no way
 *     while (socket.isConnecting) yield { on: [socket.writable], until: deadline };
 *     const error = socket.takeError();                   // null, or ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH ...
 *     for (let at = 0; at < bytes.length; ) {
 *       const n = socket.send(bytes.subarray(at));        // how many fit; 0: the buffer is full; throws EPIPE, ECONNRESET
 *       if (n === 0) yield { on: [socket.writable], until: deadline };
 *       at += n;
 *     }
 *     socket.shutdown();                                  // FIN behind the last octet; receiving goes on
 *     for (;;) {
 *       const some = socket.receive();                    // null: nothing yet; END_OF_STREAM (length 0): the FIN was reached
 *       if (some === null) yield { on: [socket.readable], until: deadline };
 *       else if (some.length === 0) break;
 *     }
 *     socket.close();                                     // always, in a `finally`; TCP goes on by itself
 *
 * `readable` is raised by data, the end of the stream, an error; `writable` by the end of the handshake, room in the
 * send buffer, an error. Servers have sockets from {@link TcpListener.accept}. Addresses are int32.
 */
export class TcpSocket {
  readonly ns: NetworkNamespace;
  readonly readable: WaitQueue = new WaitQueue();
  readonly writable: WaitQueue = new WaitQueue();
  /** Called at once beside the wait queues, for users that are no programs: data, its end, or an error is there. */
  onReadable: ((socket: TcpSocket) => void) | null = null;
  onWritable: ((socket: TcpSocket) => void) | null = null;
  /** bind(2) gave the port: it stays this socket's until it is closed. */
  boundByName = false;
  readonly #connection: TcpConnection;
  #closed = false;

  /** `connection` is for {@link TcpListener.accept} only. */
  constructor(ns: NetworkNamespace, connection: TcpConnection | null = null) {
    this.ns = ns;
    this.#connection = connection ?? new TcpConnection(ns);
    this.#connection.socket = this;
    if (connection !== null) timers.startKeepAlive(connection);
  }

  /** What `ss` and /proc/net/tcp show of it; not for programs. */
  get connection(): TcpConnection {
    return this.#connection;
  }
  get state(): TcpState {
    return this.#connection.state;
  }
  get localAddress(): number {
    return this.#connection.localAddress;
  }
  get localPort(): number {
    return this.#connection.localPort;
  }
  get remoteAddress(): number {
    return this.#connection.remoteAddress;
  }
  get remotePort(): number {
    return this.#connection.remotePort;
  }
  get isConnecting(): boolean {
    return this.state === TcpState.SYN_SENT || this.state === TcpState.SYN_RECV;
  }

  /** SO_REUSEADDR, SO_BINDTODEVICE (an index), SO_MARK, IP_TOS, IP_TTL; before bind or connect. */
  set reuseAddress(on: boolean) {
    this.#connection.reuseAddress = on;
  }
  set boundTo(ifindex: number) {
    this.#connection.boundTo = ifindex;
  }
  set mark(mark: number) {
    this.#connection.mark = mark;
  }
  set tos(tos: number) {
    this.#connection.tos = tos;
  }
  set ttl(ttl: number) {
    this.#connection.ttl = ttl;
  }
  /** TCP_NODELAY: short segments do not wait (Nagle is off). */
  set noDelay(on: boolean) {
    this.#connection.noDelay = on;
    if (on && maySend(this.state)) write.push(this.#connection);
  }
  /** TCP_CORK: only full segments go, until it is taken off. */
  set cork(on: boolean) {
    this.#connection.cork = on;
    if (!on && maySend(this.state)) write.push(this.#connection);
  }
  /** TCP_MAXSEG, before connect. */
  set maximumSegment(mss: number) {
    this.#connection.userMss = mss;
  }
  /** SO_SNDBUF and SO_RCVBUF as programs give them; the kernel doubles them. */
  set sendBuffer(bytes: number) {
    this.#connection.sendLimit = Math.max(4608, 2 * bytes);
  }
  set receiveBuffer(bytes: number) {
    this.#connection.receiveLimit = Math.max(2304, 2 * Math.min(bytes, this.ns.tcp.settings.rmem_max));
    this.#connection.receiveLimitLocked = true;
  }
  /** TCP_SYNCNT; TCP_USER_TIMEOUT in nanoseconds; SO_LINGER with a time of 0. 0 is the system's own. */
  set synCount(count: number) {
    this.#connection.synCount = count;
  }
  set userTimeout(time: number) {
    this.#connection.userTimeout = time;
  }
  set abortOnClose(on: boolean) {
    this.#connection.abortOnClose = on;
  }
  /** SO_KEEPALIVE with TCP_KEEPIDLE, TCP_KEEPINTVL (seconds) and TCP_KEEPCNT; 0 is the system's own. */
  keepAlive(on: boolean, idle = 0, interval = 0, count = 0): void {
    const c = this.#connection;
    c.keepAlive = on;
    c.keepIdle = idle;
    c.keepInterval = interval;
    c.keepCount = count;
    timers.startKeepAlive(c);
  }

  /** Port 0 takes a free one. @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL; EINVAL when it is bound already. */
  bind(address: number, port: number): void {
    const c = this.#connection;
    if (c.isBound || c.state !== TcpState.CLOSE) throw new KernelError("EINVAL");
    const { ports } = this.ns.tcp;
    c.localPort = ports.choose(c, address, port);
    c.localAddress = address;
    ports.add(c, true);
    c.isBound = true;
    this.boundByName = true;
  }

  /** Sends the SYN; address 0 is this host. @throws {KernelError} ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EISCONN, EALREADY */
  connect(address: number, port: number): void {
    if (this.isConnecting) throw new KernelError("EALREADY");
    if (this.#closed || this.state !== TcpState.CLOSE || this.#connection.error !== null)
      throw new KernelError("EISCONN");
    activeOpen.connect(this.#connection, address, port);
  }

  /** The error that is waiting (SO_ERROR), which it then is no more; null for none. */
  takeError(): Errno | null {
    const { error } = this.#connection;
    this.#connection.error = null;
    return error;
  }

  /**
   * Writes as many of the octets as fit, and says how many; 0 when there is no room now. `more`: others follow at once
   * (MSG_MORE). @throws {KernelError} the error that is waiting (ECONNRESET, ETIMEDOUT ...), EAGAIN while it is being
   * opened, EPIPE when it is not open.
   */
  send(bytes: Uint8Array, more = false): number {
    const c = this.#connection;
    if (c.error !== null) throw new KernelError(this.takeError()!);
    if (!maySend(c.state)) throw new KernelError(this.isConnecting ? "EAGAIN" : "EPIPE");
    const waiting = distance(c.writeEnd, c.unacknowledged);
    const length = Math.min(bytes.length, c.sendLimit - waiting);
    if (length <= 0) return 0;
    c.sendBuffer.reserve(c.unacknowledged, waiting, waiting + length);
    c.sendBuffer.putBytes(c.writeEnd, bytes, 0, length);
    c.writeEnd = (c.writeEnd + length) | 0;
    if (!more) c.pushed = c.writeEnd;
    if (c.busySince < 0) c.busySince = c.now;
    write.push(c);
    return length;
  }

  /** Octets that can be read now. */
  get available(): number {
    const c = this.#connection;
    return distance(c.receiveNext, c.readNext) - (c.finReceived ? 1 : 0);
  }

  /** True when all was read that the other end has sent and will send. */
  get isAtEnd(): boolean {
    return this.#connection.receiveShut && this.available <= 0;
  }

  /**
   * Reads up to `most` octets: null when there are none yet, {@link END_OF_STREAM} when there will be none any more.
   * @throws {KernelError} the error that is waiting, once; ENOTCONN before the beginning.
   */
  receive(most = 65536): Uint8Array | null {
    const length = Math.min(most, this.available);
    if (length <= 0) return this.#nothing();
    const bytes = new Uint8Array(length);
    this.receiveInto(bytes);
    return bytes;
  }

  /** Reads into `target` without making anything new; returns how many octets, 0 for none. */
  receiveInto(target: Uint8Array): number {
    const c = this.#connection;
    const length = Math.min(target.length, this.available);
    if (length <= 0) return 0;
    c.receiveBuffer.getBytes(c.readNext, target, 0, length);
    this.#hasRead(length);
    return length;
  }

  /** Sends no more: a FIN follows the last octet (shutdown(2), SHUT_WR). @throws {KernelError} ENOTCONN */
  shutdown(): void {
    const c = this.#connection;
    if (c.state === TcpState.CLOSE || c.state === TcpState.SYN_SENT) throw new KernelError("ENOTCONN");
    lifecycle.shutdownSend(c);
  }

  /** Done with it. What was written is still sent; unread octets make it a reset. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    lifecycle.close(this.#connection);
    this.readable.notify();
    this.writable.notify();
  }

  /** Called by TCP. */
  wakeReader(): void {
    this.readable.notify();
    this.onReadable?.(this);
  }

  /** Called by TCP: there may be room. A program hears of it when a third of the buffer is free. */
  wakeWriter(): void {
    const c = this.#connection;
    const limit = establish.sendSpace(c);
    if (limit > c.sendLimit) c.sendLimit = limit;
    const waiting = distance(c.writeEnd, c.unacknowledged);
    if (c.error === null && c.state !== TcpState.CLOSE && c.sendLimit - waiting < waiting >> 1) return;
    this.writable.notify();
    this.onWritable?.(this);
  }

  #nothing(): Uint8Array | null {
    const c = this.#connection;
    // What was said stays said: after the FIN the end is the end, whatever came later (SOCK_DONE).
    if (c.finReceived) return END_OF_STREAM;
    if (c.error !== null) throw new KernelError(this.takeError()!);
    if (c.receiveShut) return END_OF_STREAM;
    if (c.state === TcpState.CLOSE) throw new KernelError("ENOTCONN");
    return null;
  }

  #hasRead(length: number): void {
    const c = this.#connection;
    const end = (c.readNext + length) | 0;
    // The kernel reads record by record, and after each looks at how fast.
    while (c.readNext !== end) {
      const next = c.inOrder.count === 0 ? end : c.inOrder.firstEnd;
      c.readNext = after(next, end) ? end : next;
      c.inOrder.release(c.readNext);
      receiveWindow.tune(c);
    }
    if (c.state !== TcpState.CLOSE) acks.afterRead(c, length);
  }
}
