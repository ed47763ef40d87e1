import type { Process } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { SocketFamily } from "../socket-family.ts";
import type { TcpConnection } from "./connection.ts";
import type { Endpoint } from "./connection-table.ts";
import { NO_THRESHOLD, Pending } from "./constants.ts";
import { TcpState } from "./state.ts";
import type { TcpListener } from "./tcp-listener.ts";

/** What a socket's timer is for (the kernel's idiag_timer): 1 retransmission, 2 keepalive, 3 time-wait, 4 window probe. */
interface ShownTimer {
  readonly kind: 0 | 1 | 2 | 3 | 4;
  /** From now on. */
  readonly left: Nanos;
  readonly retransmits: number;
}

/** A TCP socket as /proc/net/tcp and `ss` show it. Addresses are int32. */
export interface ShownSocket {
  readonly family: SocketFamily;
  readonly state: TcpState;
  readonly localAddress: number;
  /** Its address where it is for IPv6 alone (`::`); then the others are 0. */
  readonly ipv6?: string;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  /** Octets that wait to be read (or connections to be accepted), and to be acknowledged (or how many may wait). */
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly timer: ShownTimer;
  /** The process that has it open, where that is known, and as which file. */
  readonly opener: Process | null;
  readonly fd: number;
  /** Null for listeners and for what has no socket any more, or not yet. */
  readonly connection: TcpConnection | null;
}

const NO_TIMER: ShownTimer = { kind: 0, left: 0, retransmits: 0 };

/**
 * All TCP sockets of a namespace, those of IPv4 first: of each family the listeners by port, then the others in the order
 * of their making.
 */
export function tcpSockets(ns: NetworkNamespace): readonly ShownSocket[] {
  const listeners = [...ns.tcp.ports.listeners].sort(
    (a, b) => a.localPort - b.localPort || (a.localAddress >>> 0) - (b.localAddress >>> 0),
  );
  const all = [...listeners.map(ofListener), ...ns.tcp.connections.list().map((e) => ofEndpoint(ns, e))];
  return [
    ...all.filter(({ family }) => family === "inet"),
    ...all.filter(({ family }) => family === "inet6"),
  ];
}

function ofListener(listener: TcpListener): ShownSocket {
  return {
    family: listener.family,
    state: TcpState.LISTEN,
    localAddress: listener.localAddress,
    localPort: listener.localPort,
    remoteAddress: 0,
    remotePort: 0,
    receiveQueue: listener.waiting,
    sendQueue: listener.backlog,
    timer: NO_TIMER,
    opener: listener.opener,
    fd: listener.fd,
    connection: null,
  };
}

/** The sockets for IPv6 alone, as `ss` shows them. */
export function ipv6Sockets(ns: NetworkNamespace, protocol: "tcp" | "udp"): readonly ShownSocket[] {
  return ns.sockets.ipv6.list(protocol).map(({ address, port, backlog, opener, fd }) => ({
    family: "inet6",
    state: protocol === "tcp" ? TcpState.LISTEN : TcpState.CLOSE,
    localAddress: 0,
    ipv6: address,
    localPort: port,
    remoteAddress: 0,
    remotePort: 0,
    receiveQueue: 0,
    sendQueue: backlog,
    timer: NO_TIMER,
    opener,
    fd,
    connection: null,
  }));
}

function ofEndpoint(ns: NetworkNamespace, e: Endpoint): ShownSocket {
  const { state, localAddress, localPort, remoteAddress, remotePort } = e;
  const family = e.kind === "request" ? e.listener.family : e.family;
  const ends = { family, state, localAddress, localPort, remoteAddress, remotePort, opener: null, fd: 0 };
  const now = ns.world.now;
  if (e.kind === "time-wait")
    return {
      ...ends,
      receiveQueue: 0,
      sendQueue: 0,
      timer: { kind: 3, left: e.dueAt - now, retransmits: 0 },
      connection: null,
    };
  if (e.kind === "request")
    return {
      ...ends,
      receiveQueue: 0,
      sendQueue: 0,
      timer: { kind: 1, left: e.dueAt - now, retransmits: e.timeouts },
      connection: null,
    };
  return {
    ...ends,
    receiveQueue: Math.max(0, (e.receiveNext - e.readNext) | 0),
    sendQueue: Math.max(0, (e.writeEnd - e.unacknowledged + (e.finQueued ? 1 : 0)) | 0),
    timer: timerOf(e, now),
    connection: e,
  };
}

function timerOf(c: TcpConnection, now: Nanos): ShownTimer {
  if (c.pending === Pending.windowProbe) return { kind: 4, left: c.dueAt - now, retransmits: c.probes };
  if (c.pending !== Pending.none) return { kind: 1, left: c.dueAt - now, retransmits: c.retransmits };
  if (c.isKeepTimerArmed) return { kind: 2, left: c.keepDueAt - now, retransmits: c.probes };
  return NO_TIMER;
}

/** The slow start threshold, or null before there is one. */
export function thresholdOf(c: TcpConnection): number | null {
  return c.threshold >= NO_THRESHOLD ? null : c.threshold;
}
