import { errorText, KernelError } from "../../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../../net/network-namespace.ts";
import { TcpListener } from "../../../net/tcp/tcp-listener.ts";
import { TcpSocket } from "../../../net/tcp/tcp-socket.ts";
import { UdpSocket } from "../../../net/udp-socket.ts";
import type { Program, Wait } from "../../../sim/process.ts";
import { SECOND } from "../../../sim/time.ts";
import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import type { PublishedPort } from "../network-driver.ts";

/** How many connections may wait, as Go's net.Listen asks for. */
const BACKLOG = 4096;
/** After which a client of UDP that was silent is forgotten. */
const UDP_TIMEOUT = 90 * SECOND;
const PIECE = 32 * 1024;
/** The file as which a proxy has its socket: 3 is what Go waits on. */
const PROXY_FD = 4;

/** A socket that a published port holds on the host, and what serves it. */
export interface PortSocket {
  close(): void;
  /** The program that passes on what comes in; for one that only holds the port, it waits for ever. */
  readonly program: (target: number, port: number) => Program;
}

/** SCTP is not simulated: its proxy waits, and takes no port from TCP. */
const SILENT: PortSocket = {
  close: () => {},
  *program(): Program {
    for (;;) yield { on: [], until: Number.POSITIVE_INFINITY };
  },
};

/**
 * Opens the socket of a published port. @throws {DaemonError} in Go's words: `listen tcp4 172.10.0.15:8080: bind: address
 * already in use`
 */
export function openPort(
  ns: NetworkNamespace,
  { protocol, hostAddress, hostPort }: PublishedPort,
): PortSocket {
  try {
    if (protocol === "sctp") return SILENT;
    if (hostAddress.includes(":")) return ipv6Port(ns, protocol, hostAddress, hostPort);
    return protocol === "udp" ? udpPort(ns, hostAddress, hostPort) : tcpPort(ns, hostAddress, hostPort);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const family = hostAddress.includes(":") ? "6" : "4";
    const address = family === "6" ? `[${hostAddress}]` : hostAddress;
    const words = errorText[error.errno].replace(/^./, (letter) => letter.toLowerCase());
    throw new DaemonError(500, `listen ${protocol}${family} ${address}:${hostPort}: bind: ${words}`);
  }
}

/** The words of the process that listens, as `ps` shows them. */
export function proxyWords(published: PublishedPort, container: number): string[] {
  const { protocol, hostAddress, hostPort, port } = published;
  return [
    "/usr/sbin/docker-proxy",
    ...["-proto", protocol, "-host-ip", hostAddress, "-host-port", `${hostPort}`],
    ...["-container-ip", ip.format(container), "-container-port", `${port}`],
  ];
}

/** Nobody comes by IPv6: the proxy waits. */
function ipv6Port(ns: NetworkNamespace, protocol: string, address: string, port: number): PortSocket {
  const isUdp = protocol === "udp";
  const { ipv6 } = ns.sockets;
  const socket = ipv6.open({
    protocol: isUdp ? "udp" : "tcp",
    address,
    port,
    backlog: isUdp ? 0 : BACKLOG,
    opener: null,
    fd: PROXY_FD,
  });
  const wait = function* (): Program {
    socket.opener = ns.world.running;
    try {
      for (;;) yield { on: [], until: Number.POSITIVE_INFINITY };
    } finally {
      ipv6.close(socket);
    }
  };
  return { close: () => ipv6.close(socket), program: wait };
}

function tcpPort(ns: NetworkNamespace, address: string, port: number): PortSocket {
  const listener = new TcpListener(ns);
  listener.reuseAddress = true;
  listener.noDelay = true;
  listener.fd = PROXY_FD;
  listener.listen(ip.parse(address)!, port, BACKLOG);
  return {
    close: () => listener.close(),
    program: (target, to) => serveTcp(ns, listener, target, to),
  };
}

function udpPort(ns: NetworkNamespace, address: string, port: number): PortSocket {
  const socket = new UdpSocket(ns);
  socket.fd = PROXY_FD;
  try {
    socket.bind(ip.parse(address)!, port);
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    close: () => socket.close(),
    program: (target, to) => serveUdp(ns, socket, target, to),
  };
}

