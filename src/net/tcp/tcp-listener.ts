import type { Process } from "../../sim/process.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { SocketFamily } from "../socket-family.ts";
import type { TcpConnection } from "./connection.ts";
import * as lifecycle from "./lifecycle.ts";
import * as output from "./output.ts";
import type { PortOwner } from "./port-table.ts";
import { TcpState } from "./state.ts";
import { TcpSocket } from "./tcp-socket.ts";

/**
 * A listening socket. A server program:
 *
 *     const listener = new TcpListener(namespace);
 *     listener.reuseAddress = true;
 *     listener.listen(0, 8000, 128);            // address (int32, 0 for any), port, backlog
 *     for (;;) {
 *       const socket = listener.accept();       // null: nobody waits
 *       if (socket === null) yield { on: [listener.readable], until: Infinity };
 *       else ...
 *     }
 *
 * As in Linux `backlog` + 1 connections may wait to be accepted (never more than net.core.somaxconn); what comes then
 * is neither refused nor taken, and its sender tries again.
 */
export class TcpListener implements PortOwner {
  readonly ns: NetworkNamespace;
  /** The process that has it open, and as which file. */
  opener: Process | null;
  fd = 3;
  state: TcpState = TcpState.CLOSE;
  /** Of IPv6 and bound to no address it takes connections of IPv4 as well. */
  family: SocketFamily = "inet";
  localAddress = 0;
  localPort = 0;
  boundTo = 0;
  reuseAddress = false;
  reusePort = false;
  tos = 0;
  ttl = 0;
  mark = 0;
  /** TCP_SYNCNT, TCP_MAXSEG; 0 for none. */
  synCount = 0;
  userMss = 0;
  /** SO_RCVBUF in the kernel's count; 0 for tcp_rmem's. Connections have it from here. */
  receiveLimit = 0;
  noDelay = false;
  keepAlive = false;
  backlog = 0;
  /** Handshakes under way. */
  requests = 0;
  /** Raised when a connection waits to be accepted, and when the listener is closed. */
  readonly readable: WaitQueue = new WaitQueue();
  /** Called instead, as long as it is set, for each connection at once. */
  onConnection: ((socket: TcpSocket) => void) | null = null;
  readonly #waiting: TcpConnection[] = [];

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    this.opener = ns.world.running;
  }

  /** Connections that wait to be accepted. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get isFull(): boolean {
    return this.#waiting.length > this.backlog;
  }

  /** Binds and listens. @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL */
  listen(address: number, port: number, backlog: number): void {
    const { tcp } = this.ns;
    if (this.state === TcpState.CLOSE) {
      this.localPort = tcp.ports.choose(this, address, port);
      this.localAddress = address;
      tcp.ports.add(this, true);
      this.state = TcpState.LISTEN;
      tcp.ports.listen(this);
    }
    this.backlog = Math.min(backlog >>> 0, tcp.settings.somaxconn);
  }

  /** The oldest connection that waits, or null. */
  accept(): TcpSocket | null {
    const connection = this.#waiting.shift();
    if (connection === undefined) return null;
    return new TcpSocket(this.ns, connection);
  }

  /** Takes a connection whose handshake is done. */
  add(connection: TcpConnection): void {
    if (this.onConnection !== null) {
      this.onConnection(new TcpSocket(this.ns, connection));
      return;
    }
    this.#waiting.push(connection);
    this.readable.notify();
  }

  /** Listens no more; connections that nobody has accepted are reset (inet_csk_listen_stop). */
  close(): void {
    if (this.state !== TcpState.LISTEN) return;
    const { tcp } = this.ns;
    this.state = TcpState.CLOSE;
    tcp.ports.unlisten(this);
    tcp.ports.remove(this);
    for (const endpoint of tcp.connections.list())
      if (endpoint.kind === "request" && endpoint.listener === this) endpoint.remove();
    for (const connection of this.#waiting.splice(0)) {
      connection.orphan = true;
      output.sendReset(connection);
      lifecycle.done(connection);
    }
    this.readable.notify();
  }

  /** The namespace is gone. */
  forget(): void {
    this.state = TcpState.CLOSE;
    this.#waiting.length = 0;
    this.readable.notify();
  }
}
