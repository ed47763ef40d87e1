import { MILLISECOND } from "../../sim/time.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import { hex, littleEndian } from "../proc-hex.ts";
import type { SocketFamily } from "../socket-family.ts";
import { ipv6Sockets, type ShownSocket, tcpSockets, thresholdOf } from "./socket-list.ts";
import { TcpState } from "./state.ts";

/** A tick of the clock in which user space is told times (USER_HZ), in nanoseconds. */
const TICK = 10_000_000;
/** Sockets have no inodes here; they are numbered from a number as large as a real machine's. */
const FIRST_INODE = 40000;
const WIDTH = 149;

/** An address of either family: IPv6's in four words, an address of IPv4 mapped in the last two. */
function addressBytes(family: SocketFamily, address: number): string {
  if (family === "inet") return littleEndian(address);
  return `${hex(0, 8)}${hex(0, 8)}${address === 0 ? hex(0, 8) : "FFFF0000"}${littleEndian(address)}`;
}

function ticks(nanos: number): number {
  return Math.max(0, Math.round(nanos / TICK));
}

function line(ns: NetworkNamespace, socket: ShownSocket, index: number): string {
  const { timer, connection: c } = socket;
  const isRest = socket.state === TcpState.TIME_WAIT || (socket.state === TcpState.FIN_WAIT2 && c === null);
  const { family } = socket;
  const local = `${addressBytes(family, socket.localAddress)}:${hex(socket.localPort, 4)}`;
  const ends = `${local} ${addressBytes(family, socket.remoteAddress)}:${hex(socket.remotePort, 4)}`;
  const queues = `${hex(socket.state === TcpState.LISTEN ? 0 : socket.sendQueue, 8)}:${hex(socket.receiveQueue, 8)}`;
  const times = `${hex(timer.kind, 2)}:${hex(ticks(timer.left), 8)} ${hex(timer.retransmits, 8)}`;
  const head = `${String(index).padStart(4)}: ${ends} ${hex(socket.state, 2)} ${queues} ${times}`;
  const inode = isRest || (socket.state === TcpState.SYN_RECV && c === null) ? 0 : FIRST_INODE + index;
  // Each timer that runs holds on to its socket.
  const timers = c === null ? 0 : c.timersRunning;
  const references = isRest ? 3 : 1 + timers;
  const common = `${head}     0        ${c === null ? 0 : c.probes} ${inode} ${references} 0000000000000000`;
  if (isRest) return common;
  if (c === null) return `${common} 100 0 0 10 0`;
  const delay = ticks(c.ackDelay);
  const quick = (c.quick << 1) | (c.pingPong >= ns.tcp.settings.tcp_pingpong_thresh ? 1 : 0);
  const threshold = thresholdOf(c) ?? -1;
  return `${common} ${ticks(c.timeout * MILLISECOND)} ${delay} ${quick} ${c.window} ${threshold}`;
}

/** /proc/net/tcp (tcp4_seq_show). */
export function tcp(ns: NetworkNamespace): string {
  const head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const sockets = tcpSockets(ns).filter(({ family }) => family === "inet");
  const lines = sockets.map((socket, i) => line(ns, socket, i));
  return [head, ...lines].map((text) => `${text.padEnd(WIDTH)}\n`).join("");
}

/** /proc/net/tcp6 (tcp6_seq_show), whose lines are not filled up. */
export function tcp6(ns: NetworkNamespace): string {
  const address = (name: string): string => name.padEnd(37);
  const head = `  sl  ${address("local_address")} ${address("remote_address")} st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode`;
  const both = tcpSockets(ns).filter(({ family }) => family === "inet6");
  const sockets = [...both, ...ipv6Sockets(ns, "tcp")];
  return [head, ...sockets.map((socket, i) => line(ns, socket, i))].map((text) => `${text}\n`).join("");
}