/** Accepts for ever; each connection is passed on by itself. */
function* serveTcp(ns: NetworkNamespace, listener: TcpListener, target: number, port: number): Program {
  const open = new Set<TcpSocket>();
  listener.opener = ns.world.running;
  try {
    for (;;) {
      const client = listener.accept();
      if (client === null) yield { on: [listener.readable], until: Number.POSITIVE_INFINITY };
      else ns.world.start(passOn(ns, client, target, port, open));
    }
  } finally {
    listener.close();
    for (const socket of open) socket.close();
  }
}

function* passOn(
  ns: NetworkNamespace,
  client: TcpSocket,
  target: number,
  port: number,
  open: Set<TcpSocket>,
): Program {
  const backend = new TcpSocket(ns);
  open.add(client).add(backend);
  try {
    backend.connect(target, port);
    while (backend.isConnecting) yield { on: [backend.writable], until: Number.POSITIVE_INFINITY };
    if (backend.takeError() !== null) return 1;
    yield* exchange(client, backend);
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return 1;
  } finally {
    for (const socket of [client, backend]) {
      socket.close();
      open.delete(socket);
    }
  }
}

/** What waits to go one way. */
class Flow {
  readonly #from: TcpSocket;
  readonly #to: TcpSocket;
  #rest: Uint8Array | null = null;
  ended = false;

  constructor(from: TcpSocket, to: TcpSocket) {
    this.#from = from;
    this.#to = to;
  }

  /** Moves what can be moved; true when anything was. @throws {KernelError} when an end has gone */
  step(): boolean {
    if (this.ended) return false;
    const piece = this.#rest ?? this.#from.receive(PIECE);
    if (piece === null) return false;
    if (piece.length === 0) {
      this.ended = true;
      this.#to.shutdown();
      return true;
    }
    const sent = this.#to.send(piece);
    this.#rest = sent < piece.length ? piece.subarray(sent) : null;
    return sent > 0;
  }
}

/** Copies both ways until both have ended. */
function* exchange(client: TcpSocket, backend: TcpSocket): Generator<Wait, void, void> {
  const flows = [new Flow(client, backend), new Flow(backend, client)];
  while (!flows.every((flow) => flow.ended)) {
    const moved = flows.map((flow) => flow.step());
    if (!moved.includes(true))
      yield {
        on: [client.readable, backend.readable, client.writable, backend.writable],
        until: Number.POSITIVE_INFINITY,
      };
  }
}

/** Each client has a socket of its own towards the container, so that answers find their way back. */
function* serveUdp(ns: NetworkNamespace, socket: UdpSocket, target: number, port: number): Program {
  const clients = new Map<string, { socket: UdpSocket; address: number; port: number; last: number }>();
  socket.opener = ns.world.running;
  try {
    for (;;) {
      let moved = false;
      for (let datagram = socket.receive(); datagram !== null; datagram = socket.receive()) {
        const key = `${datagram.src} ${datagram.srcPort}`;
        let client = clients.get(key);
        if (client === undefined) {
          const backend = new UdpSocket(ns);
          try {
            backend.connect(target, port);
          } catch (error) {
            backend.close();
            if (!(error instanceof KernelError)) throw error;
            continue;
          }
          client = { socket: backend, address: datagram.src, port: datagram.srcPort, last: 0 };
          clients.set(key, client);
        }
        client.last = ns.world.now;
        attempt(() => client.socket.send(datagram.payload));
        moved = true;
      }
      for (const [key, client] of clients) {
        client.socket.takeError();
        for (let answer = client.socket.receive(); answer !== null; answer = client.socket.receive()) {
          const { payload } = answer;
          client.last = ns.world.now;
          attempt(() => socket.sendTo(client.address, client.port, payload));
          moved = true;
        }
        if (ns.world.now - client.last < UDP_TIMEOUT) continue;
        client.socket.close();
        clients.delete(key);
      }
      if (moved) continue;
      const oldest = Math.min(...[...clients.values()].map((client) => client.last));
      yield {
        on: [socket.readable, ...[...clients.values()].map((client) => client.socket.readable)],
        until: oldest + UDP_TIMEOUT,
      };
    }
  } finally {
    socket.close();
    for (const client of clients.values()) client.socket.close();
  }
}

/** What the kernel refuses is lost, as datagrams are. */
function attempt(send: () => void): void {
  try {
    send();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}
