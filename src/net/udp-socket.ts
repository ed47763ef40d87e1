import type { Packet } from "../sim/packet.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import { Signal } from "../sim/signal.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udpHeader from "../wire/udp.ts";
import * as ipOutput from "./ip-output.ts";
import { type Errno, KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as udp from "./udp.ts";

/** net.core.rmem_default, which bounds what waits in a socket; each datagram counts with the kernel's overhead. */
const RECEIVE_BUFFER = 212_992;
const OVERHEAD = 768;

/** A datagram as a program sees it. */
export interface Datagram {
  readonly src: number;
  readonly srcPort: number;
  readonly dst: number;
  readonly payload: Uint8Array;
}

/** Gets each datagram at once, with `packet.at` and `packet.length` at its payload; the packet ends after the call. */
export type DatagramReceiver = (packet: Packet) => void;
/** Takes the packets of a tunnel (encap_rcv): it owns them. */
export type EncapReceiver = (packet: Packet, device: NetDevice) => void;

/** A UDP socket (udp(7)). Addresses are int32, 0 for any. */
export class UdpSocket {
  readonly ns: NetworkNamespace;
  localAddress = 0;
  localPort = 0;
  remoteAddress = 0;
  remotePort = 0;
  /** SO_BINDTODEVICE; 0 for any. */
  boundTo = 0;
  broadcast = false;
  reuseAddress = false;
  tos = 0;
  ttl = 0;
  mark = 0;
  /** IP_MTU_DISCOVER is `do` or `want`: datagrams that fit are sent with DF. */
  dontFragment = true;
  /** An error that ICMP reported of a connected socket; the next call returns it. */
  error: Errno | null = null;
  readonly readable: Signal = new Signal();
  receiver: DatagramReceiver | null = null;
  encapReceiver: EncapReceiver | null = null;
  readonly #queue: PacketQueue;
  #identification = 0;
  #closed = false;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    this.#queue = new PacketQueue(`${ns.path} UDP socket`);
    ns.world.holds(this.#queue);
  }

  /** @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL. Port 0 takes a free one of ip_local_port_range. */
  bind(address: number, port: number): void {
    this.ns.sockets.bindUdp(this, address, port);
  }

  /** Fixes the other end. @throws {KernelError} ENETUNREACH ... when there is no way. */
  connect(address: number, port: number): void {
    const way = ipOutput.route(this.ns, address, this.localAddress, this.boundTo, this.mark, this.tos);
    if (way === null) throw new KernelError(this.ns.fib.error);
    const source = this.localAddress !== 0 ? this.localAddress : ipOutput.sourceFor(this.ns, way, address);
    if (this.localPort === 0) this.ns.sockets.bindUdp(this, source, 0);
    else this.ns.sockets.rebindUdp(this, source);
    this.remoteAddress = address;
    this.remotePort = port;
    this.#identification = this.ns.ipv4.nextIdentification();
  }

  /** Sends to the other end that `connect` fixed. */
  send(payload: Uint8Array): void {
    if (this.remotePort === 0) throw new KernelError("EDESTADDRREQ");
    this.sendTo(this.remoteAddress, this.remotePort, payload);
  }

  /** @throws {KernelError} as sendto(2): a pending error, no way, EMSGSIZE. */
  sendTo(address: number, port: number, payload: Uint8Array): void {
    const ns = this.ns;
    if (this.error !== null) throw new KernelError(this.takeError()!);
    if (payload.length > 65507) throw new KernelError("EMSGSIZE");
    const way = ipOutput.route(ns, address, this.localAddress, this.boundTo, this.mark, this.tos);
    if (way === null) throw new KernelError(ns.fib.error);
    if (way.type === "broadcast" && !this.broadcast) throw new KernelError("EACCES");
    if (this.localPort === 0) ns.sockets.bindUdp(this, 0, 0);
    const src = this.localAddress !== 0 ? this.localAddress : ipOutput.sourceFor(ns, way, address);
    const packet = ns.world.pool.allocate(payload.length, null);
    packet.bytes.set(payload, packet.at);
    packet.mark = this.mark;
    udp.push(packet, src, this.localPort, address, port);
    ns.note(packet, Verdict.sent, 0);
    const flags = this.dontFragment ? ipv4.DONT_FRAGMENT : 0;
    const ttl = this.ttl !== 0 ? this.ttl : ns.ipv4.ip_default_ttl;
    ipOutput.send(
      ns,
      packet,
      way,
      src,
      address,
      ipv4.PROTO_UDP,
      this.tos,
      ttl,
      flags,
      this.#nextIdentification(),
    );
  }

  /** The stack has a datagram for this socket; `packet.at` is at its payload. */
  deliver(device: NetDevice, packet: Packet): void {
    if (this.encapReceiver !== null) {
      this.encapReceiver(packet, device);
      return;
    }
    const ns = this.ns;
    if (this.receiver !== null) {
      this.receiver(packet);
      ns.world.end(packet, Verdict.delivered, ns.place);
      return;
    }
    const queue = this.#queue;
    if (queue.bytes + (queue.length + 1) * OVERHEAD + packet.length > RECEIVE_BUFFER) {
      ns.drop(packet, Verdict.SOCKET_RCVBUFF);
      return;
    }
    queue.push(packet);
    this.readable.notify();
  }

  /** The next datagram, or null when none waits. */
  receive(): Datagram | null {
    const packet = this.#queue.shift();
    if (packet === null) return null;
    const view = packet.view;
    const datagram: Datagram = {
      src: ipv4.src(view, packet.networkAt),
      srcPort: udpHeader.srcPort(view, packet.transportAt),
      dst: ipv4.dst(view, packet.networkAt),
      payload: packet.bytes.slice(packet.at, packet.at + packet.length),
    };
    this.ns.world.end(packet, Verdict.delivered, this.ns.place);
    return datagram;
  }

  takeError(): Errno | null {
    const error = this.error;
    this.error = null;
    return error;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.ns.sockets.unbindUdp(this);
    for (let p = this.#queue.shift(); p !== null; p = this.#queue.shift())
      this.ns.drop(p, Verdict.SOCKET_CLOSED);
    this.ns.world.forget(this.#queue);
    this.readable.notify();
  }

  /** DF needs no identification unless the socket is connected, which then counts its own (ip_select_ident). */
  #nextIdentification(): number {
    if (!this.dontFragment) return this.ns.ipv4.nextIdentification();
    if (this.remotePort === 0) return 0;
    this.#identification = (this.#identification + 1) & 0xffff;
    return this.#identification;
  }
}
