import type { NetworkNamespace } from "./network-namespace.ts";
import type { SocketFamily } from "./socket-family.ts";
import type { TcpConnection } from "./tcp/connection.ts";
import { TcpState } from "./tcp/state.ts";

/** A page of memory, in which the kernel counts what buffers take. */
const PAGE = 4096;

/** How many sockets a namespace has, by what they are; those marked so are counted over the whole machine. */
interface SocketCounts {
  /** All of them. */
  readonly used: number;
  readonly tcp: number;
  readonly tcp6: number;
  readonly udp: number;
  readonly udp6: number;
  readonly raw: number;
  readonly timeWaits: number;
  /** Of the machine: connections that no program holds any more, all sockets of TCP, and the pages that they take. */
  readonly orphans: number;
  readonly allocated: number;
  readonly pages: number;
}

function connectionsOf(ns: NetworkNamespace): TcpConnection[] {
  return ns.tcp.connections.list().filter((e): e is TcpConnection => e.kind === "connection");
}

function tcpOf(ns: NetworkNamespace, family: SocketFamily): number {
  const listeners = [...ns.tcp.ports.listeners].filter((listener) => listener.family === family);
  const alone = family === "inet6" ? ns.sockets.ipv6.list("tcp").length : 0;
  return listeners.length + connectionsOf(ns).filter((c) => c.family === family).length + alone;
}

/** Counts the sockets of a namespace. */
export function socketCounts(ns: NetworkNamespace): SocketCounts {
  const machine = ns.host.allNamespaces;
  const all = machine.flatMap(connectionsOf);
  const [tcp, tcp6] = [tcpOf(ns, "inet"), tcpOf(ns, "inet6")];
  const [udp, udp6] = [ns.sockets.listUdp().length, ns.sockets.ipv6.list("udp").length];
  const raw = ns.sockets.listRaw().length;
  return {
    used: tcp + tcp6 + udp + udp6 + raw,
    ...{ tcp, tcp6, udp, udp6, raw },
    timeWaits: ns.tcp.timeWaits,
    orphans: all.filter((c) => c.orphan && c.state !== TcpState.CLOSE).length,
    allocated: machine.reduce((sum, other) => sum + tcpOf(other, "inet") + tcpOf(other, "inet6"), 0),
    pages: all.reduce((sum, c) => sum + Math.ceil(c.receiveUsed / PAGE), 0),
  };
}

/** /proc/net/sockstat (sockstat_seq_show). */
export function sockstat(ns: NetworkNamespace): string {
  const n = socketCounts(ns);
  return `sockets: used ${n.used}
TCP: inuse ${n.tcp} orphan ${n.orphans} tw ${n.timeWaits} alloc ${n.allocated} mem ${n.pages}
UDP: inuse ${n.udp} mem 0
UDPLITE: inuse 0
RAW: inuse ${n.raw}
FRAG: inuse 0 memory 0
`;
}

/** /proc/net/sockstat6 (sockstat6_seq_show). */
export function sockstat6(ns: NetworkNamespace): string {
  const n = socketCounts(ns);
  return `TCP6: inuse ${n.tcp6}\nUDP6: inuse ${n.udp6}\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n`;
}

/** /proc/net/unix: there are no sockets of that family here. */
export function unix(): string {
  return "Num       RefCount Protocol Flags    Type St Inode Path\n";
}
