import type { InetSocket } from "../../net/inet-socket.ts";
import { errorText, KernelError } from "../../net/kernel-error.ts";
import { RawSocket } from "../../net/raw-socket.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import type { PingOptions } from "./ping-options.ts";

/** The port that the probe of the way connects to. */
const PROBE_PORT = 1025;

/** The socket of a ping, and the address that its requests are sent from. */
interface PingSocket {
  readonly socket: RawSocket;
  readonly source: number;
}

/** Opens the socket as the options wish it. @throws {ProgramExit} with the words of iputils */
export function openPingSocket(
  context: ProgramContext,
  options: PingOptions,
  destination: number,
): PingSocket {
  const socket = new RawSocket(context.namespace, ipv4.PROTO_ICMP);
  const probe = new UdpSocket(context.namespace);
  try {
    prepare(context, options, [socket, probe]);
    if (options.sourceAddress !== null) call("bind", () => socket.bind(options.sourceAddress!));
    if (connectProbe(context, options, probe, destination) === "broadcast") socket.mtuDiscovery = "do";
    configure(socket, options, destination);
    return { socket, source: options.sourceAddress ?? probe.localAddress };
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    probe.close();
  }
}

/** What both sockets are bound to and marked with. */
function prepare(context: ProgramContext, options: PingOptions, sockets: readonly InetSocket[]): void {
  const device = options.device === null ? null : context.namespace.device(options.device);
  if (options.device !== null && device === null) fail(`SO_BINDTODEVICE ${options.device}: No such device`);
  for (const socket of sockets) {
    if (device !== null) socket.boundTo = device.ifindex;
    socket.tos = options.tos;
    socket.mark = options.mark;
  }
}

/** Asks for the way, and so for the source, by a socket that sends nothing. */
function connectProbe(
  context: ProgramContext,
  options: PingOptions,
  probe: UdpSocket,
  destination: number,
): "unicast" | "broadcast" {
  try {
    probe.connect(destination, PROBE_PORT);
    return "unicast";
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "EACCES") fail(`connect: ${errorText[error.errno]}`);
  }
  if (!options.broadcast)
    fail("Do you want to ping broadcast? Then -b. If not, check your local firewall rules");
  context.err("WARNING: pinging broadcast address\n");
  probe.broadcast = true;
  call("connect", () => probe.connect(destination, PROBE_PORT));
  return "broadcast";
}

function configure(socket: RawSocket, options: PingOptions, destination: number): void {
  socket.broadcast = options.broadcast;
  socket.receiveErrors = true;
  socket.groups.loop = options.loopback;
  socket.icmpFilter = ~((1 << icmp.SOURCE_QUENCH) | (1 << icmp.REDIRECT) | (1 << icmp.ECHO_REPLY));
  if (options.mtuDiscovery !== null) socket.mtuDiscovery = options.mtuDiscovery;
  else if (ip.isMulticast(destination)) socket.mtuDiscovery = "do";
  if (options.ttl >= 0) {
    socket.ttl = options.ttl;
    socket.groups.ttl = options.ttl;
  }
}

function call(what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    fail(`${what}: ${errorText[error.errno]}`);
  }
}

function fail(message: string): never {
  throw new ProgramExit(2, `ping: ${message}\n`);
}
